"""The sandboxes that work here, and stands to try programs in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox import canary
from grader.sandbox.contract import Level, Sandbox, SandboxUnavailableError
from tests.sandbox.trial import Stand, open_folder


@pytest.fixture(scope="session", params=[Level.STRONG, Level.BASIC], ids=lambda level: level.value)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each sandbox in which the canary finds every way out closed."""
    try:
        return canary.choose(request.param).sandbox
    except SandboxUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
def stand(sandbox: Sandbox) -> Iterator[Stand]:
    """A stand for one test."""
    with open_folder() as folder:
        yield Stand(sandbox, folder)


@pytest.fixture
def strong(stand: Stand) -> Stand:
    """A stand with namespaces: processes can be started."""
    if stand.sandbox.level is not Level.STRONG:
        pytest.skip("a box at this level is one process")
    return stand


@pytest.fixture
def basic(stand: Stand) -> Stand:
    """A stand without namespaces."""
    if stand.sandbox.level is not Level.BASIC:
        pytest.skip("about level basic")
    return stand
