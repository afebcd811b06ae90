"""What the tests of a review share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal

from tests.review import folder


@pytest.fixture(scope="session", autouse=True)
def event_loop_of_all() -> Iterator[None]:
    with start_blocking_portal() as portal:
        folder.PORTALS.append(portal)
        yield
        folder.PORTALS.remove(portal)
