"""A reader that takes an archive's files, as intake does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.intake.folder import OutputFolder
from grader.readers.archive import unpack
from grader.readers.limits import IntakeLimits
from tests.intake.taking import SMALL


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Unpacks bytes and sees to it that nothing is written outside, whatever happens."""
    around = tmp_path / "around"
    into = around / "into"
    into.mkdir(parents=True)
    (around / "canary.txt").write_text("safe")

    def taken(raw: bytes, limits: IntakeLimits = SMALL, name: str = "submission.zip") -> Path:
        archive = tmp_path / name
        archive.write_bytes(raw)
        notices.extend(map(str, unpack(archive, OutputFolder(into), limits)))
        return into

    notices: list[str] = []
    taken.notices = notices  # type: ignore[attr-defined]
    yield taken
    assert sorted(path.name for path in around.iterdir()) == ["canary.txt", "into"]
    assert (around / "canary.txt").read_text() == "safe"
