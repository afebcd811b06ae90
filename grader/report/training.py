"""Trainings as the pages show them: what a record holds, said in words and ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from grader.evidence import Curve
from grader.report.phrases import COURSE, Said, said
from grader.report.text import one_line


@dataclass(frozen=True, slots=True)
class CurveLine:
    """One curve of a plot."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    # How it went: what a reader who does not see the plot has of it.
    said: Said = field(compare=False)


@dataclass(frozen=True, slots=True)
class Plot:
    """The curves of one quantity over the same steps or epochs."""

    quantity: str  # "loss" or "accuracy"
    unit: str  # "step", "epoch", ""
    share: bool  # of 1, to be said in per cent
    lines: tuple[CurveLine, ...]


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What one file (or cell of a notebook) records of one training."""

    file: str
    cell: int  # 0 for a whole file
    run: int  # 0 where the file holds no other
    plots: tuple[Plot, ...]
    alone: tuple[tuple[str, str], ...]  # name and value of what was measured once


def trainings(curves: Sequence[Curve], keep: Callable[[str], str]) -> tuple[TrainingRecord, ...]:
    """The trainings that `curves` are of, in their order; `keep` is what may be shown of a text."""
    several = {(curve.file, curve.cell) for curve in curves if curve.run > 1}
    return tuple(
        _training(keep(file), cell, run if (file, cell) in several else 0, _renamed(together, keep))
        for (file, cell, run), together in groupby(sorted(curves, key=_whose), key=_whose)
    )


def _whose(curve: Curve) -> tuple[str, int, int]:
    return curve.file, curve.cell, curve.run


def _renamed(curves: Iterable[Curve], keep: Callable[[str], str]) -> list[Curve]:
    return [curve.model_copy(update={"name": one_line(keep(curve.name), 40)}) for curve in curves]


def _training(file: str, cell: int, run: int, curves: Sequence[Curve]) -> TrainingRecord:
    return TrainingRecord(
        file,
        cell,
        run,
        plots=tuple(_plots([curve for curve in curves if len(curve.x) > 1])),
        alone=tuple((curve.name, _course(curve)) for curve in curves if len(curve.x) == 1),
    )


def _plots(curves: Sequence[Curve]) -> Iterator[Plot]:
    """Losses first; curves that are counted in the same unit share a plot."""

    def kind(curve: Curve) -> tuple[bool, str, bool]:
        return curve.quantity != "loss", curve.unit, _share(curve)

    for (_, unit, share), together in groupby(sorted(curves, key=kind), key=kind):
        lines = tuple(together)
        yield Plot(
            lines[0].quantity,
            unit,
            share,
            tuple(CurveLine(curve.name, curve.x, curve.y, _said(curve)) for curve in lines),
        )


def _share(curve: Curve) -> bool:
    return curve.quantity == "accuracy" and min(curve.y) >= 0 and max(curve.y) <= 1


def _said(curve: Curve) -> Said:
    best = min(curve.y) if curve.quantity == "loss" else max(curve.y)
    sentence = said(
        COURSE[f"{curve.quantity} {curve.unit}"],
        course=_course(curve),
        low=step_text(curve.x[0]),
        high=step_text(curve.x[-1]),
        best=value(best, _share(curve)),
        at=step_text(curve.x[curve.y.index(best)]),
    )
    if not curve.lost:
        return sentence
    lost = said("; {count} values are no number (nan, inf)", count=f"{curve.lost:,}")
    return {lang: sentence[lang] + lost[lang] for lang in sentence}


def _course(curve: Curve) -> str:
    ends = curve.y[:1] if len(curve.y) == 1 else (curve.y[0], curve.y[-1])
    return " → ".join(value(end, _share(curve)) for end in ends)


def value(number: float, share: bool = False) -> str:
    """A loss or an accuracy to three digits; a share of 1 in per cent."""
    if share:
        return f"{100 * number:.3g}\u202f%"
    return f"{number:,.0f}" if 1_000 <= abs(number) < 1e6 else f"{number:.3g}"


def step_text(number: float) -> str:
    """A step or epoch."""
    return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:.4g}"
