"""Fixtures: a worker that has said hello to nobody yet, and a shorthand to load sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.worker import protocol
from tests.worker.client import Worker, write

Load = Callable[..., protocol.Meta]
# `make test` asks the first two runtimes what `make thorough` asks the others as well.
OTHER_RUNTIMES = ("tensorflow", "mindspore1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs in another runtime takes longest."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get("runtime") in OTHER_RUNTIMES:
            item.add_marker(pytest.mark.thorough)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with Worker(tmp_path / "scratch") as started:
        yield started


@pytest.fixture
def load(worker: Worker, tmp_path: Path) -> Load:
    """Loads a submission made of sources by name, with changes to the settings of `Worker.load`."""

    def load(settings: dict[str, Any] | None = None, **sources: str) -> protocol.Meta:
        return worker.load(write(tmp_path / "submission", **sources), **settings or {})

    return load
