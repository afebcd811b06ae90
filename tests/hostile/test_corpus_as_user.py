"""The corpus holds for a grader that is an ordinary user, too; at level strong in a class of more
than 400, every other one honest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.hostile import corpus, test_corpus
from tests.sandbox.trial import as_ordinary_user, open_folder

pytestmark = pytest.mark.thorough


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap opens closed folders")
@pytest.mark.parametrize("level", [level.value for level in test_corpus.LEVELS])
def test_corpus_holds_for_an_ordinary_user(level: str) -> None:
    with open_folder() as folder:
        folder.chmod(0o1777)
        pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        tests = ["--basetemp", str(folder / "base"), "-k", f"[{level}", test_corpus.__file__]
        command = [*pytest_, *tests]
        run = subprocess.run(
            as_ordinary_user(command) if os.getuid() == 0 else command,
            env={**os.environ, "TMPDIR": str(folder), test_corpus.LONG_CLASS: "1"},
            cwd=corpus.REPOSITORY,
            capture_output=True,
            text=True,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed, run.stdout[-2000:]  # all skipped is not all well
    assert int(passed[1]) > 200
