"""Text of things that may not want to be text: bounded, printable, and never an exception."""

from __future__ import annotations

import re
from typing import Any

MAX_LINE_CHARS = 300  # characters of one line in a reply
MAX_TEXT_CHARS = 4000  # characters of a longer text, such as a traceback
_COLOURS = re.compile("\x1b\\[[0-9;]*m")  # in which Keras writes its messages


def text_of(value: Any, limit: int = MAX_LINE_CHARS) -> str:
    """`str(value)` as an exact, clean `str` of at most `limit` characters, whatever value does."""
    try:
        text = str(value)
    except BaseException:
        return f"<{type_name(value)} without a text>"
    return clean(text, limit)


def one_line(value: Any, limit: int = MAX_LINE_CHARS) -> str:
    """The first line of `text_of` that says something."""
    for line in text_of(value, MAX_TEXT_CHARS).splitlines():
        if line.strip(" -=*\t"):
            return clean(line.strip(), limit)
    return ""


def clean(text: str, limit: int = MAX_LINE_CHARS) -> str:
    """An exact `str` without lone surrogates and control characters, cut to `limit` characters."""
    plain = str.__str__(text)
    if len(plain) > limit:
        plain = plain[: limit - 1] + "…"
    plain = _COLOURS.sub("", plain).encode("utf-8", "replace").decode("utf-8")
    return "".join(c if (c >= " " and c != "\x7f") or c in "\n\t" else "\ufffd" for c in plain)


def type_name(value: Any) -> str:
    """Name of the type with its package, such as "numpy.ndarray"; bare for built-in types."""
    try:
        kind = type(value)
        name, module = str(kind.__name__), str(kind.__module__)
    except BaseException:
        return "object"
    package = module.partition(".")[0]
    return clean(name if package in ("builtins", "__main__", "main") else f"{package}.{name}", 80)
