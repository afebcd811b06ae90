"""What a student does about an exception in the function of another part of a lab."""

from __future__ import annotations

from collections.abc import Mapping

from grader.assignment import Interface, Part
from grader.examine.hint_rules import ANYWHERE, IN_CALL
from grader.examine.hints import HintRule, cure
from grader.examine.replies import Failure
from grader.language import Sentence

_ONE_PARAMETER = HintRule(
    r"\(\) (missing|takes) \d+ ",
    "",
    Sentence("Define {function} with one parameter; others need a default value."),
)
_ARRAY = Sentence(
    "{function} is given the array itself, not a path to it: leave out what reads a file."
)
_TEXT = Sentence(
    "{function} is given the text itself, not a path to it: leave out what reads a file."
)
_READS = r"\b(open|load|loadtxt|genfromtxt|fromfile|read|imread|Path|read_\w+)\("
_READS_A_NAME = r"\b(open|Path|read_\w+)\(\s*[a-z_]\w*\s*[,)]|\.read_text\("
_OF_A_PART: Mapping[str, tuple[HintRule, ...]] = {
    "images": IN_CALL,
    "arrays": (
        _ONE_PARAMETER,
        HintRule(r"PathLike\b.*\bndarray", "", _ARRAY),
        HintRule("^(TypeError|AttributeError)", _READS, _ARRAY),
        *ANYWHERE,
    ),
    "texts": (
        _ONE_PARAMETER,
        HintRule(
            r"'str' object has no attribute "
            r"'(read\w*|open|name|stem|suffix|parent|exists|is_file|close)'",
            "",
            _TEXT,
        ),
        # A name with a suffix is a file that the code knows, not the text that it was given.
        HintRule(r"^\w*Error(?!.*\.\w{1,8}'$).*\[Errno \d+\]", _READS_A_NAME, _TEXT),
        HintRule("embedded null", _READS_A_NAME, _TEXT),
        *ANYWHERE,
    ),
}
_CALL_IT: Mapping[str, Sentence] = {
    "arrays": Sentence(
        "{function} is given a NumPy array, not a path to it: call it with np.load(path) of an "
        "input and look at what it does."
    ),
    "texts": Sentence(
        "{function} is given the text itself (str), not a path to it: call it with a text and "
        "look at what it does."
    ),
}


def cure_in_part(part: Part, error: Failure | None, interface: Interface) -> Sentence | None:
    """What mends an exception of the part's function; None where the finding's own hint says all
    that is known.
    """
    own = interface.model_copy(update={"function": part.function})
    mended = cure(error, own, _OF_A_PART[part.inputs]) if error is not None else None
    if mended is None and part.inputs in _CALL_IT:
        return Sentence(_CALL_IT[part.inputs].text, {"function": part.function})
    return mended
