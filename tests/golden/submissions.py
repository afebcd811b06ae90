"""The submissions below `cases`, what is expected of them, and what they look like when handed
in.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from grader.runtimes.detect import runtimes
from tests.golden import weights
from tests.submissions import colours
from tests.worker.runtimes import require

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "cases"
LIMITS = {"import": 120, "first_answer": 120}  # seconds; a machine may be busy
# What a data set lacks one folder for shows only where its neighbours have several images.
MORE = {"03_01": 2, "03_03": 2}  # images
EXPECTED: dict[str, dict[str, Any]] = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(CASES.glob("*/expected.toml"))
}


def lay_out(name: str, folder: Path, folders: pytest.TempPathFactory) -> Path:
    """The submission as a student's folder at `folder`, with its weights."""
    expected = EXPECTED[name]
    shutil.copytree(CASES / name, folder, ignore=shutil.ignore_patterns("expected.toml"))
    for place, made in expected.get("weights", {}).items():
        runtime, _, file = made.rpartition(":")
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        source = weights.made(require(runtime or expected["runtime"]), file, folders)
        if source.is_dir():
            shutil.copytree(source, folder / place)
        else:
            shutil.copyfile(source, folder / place)
    return folder


def by_settings(names: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Those whose runtimes are installed, as a class for each set of limits."""
    there = {runtime.name for runtime in runtimes()} | {"any"}
    classes: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        expected = EXPECTED[name]
        makers = {made.rpartition(":")[0] for made in expected.get("weights", {}).values()}
        if {expected["runtime"], *makers} <= there | {""}:
            limits = {**LIMITS, **expected.get("limits", {})}
            settings = tuple(f"limits.{key}={value}" for key, value in limits.items())
            classes.setdefault(settings, []).append(name)
    return classes


def hidden_images(folder: Path) -> Path:
    """The hidden set that the expectations are about."""
    colours(folder, each=1)
    for label, count in MORE.items():
        for number in range(count):
            shutil.copyfile(folder / label / "0.png", folder / label / f"more-{number}.png")
    return folder


def agree(where: str, expected: Any, found: Any) -> None:
    """Fail with the place and both values where `found` is not as expected."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), f"{where}: expected a table, found {found!r}"
        for key, value in expected.items():
            agree(f"{where}.{key}", value, found.get(key))
    elif isinstance(expected, list) and isinstance(found, list):
        for item in expected:
            assert any(_agrees(item, other) for other in found), f"{where}: {item!r} not in {found}"
    else:
        assert _agrees(expected, found), f"{where}: expected {expected!r}, found {found!r}"


def _agrees(expected: Any, found: Any) -> bool:
    if isinstance(expected, str) and expected.startswith("~"):
        return isinstance(found, str) and re.search(expected[1:], found) is not None
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            _agrees(v, found.get(k)) for k, v in expected.items()
        )
    # TOML has no null: "" stands for it
    return bool(expected == found) or (expected == "" and found is None)
