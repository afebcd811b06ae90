"""What the lab's rule gives for a count of right answers, written down apart from the grader."""

from typing import NamedTuple

FULL_AT, BAND, COST, POINTS = 85, 5, 5, 100  # per cent, per cent, points for each band, points


class Expected(NamedTuple):
    """The grade to expect; `correct` is None where no image gets an answer."""

    status: str
    score: int
    finding: str
    correct: int | None


def score(correct: int, total: int) -> int:
    """Points for `correct` of `total`, by integers: 111 of 130 is 85 %, 110 is not.

    Only for counts that guessing cannot explain; the sample class has no other.
    """
    bands = next(n for n in range(POINTS) if 100 * correct >= (FULL_AT - BAND * n) * total)
    return max(POINTS - COST * bands, 0)


def as_toml(expected: dict[str, Expected], total: int) -> str:
    """Return one TOML table for each submission, by its id."""
    lines = [
        "# What each submission of the sample class should be given; `correct` is of "
        f"{total} hidden images.",
        "# Written by `python -m reference.sample_class`.",
    ]
    for name, each in expected.items():
        lines += [
            "",
            f'["{name}"]',
            f'status = "{each.status}"',
            f"score = {each.score}",
            f'finding = "{each.finding}"',
        ]
        if each.correct is not None:
            lines.append(f"correct = {each.correct}")
    return "\n".join(lines) + "\n"
