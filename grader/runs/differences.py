"""What two assignments differ in, key by key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from grader.assignment import Assignment


def differences(before: BaseModel, after: BaseModel) -> tuple[str, ...]:
    """Lines such as "policy.cost: 5 → 4", in the order of the keys; where an assignment lies is no
    difference.
    """
    one, other = (
        dict(_flat(each.model_dump(mode="json", by_alias=True, exclude={"home"})))
        for each in (before, after)
    )
    return tuple(
        f"{key}: {_shown(one.get(key))} → {_shown(other.get(key))}"
        for key in {**one, **other}
        if one.get(key) != other.get(key)
    )


def checks_of(assignment: Assignment) -> dict[str, str]:
    """The files of the assignment's checks: name and sha256."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(assignment.home.glob("test_*.py"))
    }


def changed_files(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Names of files that came, went or have other bytes."""
    names = sorted({*before, *after})
    return [name for name in names if before.get(name) != after.get(name)]


def _flat(data: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for index, inner in enumerate(value):
                yield from _flat(inner, f"{above}{key}.{index}.")
        else:
            yield f"{above}{key}", value


def _shown(value: Any) -> str:
    return "–" if value is None or value == "" else f"{value:g}" if _is_real(value) else str(value)


def _is_real(value: Any) -> bool:
    return isinstance(value, float)
