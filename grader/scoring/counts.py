"""Exact counting: thresholds, bands, guessing, and the interval of an accuracy."""

from fractions import Fraction
from functools import cache
from math import comb, exp, lgamma, log, log1p

BISECTIONS = 50  # of the range from 0 to 1: below the precision of what is shown by far
FRACTION_TERMS = 10_000  # at most; 228 were needed for 20,000 images
PRECISION = 1e-15


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
    tail = (1 - confidence) / 2
    low = 0.0 if correct == 0 else _share_with(correct, total, tail)
    high = 1.0 if correct == total else _share_with(correct + 1, total, 1 - tail)
    return low, high


@cache
def _share_with(correct: int, total: int, probability: float) -> float:
    """The accuracy with which at least `correct` of `total` are right with `probability`."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if _at_least(correct, total, middle) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(correct: int, total: int, share: float) -> float:
    """P(X >= `correct`) of a binomial X with 0 < `share` < 1: the incomplete beta function (DLMF
    8.17.5), by its continued fraction on the side where that converges fast.
    """
    a, b = correct, total - correct + 1
    front = exp(lgamma(total + 1) - lgamma(a) - lgamma(b) + a * log(share) + b * log1p(-share))
    if share < (a + 1) / (total + 3):
        return front / (a * _fraction(a, b, share))
    return 1 - front / (b * _fraction(b, a, 1 - share))


def _fraction(a: int, b: int, x: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)) of DLMF 8.17.22, from its front by Lentz's method."""
    value, over, under = 1.0, 1.0, 0.0
    for place in range(1, FRACTION_TERMS):
        m = place // 2
        if place % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        under, over = 1 / (1 + term * under), 1 + term / over
        value *= over * under
        if abs(over * under - 1) < PRECISION:
            break
    return value
