"""How names in a checkpoint differ from those of the network: by what stands before them."""

from __future__ import annotations

import re
from typing import Any, Iterable

from .text import MAX_TEXT_CHARS, clean

MAX_MESSAGE_CHARS = 200_000  # characters of a message
_LISTED = re.compile(r"(Missing|Unexpected) key\(s\) in state_dict: (.*?)\.\s", re.DOTALL)


def of_names(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """{extra_prefix}: what the names that are there have before those that are wanted, or
    {lacking_prefix}: the other way round; {nested}: the name under which the parameters lie, where
    a whole record of training was given in their place; {} where none of it explains the names.
    """
    needed, given = list(wanted), list(there)
    records = [name for name in given if re.search("state|model|net|weights", name)]
    if given and needed and not any("." in name for name in given) and records:
        return {"nested": clean(records[0])}
    for kind, long, short in (("extra_prefix", given, needed), ("lacking_prefix", needed, given)):
        names = set(short)
        found = {
            one[: at + 1]
            for one in long
            for at in range(len(one))
            if one[at] == "." and one[at + 1 :] in names
        }
        for prefix in sorted(found, key=len):
            fits = sum(prefix + name in long for name in names)
            if 2 * fits > len(names):
                return {kind: clean(prefix)}
    return {}


def of_error(error: BaseException) -> dict[str, Any]:
    """The same, by what PyTorch says of a state that does not fit."""
    try:
        message = str(error)[:MAX_MESSAGE_CHARS]
    except BaseException:  # an exception of the submission's may raise whatever it likes
        return {}
    if "state_dict" not in message[:MAX_TEXT_CHARS]:
        return {}
    listed = {
        kind: re.findall(r'"([^"]+)"', names) for kind, names in _LISTED.findall(message + " ")
    }
    return of_names(listed.get("Missing", []), listed.get("Unexpected", []))
