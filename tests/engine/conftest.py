"""One cluster for all tests of this folder: Ray reads its token once a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.raylets import Raylets


@pytest.fixture(scope="session")
def raylets() -> Iterator[Raylets]:
    with Raylets(3) as started:
        yield started
