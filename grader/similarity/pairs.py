"""Pairs of submissions in a class that share weights, wrong answers or code.

The rules, made so that honest work done side by side does not meet them:

weights
    All tensors of a file are in the other submission's weights, but for those that the teacher
    handed out or that many have. A backbone that two students took from the same place is no match:
    the heads that they trained differ.
answers
    MIN_ANSWER_SHARE of the wrong answers that the two gave are the same ones; MIN_RARE_ANSWERS of
    these hardly anyone else gave. Submissions whose answers have another reason to agree (no
    weights loaded, one answer for everything, classes in another order) are left out.
code
    MIN_CODE_SHARE of the smaller one's prints are in the other's, and at least MIN_SHARED_PRINTS,
    without those of code that was handed out or that many have. Other names for things change
    nothing. Nobody is named for code where what the students began with was not declared, or in a
    class of fewer than MIN_CLASS: what many have cannot be told there from what two share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from grader.evidence import Evidence, Fingerprint
from grader.evidence.findings import BETWEEN_IDS
from grader.similarity.candidates import Prints, together, without_prints
from grader.similarity.fingerprint import unpacked

PUBLIC_OWNERS = 5  # weights that more have, and more than a fifth of the class, are public
MIN_CODE_SHARE = 0.7
MIN_SHARED_PRINTS = 25  # some 200 tokens
MIN_ANSWER_SHARE = 0.8
MIN_RARE_ANSWERS = 5
EXPLAINED_CODES = ("constant-answers", "label-order", "other-classes", "weights-not-loaded")
MAX_COMPARED = 50  # submissions with a print in common that are compared with each other
MAX_NAME_CHARS = 60  # characters of a name
MIN_CLASS = 10  # submissions in which code is compared
MAX_NAMED = 3  # submissions that one finding names


class ComparedPrints(NamedTuple):
    """What a comparison needs of one evidence."""

    id: str
    name: str
    code: Prints  # uint32
    weights: tuple[tuple[str, Prints], ...]  # file, uint64
    wrong: Prints  # uint32, one for each wrong answer to a certain image


class SimilarPair(NamedTuple):
    """A submission (its place in the class) that shares something with another: how much, to put
    the strongest first, and the facts of the finding but for the other's name.
    """

    one: int
    other: int
    strength: float
    facts: dict[str, object]


class Similarity(NamedTuple):
    """What a submission shares with others: code and facts of a finding, with the `ids` of those
    that it names.
    """

    code: str
    facts: dict[str, object]


def trace(evidence: Evidence) -> ComparedPrints:
    """What is kept of the evidence for a comparison."""
    return ComparedPrints(
        evidence.submission.id,
        evidence.submission.name,
        unpacked(evidence.fingerprint.code, np.uint32),
        tuple(
            (each.file, unpacked(each.prints, np.uint64)) for each in evidence.fingerprint.weights
        ),
        _wrong(evidence),
    )


def _wrong(evidence: Evidence) -> Prints:
    given = Counter(each.answer for each in evidence.answers if each.answer is not None)
    constant = given and max(given.values()) > sum(given.values()) / 2
    if constant or any(finding.code in EXPLAINED_CODES for finding in evidence.findings):
        return np.empty(0, np.uint32)
    answers = [each for each in evidence.answers if each.answer is not None and not each.correct]
    prints = [crc32(f"{each.image}\0{each.answer}".encode()) for each in answers]
    return np.unique(np.array(prints, np.uint32))


def similarities(
    traces: Sequence[ComparedPrints], given: Fingerprint | None
) -> dict[str, list[Similarity]]:
    """What submissions share with others, by id; `given`: what the teacher handed out, None where
    nothing is declared.
    """
    found: defaultdict[str, list[Similarity]] = defaultdict(list)
    rules = {
        "similar-weights": _weights(traces, given or Fingerprint()),
        "similar-answers": _answers(traces),
    }
    if given is not None and len(traces) >= MIN_CLASS:
        rules["similar-code"] = _code(traces, given)
    for code, pairs in rules.items():
        by_one: defaultdict[int, list[SimilarPair]] = defaultdict(list)
        for pair in pairs:
            by_one[pair.one].append(pair)
        for one, theirs in by_one.items():
            strongest = sorted(theirs, key=lambda pair: (-pair.strength, pair.other))
            others = [traces[other] for other in dict.fromkeys(pair.other for pair in strongest)]
            ids = BETWEEN_IDS.join(other.id for other in others[:MAX_NAMED])
            facts = {**strongest[0].facts, "other": _named(others), "ids": ids}
            found[traces[one].id].append(Similarity(code, facts))
    return dict(found)


def unnamed(traces: Sequence[ComparedPrints], given: Fingerprint | None) -> int:
    """How many submissions share code and are not named for it, as this class cannot say what of
    it is their own.
    """
    if given is not None and len(traces) >= MIN_CLASS:
        return 0
    return len({pair.one for pair in _code(traces, given or Fingerprint())})


def _named(others: Sequence[ComparedPrints]) -> str:
    """The others, strongest first: "张三 (3210000001), Ada (ada) (+2)"."""
    first = ", ".join(
        f"{other.name[:MAX_NAME_CHARS]} ({other.id[:MAX_NAME_CHARS]})"
        for other in others[:MAX_NAMED]
    )
    return first + (f" (+{len(others) - MAX_NAMED})" if len(others) > MAX_NAMED else "")


def _weights(traces: Sequence[ComparedPrints], given: Fingerprint) -> Iterator[SimilarPair]:
    handed_out = _united([unpacked(each.prints, np.uint64) for each in given.weights])
    all_of = [
        without_prints(_united([prints for _, prints in each.weights]), handed_out)
        for each in traces
    ]
    values, counts = np.unique(_joined(all_of), return_counts=True)
    public = _united([handed_out, values[counts > max(PUBLIC_OWNERS, len(traces) // 5)]])
    for one, other in together(all_of, MAX_COMPARED).pairs:
        for mine, theirs in ((one, other), (other, one)):
            for file, prints in traces[mine].weights:
                own = without_prints(prints, public)
                if len(own) and not len(without_prints(own, all_of[theirs])):
                    yield SimilarPair(mine, theirs, len(own), {"file": file})
                    yield SimilarPair(theirs, mine, len(own), {"file": _holds(own, traces[theirs])})


def _holds(prints: Prints, trace: ComparedPrints) -> str:
    """The file of the submission that has most of the prints."""
    return max(trace.weights, key=lambda each: len(prints) - len(without_prints(prints, each[1])))[
        0
    ]


def _answers(traces: Sequence[ComparedPrints]) -> Iterator[SimilarPair]:
    few = max(3, min(12, len(traces) // 100))
    rare = together([each.wrong for each in traces], few)
    for (one, other), unusual in zip(rare.pairs, rare.shared, strict=True):
        mine, theirs = traces[one].wrong, traces[other].wrong
        same = len(mine) - len(without_prints(mine, theirs))
        if unusual >= MIN_RARE_ANSWERS and same >= MIN_ANSWER_SHARE * (
            len(mine) + len(theirs) - same
        ):
            for first, second in ((one, other), (other, one)):
                wrong = len(traces[first].wrong)
                yield SimilarPair(
                    first, second, same, {"same": same, "wrong": wrong, "rare": unusual}
                )


def _code(traces: Sequence[ComparedPrints], given: Fingerprint) -> Iterator[SimilarPair]:
    handed_out = unpacked(given.code, np.uint32)
    few = max(4, min(12, len(traces) // 25))
    found = together([without_prints(each.code, handed_out) for each in traces], few)
    for (one, other), shared in zip(found.pairs, found.shared, strict=True):
        if shared >= MIN_SHARED_PRINTS and shared >= MIN_CODE_SHARE * min(
            found.own[one], found.own[other]
        ):
            for first, second in ((one, other), (other, one)):
                share = shared / found.own[first]
                yield SimilarPair(first, second, share, {"percent": f"{100 * share:.0f}"})


def _united(sets: Sequence[Prints]) -> Prints:
    return np.unique(_joined(sets))


def _joined(sets: Sequence[Prints]) -> Prints:
    return np.concatenate([np.empty(0, np.uint64), *sets])
