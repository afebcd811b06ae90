"""One number reads the same on all pages."""

from __future__ import annotations

import pytest

from grader.report.pages import percent


@pytest.mark.parametrize(("count", "total", "text"), [(156, 192, "81.3"), (1, 16, "6.3")])
def test_half_a_tenth_is_rounded_up_as_scripts_do(count: int, total: int, text: str) -> None:
    assert percent(100 * count / total) == f"{text}\u202f%"
