"""A made-up class, its hidden set and its report, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.report import Context, Result
from tests.report import make

COUNT = 80  # submissions of the class; all kinds of ends are among them


@pytest.fixture(scope="session")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make.hidden_set(tmp_path_factory.mktemp("hidden"), make.assignment())


@pytest.fixture(scope="session")
def results() -> list[Result]:
    return list(make.results(COUNT))


@pytest.fixture(scope="session")
def context(hidden: Path) -> Context:
    return Context(
        assignment=make.assignment(),
        device="GPU",
        started="2026-06-01T08:00:00Z",
        version="0.2.0",
        hidden=hidden,
    )


@pytest.fixture(scope="session")
def report(
    results: list[Result], context: Context, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return make.report(results, context, tmp_path_factory.mktemp("out"))
