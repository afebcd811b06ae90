"""The one place where text from outside is made safe for where it goes.

Whatever a submission says or is called is hostile. Each function is pure and total: any `str` goes
in, and what comes out cannot change the meaning of the page, terminal, table or path around it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any, Final

from rich.markup import escape

_C0 = "".join(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x0D)))
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BROKEN = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_ODD: Final = re.compile(f"[{_C0}\x7f-\x9f{_BIDI}{_UNSEEN}{_BROKEN}]")

# ECMA-48: control sequences, strings up to their end (title, clipboard, links), other escapes
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_LIKE_FORMULA: Final = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # full width, read the same

# Behind what ends a cell for some spreadsheet; blanks and quotes between are passed over.
_FORMULA_WITHIN: Final = re.compile(
    '[,;|\t\r\n][ \u3000\u00a0"]*(?=[=+@\uff1d\uff0b\uff0d\uff20-])'
)


def visible(text: str) -> str:
    """`text` with all that is unseen or steers made visible: ESC as ␛, a direction mark as
    ⟨U+202E⟩, half a surrogate pair as �; line ends become \\n; \\n and \\t stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub(_sign, text.replace("\r\n", "\n"))


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"


def one_line(text: str, limit: int = 200) -> str:
    """`visible` text on one line, cut to `limit` characters with an ellipsis."""
    flat = " ".join(visible(text[: limit * 4]).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def for_terminal(text: str) -> str:
    """`text` without escape sequences, other controls made visible: it can neither colour, move,
    retitle nor clear a terminal.
    """
    return visible(_ESCAPES.sub("", text))


def for_rich(text: str) -> str:
    """`for_terminal`, and no word of it is read as markup by rich."""
    return escape(for_terminal(text))


def for_cell(text: str) -> str:
    """`text` as a cell of a spreadsheet: a formula's first character gets an apostrophe before
    it, also behind what another spreadsheet, or another country's, takes for the end of a cell; NUL
    and other controls are visible.
    """
    start = text.lstrip(' \u3000\u00a0"')[:1]
    clean = _FORMULA_WITHIN.sub(r"\g<0>'", visible(text))
    guarded = text[:1] in FORMULA or start in FORMULA or start in _LIKE_FORMULA
    return f"'{clean}" if guarded and text else clean


def for_json(value: Any) -> Any:
    """`value` with every string free of lone surrogates, so that it can be encoded as UTF-8."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {for_json(key): for_json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [for_json(inner) for inner in value]
    return value


def for_script(value: Any) -> str:
    """`value` as JSON for a ``<script type="application/json">``: nothing in it can end the
    element or begin a comment.
    """
    text = json.dumps(for_json(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (
        text.replace("&", r"\u0026")
        .replace("<", r"\u003c")
        .replace(">", r"\u003e")
        .replace("\u2028", r"\u2028")
        .replace("\u2029", r"\u2029")
    )


def for_xml(text: str) -> str:
    """`text` with only characters that XML 1.0 allows; the writer still escapes < and &."""
    return visible(text)


_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\s\x00-\x1f]+')
_LONGEST = 120  # bytes: leaves room for endings and for eCryptfs


def file_name(text: str, fallback: str = "unnamed") -> str:
    """`text` as the name of one file on any system: no path, no reserved name, at most 120 bytes.

    Names that had to be changed end in a short digest, so that two of them stay two.
    """
    whole = unicodedata.normalize("NFC", _ODD.sub("", text.replace("\r\n", "\n")))
    name = _NOT_IN_NAMES.sub("_", whole).strip(". ").lstrip("-~")
    if _RESERVED.match(name):
        name = f"_{name}"
    if name == text and len(name.encode()) <= _LONGEST and name:
        return name
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = name.encode()[: _LONGEST - 9].decode("utf-8", "ignore").rstrip(". ")
    return f"{kept or fallback}-{mark}"
