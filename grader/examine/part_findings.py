"""What the answers of one more part of an assignment show by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.assignment import Part
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import make_finding
from grader.examine.label_order import label_order
from grader.examine.replies import Failure
from grader.language import Sentence

_ENDED = Sentence("it took too long, or its process ended")
_NO_RETURN = Sentence("it ended without return")
_WHY: Mapping[Problem, Sentence] = {
    Problem.RAISED: Sentence("it raised an exception"),
    Problem.WRONG_TYPE: Sentence("it returned something else than a word"),
    Problem.UNKNOWN_CLASS: Sentence("its words are no classes of that part"),
    **dict.fromkeys((Problem.TIMEOUT, Problem.CRASHED, Problem.MEMORY), _ENDED),
}


def unanswered(part: Part, answers: Sequence[Answer], error: Failure | None) -> list[Finding]:
    """`part-unanswered` where inputs were asked about and have no valid answer, with what kept most
    of them from one. Counts, kinds and a place alone, as students read it. `error`: the first
    exception, by its type and place.
    """
    lost = Counter(answer.problem for answer in answers if answer.problem in _WHY)
    if not lost:
        return []
    ((most, _),) = lost.most_common(1)
    assert most is not None  # noqa: S101 - a key of _WHY
    why = _WHY[most]
    if most is Problem.RAISED and error is not None:
        why = _raised(error)
    if most is Problem.WRONG_TYPE and all(
        answer.said == "None" for answer in answers if answer.problem is most
    ):
        why = _NO_RETURN
    facts = {"function": part.function, "part": part.id, "why": why}
    return [make_finding("part-unanswered", facts, count=lost.total(), total=len(answers))]


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
    facts = {"error": error.type, "file": error.file, "line": str(error.line)}
    if not error.file:
        return Sentence("it raised {error}", facts)
    return Sentence("it raised {error} ({file}, line {line})", facts)
