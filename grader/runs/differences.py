"""What two assignments differ in, key by key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from grader.assignment import FILE_NAME, Assignment

_IMPORTED = re.compile(rb"^\s*(?:from|import)\s+\.?(\w+)", re.MULTILINE)


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
    """The files that the assignment's checks and networks are made of, by path, and sha256: those
    beside them, the packages that they import, and the folders of references. What else lies in
    the folder may be anything.
    """
    home = assignment.home
    beside = [path for path in home.iterdir() if path.is_file() and path.name != FILE_NAME]
    code = b"\n".join(path.read_bytes() for path in beside if path.suffix == ".py")
    imported = set(_IMPORTED.findall(code))
    references = {one.reference.encode().partition(b"/")[0] for one in assignment.networks}
    inside = [
        path
        for folder in home.iterdir()
        if folder.is_dir() and folder.name.encode() in imported | references
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted([*beside, *inside])
        if not path.name.startswith(".")
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
