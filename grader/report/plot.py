"""Plots of trainings as SVG, without a script: shapes stretch with the page, letters do not."""

# ruff: noqa: S704 - what is put together here are numbers

from __future__ import annotations

from math import ceil, floor, log10

from markupsafe import Markup

from grader.report.training import CurveLine, Plot, step_text, value

HEIGHT, TOP, GROUND = 168, 8, 146  # pixels: whole, the plot's upper edge, its axis
DRAWING_UNITS = 1_000  # units of the drawing's own coordinates, across and down
MAX_DOTS = 30  # points of a line up to which each is marked
EPSILON = 1e-30  # what is closer together is the same
STYLES = 6  # of lines, told apart by colour and dashes


def plot(shown: Plot) -> Markup:
    """The curves of `shown` over their steps or epochs, with axes; words stand beside it."""
    xs = [number for line in shown.lines for number in line.x]
    ys = [number for line in shown.lines for number in line.y]
    left, right = _apart(min(xs), max(xs))
    down, up = _apart(min(0, *ys) if shown.quantity == "loss" else min(ys), max(ys))
    rows = _rows(down, up)
    down, up = min(down, rows[0]), max(up, rows[-1])
    labels, grid = [], []
    for number in rows:
        y = GROUND - (GROUND - TOP) * (number - down) / (up - down)
        labels.append(f'<text x="100%" y="{y + 4:.1f}">{value(number, shown.share)}</text>')
        grid.append(f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
    for number in _columns(left, right, whole=all(x.is_integer() for x in xs)):
        x = 100 * (number - left) / (right - left)
        anchor = "start" if x < 3 else "end" if x > 94 else "middle"
        grid.append(
            f'<text x="{x:.2f}%" y="{HEIGHT - 4}" text-anchor="{anchor}">{step_text(number)}</text>'
        )
    paths, dots = [], []
    for index, line in enumerate(shown.lines):
        spots = _spots(line, (left, right), (down, up))
        style = f"s{index % STYLES}"
        path = "L".join(f"{x} {y}" for x, y in spots)
        paths.append(f'<path class="{style}" d="M{path}"/>')
        if len(spots) <= MAX_DOTS:
            dots += [
                f'<circle class="{style}" cx="{100 * x / DRAWING_UNITS:.1f}%" '
                f'cy="{TOP + (GROUND - TOP) * y / DRAWING_UNITS:.1f}" r="2.5"/>'
                for x, y in spots
            ]
    return Markup(
        f'<div class="curves" aria-hidden="true"><svg class="rows" width="100%" height="{HEIGHT}">'
        f'{"".join(labels)}</svg><svg width="100%" height="{HEIGHT}">{"".join(grid)}'
        f'<svg y="{TOP}" width="100%" height="{GROUND - TOP}" '
        f'viewBox="0 0 {DRAWING_UNITS} {DRAWING_UNITS}" '
        f'preserveAspectRatio="none">{"".join(paths)}</svg>{"".join(dots)}</svg></div>'
    )


def swatch(index: int) -> Markup:
    """A piece of the line `index` of a plot, for its legend."""
    return Markup(
        f'<svg class="curves" width="28" height="10" aria-hidden="true">'
        f'<path class="s{index % STYLES}" d="M1 5L27 5"/></svg>'
    )


def _spots(
    line: CurveLine, across: tuple[float, float], down: tuple[float, float]
) -> list[tuple[int, int]]:
    wide, high = across[1] - across[0], down[1] - down[0]
    return [
        (round(DRAWING_UNITS * (x - across[0]) / wide), round(DRAWING_UNITS * (down[1] - y) / high))
        for x, y in zip(line.x, line.y, strict=True)
    ]


def _apart(low: float, high: float) -> tuple[float, float]:
    """`low` and `high`; 0 and them where there is next to nothing between them."""
    if high - low <= 1e-6 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high - low > EPSILON else (0.0, 1.0)


def _rows(low: float, high: float) -> list[float]:
    """Round numbers that reach around `low` and `high`, four steps or a few more."""
    step = _round_up((high - low) / 4)
    return [index * step for index in range(floor(low / step), ceil(high / step) + 1)]


def _columns(low: float, high: float, *, whole: bool) -> list[float]:
    """Round numbers between `low` and `high`, at most eight; `whole` where nothing else is."""
    step = _round_up((high - low) / 7)
    step = max(step, 1.0) if whole else step
    return [index * step for index in range(ceil(low / step), floor(high / step) + 1)]


def _round_up(number: float) -> float:
    """The least of 1, 2, 5, 10, … and their tenths and so on that is not below `number`."""
    power = 10.0 ** floor(log10(number))
    return next(
        step for step in (power, 2 * power, 5 * power, 10 * power) if step >= 0.999 * number
    )
