"""Settings that all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Begun first, so that no worker sits idle while another does one of these in the end.
LONGEST = (
    "golden/test_graded.py",
    "hostile/test_corpus.py",
    "tests/test_sample_class.py",
    "tests/test_real_images.py",
    "tests/test_grading.py",
)

# Timings on a busy machine are no claim of ours; benchmarks/ has the figures. In CI the examples
# are the same in every run: what breaks there is what a change has broken.
settings.register_profile("grader", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("grader")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others as they are found."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((n for n, end in enumerate(LONGEST) if path.endswith(end)), len(LONGEST))

    items.sort(key=place)
