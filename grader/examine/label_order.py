"""Class names that stand in each other's places: a renaming that explains the answers.

A weak model's mistakes are no order of labels: it takes all Newspapers for Paper, and Paper for
Paper, too. So a renaming counts for what it costs as well, and only

- one of the orders in which class names are known to go wrong, where it reads clearly more; or
- that of a training set without a certain folder, where all later classes bear it out; or
- any other one of some classes, each of which is mostly given the name of another of them; or
- any other one of all classes, where it also reads images that it was not found by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.assignment import Label
from grader.evidence import Answer, Finding
from grader.evidence.findings import make_finding
from grader.examine.assignment_problem import best_columns
from grader.language import Sentence
from grader.scoring.counts import better_than_guessing, clearly_more

Confusion = NDArray[np.int64]  # (classes, classes): how often the first was said for the second

SIGNIFICANCE_LEVEL = 0.01  # of the exact test of a renaming that the answers themselves suggest
LEVEL_OF_KNOWN = 1e-5  # of each of some sixty known orders
MIN_GAIN = 3  # images that a renaming gains, and
MIN_GAIN_SHARE = 0.02  # of all
MIN_RIGHT_SHARE = 0.4  # share of the images that are right by a renaming of all classes, and
READS_OTHERS = 0.25  # of those that it was not found by
NO_CLASS = -1  # what a name means that no class has


class Renaming(NamedTuple):
    """What each name that is said means, by index in the list of classes, and how that came."""

    means: tuple[int, ...]
    cause: Sentence

    def moved(self) -> list[tuple[int, int]]:
        """Names that mean another class, with that: (said, meant)."""
        return [(s, m) for s, m in enumerate(self.means) if m not in (s, NO_CLASS)]


def label_order(answers: Sequence[Answer], classes: Sequence[Label]) -> Finding | None:
    """`label-order` where a renaming of the classes explains the answers; see above for when."""
    index = {label.en: number for number, label in enumerate(classes)}
    said = np.array([NO_CLASS if a.answer is None else index[a.answer] for a in answers], np.int64)
    truth = np.array([index[answer.truth] for answer in answers], np.int64)
    found = _explaining(said, truth, classes)
    if found is None:
        return None
    confusion = _confusion(said, truth, len(classes))
    now, then = int(np.trace(confusion)), _hits(confusion, found.means)
    if then - now < max(MIN_GAIN, MIN_GAIN_SHARE * len(answers)):
        return None
    moved = sorted(found.moved(), key=lambda link: -confusion[link])
    shown = sorted(link for link in moved[:3] if confusion[link])
    swaps = ", ".join(f"{classes[s].en} → {classes[m].en}" for s, m in shown)
    return make_finding(
        "label-order",
        correct=now,
        other=then,
        total=len(answers),
        swaps=swaps + (", …" if len(moved) > len(shown) else ""),
        cause=found.cause,
    )


def _explaining(
    said: NDArray[np.int64], truth: NDArray[np.int64], classes: Sequence[Label]
) -> Renaming | None:
    confusion = _confusion(said, truth, len(classes))
    images_of = np.bincount(truth, minlength=len(classes))
    known = [each for each in _known(classes) if _reads_more(confusion, each.means, LEVEL_OF_KNOWN)]
    if known:
        return max(known, key=lambda each: _hits(confusion, each.means))
    for each in _without_a_folder(classes):
        if _borne_out(confusion, images_of, each):
            return each
    cause = Sentence("here they are in another order than in training")
    means = _closed(confusion, images_of)
    if _reads_more(confusion, means, SIGNIFICANCE_LEVEL):
        return Renaming(means, cause)
    means = _best(confusion)
    guessed = not better_than_guessing(
        int(np.trace(confusion)), len(truth), len(classes), SIGNIFICANCE_LEVEL
    )
    reads = _hits(confusion, means) >= MIN_RIGHT_SHARE * len(truth)
    if (
        guessed
        and reads
        and _hits_of_others(said, truth, len(classes)) >= READS_OTHERS * len(truth)
    ):
        return Renaming(means, cause)
    return None


def _known(classes: Sequence[Label]) -> Iterator[Renaming]:
    """The orders in which class names go wrong."""
    size, names = len(classes), [label.en for label in classes]
    yield from _without_a_folder(classes)
    for extra, label in enumerate(classes):
        cause = Sentence(
            "a data set with one more folder before {folder} shifts all later indices",
            {"folder": label.folder},
        )
        means = [i if i < extra else NO_CLASS if i == extra else i - 1 for i in range(size)]
        yield Renaming(tuple(means), cause)
    alphabet = Sentence("here they are in the order of the alphabet on one side only")
    as_words = Sentence("folders with numbers for names are read as 0, 1, 10, 11, 2, …")
    for keys, cause in (
        (names, alphabet),
        ([name.lower() for name in names], alphabet),
        ([label.zh for label in classes], alphabet),
        ([str(number) for number in range(size)], as_words),
    ):
        order = sorted(range(size), key=keys.__getitem__)
        yield Renaming(tuple(order), cause)
        yield Renaming(tuple(order.index(number) for number in range(size)), cause)


def _without_a_folder(classes: Sequence[Label]) -> Iterator[Renaming]:
    for missing, label in enumerate(classes[:-1]):
        cause = Sentence(
            "a data set without the folder {missing} shifts all later indices",
            {"missing": label.folder},
        )
        means = [i if i < missing else i + 1 for i in range(len(classes) - 1)]
        yield Renaming((*means, NO_CLASS), cause)


def _borne_out(confusion: Confusion, images_of: NDArray[np.int64], shift: Renaming) -> bool:
    """Whether the classes after the missing folder are mostly called by the name before theirs,
    the last name is never said, and the missing class never called by its own.
    """
    links = shift.moved()
    return (
        not confusion[-1].any()
        and not confusion[links[0][0], links[0][0]]
        and all(_supported(confusion, images_of, link) for link in links)
    )


def _supported(confusion: Confusion, images_of: NDArray[np.int64], link: tuple[int, int]) -> bool:
    said, meant = link
    return bool(2 * confusion[said, meant] > images_of[meant])


def _best(confusion: Confusion) -> tuple[int, ...]:
    """The permutation with the most hits: the assignment problem. Of those that hit as often, the
    one that leaves more names in their places.
    """
    size = len(confusion)
    weighed = confusion * (size + 1) + np.eye(size, dtype=np.int64)
    return tuple(best_columns(weighed))


def _closed(confusion: Confusion, images_of: NDArray[np.int64]) -> tuple[int, ...]:
    """The best permutation's circles in which every class is mostly given another's name; all
    other names in their places.
    """
    best, means = _best(confusion), list(range(len(confusion)))
    for start in range(len(best)):
        circle = [start]
        while best[circle[-1]] != start:
            circle.append(best[circle[-1]])
        links = [(said, best[said]) for said in circle]
        if all(_supported(confusion, images_of, link) for link in links):
            means[start] = best[start]
    return tuple(means)


def _hits_of_others(said: NDArray[np.int64], truth: NDArray[np.int64], size: int) -> int:
    """Images of one half that the permutation found by the other half reads, both ways added up;
    the halves have as many images of each class.
    """
    half = np.zeros(len(truth), bool)
    for label in range(size):
        half[np.flatnonzero(truth == label)[::2]] = True
    hits = 0
    for part in (half, ~half):
        means = _best(_confusion(said[~part], truth[~part], size))
        hits += _hits(_confusion(said[part], truth[part], size), means)
    return hits


def _confusion(said: NDArray[np.int64], truth: NDArray[np.int64], size: int) -> Confusion:
    confusion = np.zeros((size, size), np.int64)
    answered = said != NO_CLASS
    np.add.at(confusion, (said[answered], truth[answered]), 1)
    return confusion


def _hits(confusion: Confusion, means: Sequence[int]) -> int:
    return sum(int(confusion[s, m]) for s, m in enumerate(means) if m != NO_CLASS)


def _reads_more(confusion: Confusion, means: Sequence[int], level: float) -> bool:
    """Whether `means` reads clearly more than the names as they are: McNemar's exact test."""
    changed = [(s, m) for s, m in enumerate(means) if m != s]
    gained = sum(int(confusion[s, m]) for s, m in changed if m != NO_CLASS)
    lost = sum(int(confusion[s, s]) for s, _ in changed)
    return gained > lost and clearly_more(gained, gained + lost, level)
