"""What the answers of one more part of an assignment show by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.assignment import Part
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import make_finding
from grader.language import Sentence

_ENDED = Sentence("it took too long, or its process ended")
_WHY: Mapping[Problem, Sentence] = {
    Problem.RAISED: Sentence("it raised an exception"),
    Problem.WRONG_TYPE: Sentence("it returned something else than a word"),
    Problem.UNKNOWN_CLASS: Sentence("its words are no classes of that part"),
    **dict.fromkeys((Problem.TIMEOUT, Problem.CRASHED, Problem.MEMORY), _ENDED),
}


def unanswered(part: Part, answers: Sequence[Answer]) -> list[Finding]:
    """`part-unanswered` where inputs were asked about and have no valid answer, with what kept most
    of them from one. Counts and kinds alone, as students read it.
    """
    lost = Counter(answer.problem for answer in answers if answer.problem in _WHY)
    if not lost:
        return []
    ((most, _),) = lost.most_common(1)
    assert most is not None  # noqa: S101 - a key of _WHY
    facts = {"function": part.function, "part": part.id, "why": _WHY[most]}
    return [make_finding("part-unanswered", facts, count=lost.total(), total=len(answers))]
