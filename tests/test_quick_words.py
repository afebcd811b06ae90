"""Words that are wrong or only asked about: told at once, and with what was meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.main import WRONG_USAGE, main
from tests import make

# What takes long to import; help, version and complaints go without.
HEAVY = ("numpy", "cv2", "pydantic", "rich", "jinja2", "scipy", "pytest", "psutil")


@pytest.mark.parametrize(
    "words", [("--version",), ("--help",), ("--self-check", "--help", "--lang", "zh"), ("doctr",)]
)
def test_nothing_heavy_is_imported_to_say_what_there_is(words: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from grader.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=make.ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert not done.stderr.splitlines()[-1].strip(), done.stderr
    assert done.stdout or words == ("doctr",)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("self-check",), "--self-check"),
        (("—self-check", "."), "--self-check"),
        ((".", "--selfcheck"), "--self-check"),
        (("--lang", "en", "exprot", "csv"), "export"),
    ],
)
def test_a_mistyped_word_is_answered_by_what_was_meant(
    words: tuple[str, ...], meant: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == WRONG_USAGE
    assert f"`grade {meant}`" in capfd.readouterr().err


def test_a_folder_that_is_called_like_a_command_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews").mkdir()
    main(["reviews", "--assignment", str(tmp_path / "none"), "--out", "exports"])
    said = capfd.readouterr().err
    assert said
    assert "Did you mean" not in said
