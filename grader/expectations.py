"""What a value should have been, in our words and both languages: never in pydantic's."""

from __future__ import annotations

import re
from typing import Final

from pydantic_core import ErrorDetails

from grader.language import Sentence

# From pydantic's kind of error to what was expected; braces are filled from its facts.
_EXPECTED: Final = {
    "greater_than": Sentence("a number above {gt}"),
    "greater_than_equal": Sentence("a number of at least {ge}"),
    "less_than": Sentence("a number below {lt}"),
    "less_than_equal": Sentence("a number of at most {le}"),
    "finite_number": Sentence("a finite number"),
    "int_from_float": Sentence("a whole number"),
    "literal_error": Sentence("one of {expected}"),
    "string_pattern_mismatch": Sentence("a text of the form {pattern}"),
    "string_too_short": Sentence("a text that is not empty"),
    "string_too_long": Sentence("a text of at most {max_length} characters"),
    "too_short": Sentence("at least {min_length} entries"),
    "too_long": Sentence("at most {max_length} entries"),
    "model_type": Sentence("a table"),
    "tuple_type": Sentence("a list"),
}
# The same for whole families of kinds, by the word that they begin with.
_FAMILIES: Final = {
    "int": Sentence("a whole number"),
    "float": Sentence("a number"),
    "bool": Sentence("true or false"),
    "string": Sentence("a text"),
    "model": Sentence("a table"),
    "dict": Sentence("a table"),
    "tuple": Sentence("a list"),
}
A_TITLE: Final = Sentence(
    "a table such as {example}", {"example": '{ en = "Shapes", zh = "图形" }'}
)
_ANOTHER: Final = Sentence("another value")
MAX_VALUE_CHARS = 80  # characters of a value that is repeated to its author


class WrongError(ValueError):
    """A value that a rule of ours refuses: says which rule, in both languages, and at which key
    below the table that the rule is about.
    """

    def __init__(self, said: Sentence, *at: str | int) -> None:
        super().__init__(str(said))
        self.said, self.at = said, tuple(map(str, at))


def expected(error: ErrorDetails) -> Sentence:
    """What should have stood where `error` was found."""
    kind = error["type"]
    if kind in ("model_type", "model_attributes_type") and error["loc"][-1:] == ("title",):
        return A_TITLE
    sentence = _EXPECTED.get(kind) or _FAMILIES.get(kind.partition("_")[0], _ANOTHER)
    facts = {name: _fact(value) for name, value in error.get("ctx", {}).items()}
    return Sentence(sentence.text, facts)


def refused(error: ErrorDetails) -> WrongError | None:
    """The rule of ours that refused the value; None where it was none."""
    cause = error.get("ctx", {}).get("error")
    return cause if isinstance(cause, WrongError) else None


def follows(error: ErrorDetails) -> bool:
    """Whether the error is one in name only: a list is said to be too short where entries of it
    were refused, which is told of each.
    """
    least = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and len(error["input"]) >= least


def found(error: ErrorDetails) -> str:
    """The value that was found, as its author wrote it, cut where it is long."""
    value = error["input"]
    if error["type"] in ("too_short", "too_long"):  # what is wrong with a list is its length
        value = len(value)
    if isinstance(value, bool):
        return str(value).lower()
    shown = repr(value)
    return shown if len(shown) <= MAX_VALUE_CHARS else shown[: MAX_VALUE_CHARS - 1] + "…"


def _fact(value: object) -> str:
    """A bound, or the words that are allowed: pydantic joins them in English."""
    words = re.findall(r"'[^']*'", value) if isinstance(value, str) else []
    return ", ".join(words) if words else f"{value:g}" if isinstance(value, float) else str(value)
