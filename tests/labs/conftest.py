"""A lab of a teacher's own, as `grade new` lays it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.main import OK, main


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """The example of coloured shapes."""
    home = tmp_path / "shapes"
    assert main(["new", str(home), "--example", "shapes"]) == OK
    return home
