"""Paths inside submissions: which names are taken as they are, which are refused and why."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from grader.language import SaidError
from grader.readers.limits import IntakeLimits
from grader.readers.notices import notice

Parts = tuple[str, ...]

# Characters that make a name read otherwise than it is: embeddings, overrides, isolates.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")
_WINDOWS = re.compile(r'[<>:"|?*]|[. ]$')


class BadNameError(SaidError):
    """A name that cannot be taken; `said` is the reason."""


class LeadsOutError(BadNameError):
    """A name that leads out of the folder, or to a drive or server."""


def parts_of(name: str, limits: IntakeLimits, *, windows: bool = os.name == "nt") -> Parts:
    """The parts of a relative path as they are to be written, NFC, or BadNameError.

    Backslashes count as separators: some packers for Windows write them. A slash at the beginning
    is dropped, as by every unpacker. `windows`: also keep to what can be written there. An empty
    result stands for the top itself ("./").
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    if name.startswith("//") or re.match(r"[A-Za-z]:/|[A-Za-z]:$", name):
        raise LeadsOutError(
            notice("the name {name} is absolute; names inside the folder are expected", name=name)
        )
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in parts:
        raise LeadsOutError(notice("the name {name} leads out of the folder", name=name))
    _measure(name, parts, limits)
    for part in parts:
        _look(part, windows)
    return parts


def _measure(name: str, parts: Sequence[str], limits: IntakeLimits) -> None:
    if len(parts) > limits.depth:
        raise BadNameError(
            notice(
                "{name} lies {found} folders deep, {limit} are allowed",
                name=name,
                found=len(parts),
                limit=limits.depth,
            )
        )
    longest = max((_bytes(part) for part in parts), default=0)
    if longest > limits.name or _bytes(name) > limits.path:
        raise BadNameError(
            notice(
                "the name {name} is too long ({found} bytes, {limit} are allowed)",
                name=name,
                found=longest if longest > limits.name else _bytes(name),
                limit=limits.name if longest > limits.name else limits.path,
            )
        )


def _look(part: str, windows: bool) -> None:
    for character in part:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTION:
            raise BadNameError(
                notice(
                    "the name {name} holds the control character {character}",
                    name=part,
                    character=f"U+{ord(character):04X}",
                )
            )
    if windows and (_RESERVED.fullmatch(part) or _WINDOWS.search(part)):
        raise BadNameError(notice("the name {name} cannot be written on Windows", name=part))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def decoded(raw: Sequence[bytes]) -> list[str]:
    """Names that carry no encoding, as text: UTF-8 if all are, else GB18030, else code page 437.

    Decided for all names of an archive at once: a single short GBK name may be UTF-8 by chance.
    macOS writes UTF-8 and Chinese Windows GBK, both without saying so.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            return [name.decode(encoding) for name in raw]
        except UnicodeDecodeError:
            continue
    return [name.decode("cp437") for name in raw]


def new_folders(parts: Sequence[str], known: set[tuple[str, ...]]) -> int:
    """How many of the folders that lead to `parts` are not `known`; now they are."""
    found = 0
    for depth in range(len(parts) - 1, 0, -1):
        folder = tuple(parts[:depth])
        if folder in known:
            break
        known.add(folder)
        found += 1
    return found


def path_text(path: Path) -> str:
    """The path as text that any document can hold: bytes that are no UTF-8 as \\xb2."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def path_of(text: str) -> Path:
    """The path that `written` wrote."""
    if os.name == "nt":  # where every name is Unicode, and a backslash a separator
        return Path(text)
    raw = _ESCAPED.sub(lambda byte: bytes.fromhex(byte[1].decode()), text.encode())
    return Path(os.fsdecode(raw))


def readable_name(path: Path) -> str:
    """The name of a file that is there, as text that can be written: bytes that are no UTF-8 are
    read as Chinese Windows has them.
    """
    return decoded([os.fsencode(path.name)])[0]
