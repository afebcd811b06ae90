"""Exact counting: thresholds, bands, guessing, and the interval of an accuracy."""

from fractions import Fraction
from functools import cache
from math import comb


def needed(percent: int, total: int) -> int:
    """The least number of `total` images that is at least `percent` per cent, by integers."""
    return -(-percent * total // 100)


def bands_below(correct: int, total: int, full_at: int, band: int) -> int:
    """How many bands of `band` per cent `correct` of `total` lies below `full_at` per cent: 0 at
    or above it. The lowest band ends at 0 %.
    """
    below = 0
    while correct < needed(max(full_at - below * band, 0), total):
        below += 1
    return below


@cache
def better_than_guessing(correct: int, total: int, classes: int, level: float) -> bool:
    """Whether `correct` of `total` is more than guessing among `classes` explains: one-sided
    exact binomial test, P(X >= correct) <= `level`, by integers.
    """
    misses = classes - 1
    tail = sum(comb(total, k) * misses ** (total - k) for k in range(correct, total + 1))
    return Fraction(tail, classes**total) <= Fraction(str(level))


@cache
def clearly_more(gained: int, differing: int, level: float) -> bool:
    """Whether `gained` of `differing` fair coins is more than chance, P(X >= gained) <= `level`:
    McNemar's exact one-sided test, by integers.
    """
    tail = sum(comb(differing, k) for k in range(gained, differing + 1))
    return Fraction(tail, 2**differing) <= Fraction(str(level))


def interval(correct: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson (1934) for the accuracy behind a count."""
    from scipy.special import betaincinv  # most commands start without it: 0.2 s

    tail = (1 - confidence) / 2
    low = 0.0 if correct == 0 else float(betaincinv(correct, total - correct + 1, tail))
    high = 1.0 if correct == total else float(betaincinv(correct + 1, total - correct, 1 - tail))
    return low, high
