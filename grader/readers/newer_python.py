"""Sources in words that only newer versions of Python read, put into those of older ones.

f-strings that hold their own quotes, backslashes or comments (PEP 701), type parameters and `type`
statements (PEP 695) came with Python 3.12; frameworks that a course needs may end before it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.readers.notebook_grammar import parses

if TYPE_CHECKING:
    import libcst

_TELLING = re.compile(
    r"""\b[fF][rR]?["']|\b[rR][fF]["']|^\s*type\s+\w|\b(def|class)\s+\w+\s*\[""", re.MULTILINE
)
# In a literal of an f-string it is a brace, in one of `str.format` the beginning of a field.
_HIDDEN_BRACE = re.compile(rb"\\(x7[bBdD]|17[35]|[uU]0*7[bBdD]|N\{(LEFT|RIGHT) CURLY)")
_BEHIND = re.compile(rb"(?:\s|\)|#[^\n]*\n)*")  # a value within its braces
_EQUAL = re.compile(rb"=\s*")
_TYPING = '__import__("typing")'


def older(text: str) -> str:
    """The source as Python 3.8 to 3.11 read it, each line where it was but those of type
    parameters; as it is where they do already, where it is no Python, or where LibCST is missing.
    """
    if not _TELLING.search(text) or (sys.version_info < (3, 12) and parses(text)):
        return text
    try:
        import libcst
        from libcst import metadata
    except ImportError:
        return text
    try:
        module = metadata.MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        made = _changed(module, text)
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError, ValueError):
        return text
    return made if made != text and parses(made) else text


def _changed(wrapper: Any, text: str) -> str:
    from libcst import metadata

    data = text.encode("utf-8", "surrogatepass")
    spans = wrapper.resolve(metadata.ByteSpanPositionProvider)
    edits = _Edits(data, lambda node: (spans[node].start, spans[node].start + spans[node].length))
    _walk(wrapper.module, edits)
    return edits.text(0, len(data)).decode("utf-8", "surrogatepass")


class _Edits:
    """Changes of a source by places, the inner ones made before those around them."""

    def __init__(self, data: bytes, span: Callable[[Any], tuple[int, int]]) -> None:
        self._data, self._span = data, span
        self._made: list[tuple[int, int, bytes]] = []

    def of(self, node: Any) -> bytes:
        """The text of a node, with what was changed in it."""
        return self.text(*self._span(node))

    def text(self, start: int, end: int) -> bytes:
        """The text from `start` to `end`, with what was changed in it."""
        parts, at = [], start
        for first, last, new in sorted(self._inside(start, end)):
            parts += [self._data[at:first], new]
            at = last
        return b"".join([*parts, self._data[at:end]])

    def changed(self, node: Any) -> bool:
        """Whether anything was changed in it."""
        return bool(self._inside(*self._span(node)))

    def replace(self, node: Any, new: bytes) -> None:
        """Let the text of `node` be `new`, whatever was changed in it."""
        start, end = self._span(node)
        inside = self._inside(start, end)
        self._made = [each for each in self._made if each not in inside]
        self._made.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        """Put `new` before the byte `at`."""
        self._made.append((at, at, new))

    def start(self, node: Any) -> int:
        """Where it begins."""
        return self._span(node)[0]

    def end(self, node: Any) -> int:
        """Where it ends."""
        return self._span(node)[1]

    def _inside(self, start: int, end: int) -> list[tuple[int, int, bytes]]:
        return [each for each in self._made if start <= each[0] and each[1] <= end]


def _walk(top: Any, edits: _Edits) -> None:
    """Change what is below `top`, inner nodes first; no recursion, as sources may be deep."""
    waiting, found = [top], []
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.children
    for node in reversed(found):
        change = _CHANGES.get(type(node).__name__)
        if change is not None:
            change(node, edits)


def _formatted(node: libcst.FormattedString, edits: _Edits) -> None:
    """`f"{a["b"]!r:>{c}}"` becomes `"{!r:>{}}".format((a["b"]), (c))`."""
    values: list[bytes] = []
    literal = b"".join(_part(part, edits, values) for part in node.parts)
    if not any(_is_new(value, node.end) for value in values):
        return
    if "r" not in node.start.lower() and _HIDDEN_BRACE.search(literal):
        return
    begin = re.sub("[fF]", "", node.start).encode()
    call = b".format(" + b", ".join(values) + b")"
    edits.replace(node, begin + literal + node.end.encode() + call)


def _is_new(value: bytes, quote: str) -> bool:
    """Whether older versions refuse it as a value in an f-string that ends by `quote`."""
    signs = (quote, "\\", "#") if len(quote) == 3 else (quote, "\\", "#", "\n")
    return any(sign.encode() in value for sign in signs)


def _part(part: Any, edits: _Edits, values: list[bytes]) -> bytes:
    """What a part of an f-string is for `str.format`; its value is added to `values`."""
    if type(part).__name__ == "FormattedStringText":
        return bytes(part.value.encode("utf-8", "surrogatepass"))
    start = edits.start(part) + 1  # behind the brace
    end = edits.end(part.expression)
    end += len(_BEHIND.match(edits.text(end, edits.end(part)))[0])  # type: ignore[index]
    values.append(b"(" + edits.text(start, end) + b")")
    conversion, spec = (part.conversion or "").encode(), b""
    if part.equal is not None:
        shown = _EQUAL.match(edits.text(end, edits.end(part)))
        told = edits.text(start, end) + shown[0]  # type: ignore[index]
        values.insert(len(values) - 1, repr(told.decode("utf-8", "surrogatepass")).encode())
        conversion = conversion or (b"" if part.format_spec else b"r")
    if part.format_spec:
        spec = b":" + b"".join(_part(inner, edits, values) for inner in part.format_spec)
    return (
        (b"{}{" if part.equal else b"{") + (b"!" + conversion if conversion else b"") + spec + b"}"
    )


def _concatenated(node: libcst.ConcatenatedString, edits: _Edits) -> None:
    """What was put side by side is added up where one is no literal any more."""
    if edits.changed(node):
        between = edits.text(edits.end(node.left), edits.start(node.right))
        edits.replace(
            node, b"(" + edits.of(node.left) + b" +" + between + edits.of(node.right) + b")"
        )


def _alias(node: libcst.TypeAlias, edits: _Edits) -> None:
    """What the statement binds is of no use but in annotations."""
    lines = edits.of(node).count(b"\n")
    new = f"{node.name.value} = {_TYPING}.Any"
    edits.replace(node, new.encode() if not lines else f"{new[:-3]}\\{chr(10) * lines}Any".encode())


def _function(node: libcst.FunctionDef, edits: _Edits) -> None:
    """A function with type parameters loses them, and the annotations that name them."""
    if node.type_parameters is None:
        return
    edits.replace(node.type_parameters, b"")
    given = node.params
    stars = [given.star_arg, given.star_kwarg]
    for each in (*given.posonly_params, *given.params, *given.kwonly_params, *stars):
        annotation = getattr(each, "annotation", None)
        if annotation is not None:
            edits.replace(annotation, b"None")
    if node.returns is not None:
        edits.replace(node.returns, b"None")


def _class(node: libcst.ClassDef, edits: _Edits) -> None:
    """A class with type parameters is a generic one, as it was written before."""
    if node.type_parameters is None:
        return
    names = [each.param.name.value for each in node.type_parameters.params]
    made = ", ".join(f'({name} := {_TYPING}.TypeVar("{name}"))' for name in names)
    base = f"{_TYPING}.Generic[{made}]".encode()
    opening = node.lpar
    if type(opening).__name__ == "LeftParen":
        others = node.bases or node.keywords
        edits.insert(edits.end(opening), base + (b", " if others else b""))
    edits.replace(
        node.type_parameters, b"" if type(opening).__name__ == "LeftParen" else b"(" + base + b")"
    )


_CHANGES: dict[str, Callable[[Any, _Edits], None]] = {
    "FormattedString": _formatted,
    "ConcatenatedString": _concatenated,
    "TypeAlias": _alias,
    "FunctionDef": _function,
    "ClassDef": _class,
}
