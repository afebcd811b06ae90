"""What the answers of one more part of an assignment show by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.assignment import Interface, Part
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import make_finding
from grader.examine.further_questions import returned_instead
from grader.examine.label_order import label_order
from grader.examine.part_hints import cure_in_part
from grader.examine.replies import Failure
from grader.language import Sentence

_ENDED = Sentence("it took too long, or its process ended")
_NO_RETURN = Sentence("it ended without return")
_A_NAME = Sentence("Return the name of a class, as text, not an index, array or list.")
_WHY: Mapping[Problem, Sentence] = {
    Problem.RAISED: Sentence("it raised an exception"),
    Problem.WRONG_TYPE: Sentence("it returned something else than a word"),
    Problem.UNKNOWN_CLASS: Sentence("its words are no classes of that part"),
    **dict.fromkeys((Problem.TIMEOUT, Problem.CRASHED, Problem.MEMORY), _ENDED),
}


def unanswered(
    part: Part, answers: Sequence[Answer], error: Failure | None, interface: Interface
) -> list[Finding]:
    """`part-unanswered` where inputs were asked about and have no valid answer, with what kept most
    of them from one, and what mends that. `error`: the first exception. The student's copy is made
    of answers and an error that are disclosed (`disclosure.disclosed`).
    """
    lost = Counter(answer.problem for answer in answers if answer.problem in _WHY)
    if not lost:
        return []
    ((most, _),) = lost.most_common(1)
    assert most is not None  # noqa: S101 - a key of _WHY
    said = [answer.said for answer in answers if answer.problem is most]
    why, cure = _WHY[most], None
    if most is Problem.RAISED:
        why = _raised(error) if error is not None else why
        cure = cure_in_part(part, error, interface)
    elif most is Problem.WRONG_TYPE:
        why, cure = _returned(said, part.function)
    elif most is Problem.UNKNOWN_CLASS and any(said):
        word = {"word": next(filter(None, said))}
        why = Sentence("its words are no classes of that part, such as '{word}'", word)
    facts: dict[str, object] = {"function": part.function, "part": part.id, "why": why}
    if cure is not None:
        facts["cure"] = cure
    return [make_finding("part-unanswered", facts, count=lost.total(), total=len(answers))]


def _returned(said: Sequence[str], function: str) -> tuple[Sentence, Sentence]:
    """Why values are no words, and what mends it."""
    if all(one == "None" for one in said):
        why = _NO_RETURN
    elif shown := next((one for one in said if one not in ("", "None")), ""):
        why = Sentence("it returned {kind}, where a word (str) is expected", {"kind": shown})
    else:
        why = _WHY[Problem.WRONG_TYPE]
    first = next(filter(None, said), "")
    return why, returned_instead(first, function) or _A_NAME


def label_order_of(part: Part, answers: Sequence[Answer]) -> list[Finding]:
    """`part-label-order` where a renaming of the part's classes explains the answers: counts and
    class names alone.
    """
    if all(answer.answer is None for answer in answers):
        return []
    found = label_order(answers, part.classes)
    if found is None:
        return []
    facts: dict[str, object] = {**found.facts, "function": part.function, "part": part.id}
    return [make_finding("part-label-order", facts)]


def _raised(error: Failure) -> Sentence:
    facts = {"error": error.summary, "file": error.file, "line": str(error.line)}
    if not error.file:
        return Sentence("it raised {error}", facts)
    return Sentence("it raised {error} ({file}, line {line})", facts)
