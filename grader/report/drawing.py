"""Drawings as SVG and tables that need no script: attributes only, so that no inline style is
needed and the strictest content policy holds.
"""

# ruff: noqa: S704 - what is put together here are numbers, our own words, and escaped text

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2, prod

from markupsafe import Markup, escape

from grader.assignment import Label
from grader.evidence import Answer, Finding
from grader.report.band_steps import BandSteps
from grader.report.phrases import PROBLEM, both, t
from grader.report.repetition import folded
from grader.report.text import visible
from grader.report.view import StudentView

HEIGHT, GROUND = 150, 116  # of the stairs: whole, and where the axis lies


def stairs(view: StudentView) -> Markup:
    """Marks by accuracy as stairs, with where this submission stands and how sure that is."""
    mine = ""
    if view.accuracy is not None and view.interval is not None:
        low, high = (100 * bound for bound in view.interval)
        y = GROUND + 9
        mine = (
            f'<line class="interval" x1="{low:.2f}%" x2="{high:.2f}%" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{view.accuracy:.2f}%" cy="{y}" r="6"/>'
        )
    return Markup(
        f'<svg class="stairs" width="100%" height="{HEIGHT}" aria-hidden="true" focusable="false">'
        f"{_steps(view.stairs)}{mine}</svg>"
    )


@lru_cache(maxsize=256)  # one for each band
def _steps(stairs: tuple[BandSteps, ...]) -> str:
    top = max((stair.with_report for stair in stairs), default=0) or 1
    parts = []
    for stair in stairs:
        width = stair.high - stair.low
        for points, kind in ((stair.with_report, "report"), (stair.points, "plain")):
            if kind == "report" and stair.with_report == stair.points:
                continue
            height = 78 * points / top
            mine = " mine" if stair.mine else ""
            parts.append(
                f'<rect class="{kind}{mine}" x="{stair.low + 0.15}%" width="{width - 0.3}%" '
                f'y="{GROUND - height:.1f}" height="{height:.1f}" rx="2"/>'
            )
        mine = " mine" if stair.mine else ""
        x = f'x="{stair.low + width / 2}%"'
        over = GROUND - 78 * stair.with_report / top - 5
        parts.append(f'<text class="points{mine}" {x} y="{over:.1f}">{stair.with_report:g}</text>')
        if stair.with_report != stair.points:
            inside = GROUND - 78 * stair.points / top + 15
            alone = f"{stair.points:g}"
            parts.append(f'<text class="without{mine}" {x} y="{inside:.1f}">{alone}</text>')
    parts.append(f'<line class="axis" x1="0" x2="100%" y1="{GROUND}" y2="{GROUND}"/>')
    for edge in sorted({stair.low for stair in stairs} | {100}):
        anchor = "start" if edge == 0 else "end" if edge == 100 else "middle"
        minor = "" if edge in (0, 100) or edge >= 80 or edge % 20 == 0 else " minor"
        parts.append(
            f'<text class="edge{minor}" x="{edge}%" y="{HEIGHT - 2}" '
            f'text-anchor="{anchor}">{edge}</text>'
        )
    return "".join(parts)


def maps(output: tuple[int, ...]) -> Markup:
    """What a layer makes, to scale: maps as squares behind each other, values as a column."""
    if len(output) == 3 and max(output[1:]) > 1:
        side = max(3, min(38, round(1.15 * max(output[1:]))))
        behind = min(output[0], 5)
        squares = "".join(
            f'<rect class="map" x="{3 * step}" y="{40 - side - 3 * step + 12}" width="{side}" '
            f'height="{side}"/>'
            for step in reversed(range(behind))
        )
    else:
        height = max(4, min(48, round(8 * log2(1 + prod(output)) - 16)))
        squares = f'<rect class="map" x="2" y="{54 - height}" width="7" height="{height}"/>'
    return Markup(f'<svg class="maps" width="56" height="56" aria-hidden="true">{squares}</svg>')


def bar(correct: int, total: int) -> Markup:
    """A share as a bar; the number stands beside it."""
    share = 100 * correct / total if total else 0
    level = "high" if share >= 85 else "middle" if share >= 60 else "low"
    return Markup(
        f'<svg class="bar {level}" width="100%" height="10" aria-hidden="true">'
        f'<rect class="track" width="100%" height="10" rx="5"/>'
        f'<rect class="fill" width="{share:.1f}%" height="10" rx="5"/></svg>'
    )


def confusion(answers: Sequence[Answer], classes: tuple[Label, ...]) -> Markup:
    """Truth by answer as a table, shaded by how often; the last column is for no valid answer."""
    place = {label.en: index for index, label in enumerate(classes)}
    none = len(classes)
    counts: dict[int, Counter[int]] = {}
    for answer in answers:
        if answer.truth in place:
            row = counts.setdefault(place[answer.truth], Counter())
            row[none if answer.answer is None else place.get(answer.answer, none)] += 1
    head, names = _headings(classes)
    rows = []
    for truth in sorted(counts):
        cells = ["<td></td>"] * (none + 1)
        cells[truth] = '<td class="d"></td>'
        total = counts[truth].total()
        for other, count in counts[truth].items():
            shade = min(9, -(-9 * count // total))
            cells[other] = f'<td class="{"g" if other == truth else "b"}{shade}">{count}</td>'
        rows.append(f'<tr><th scope="row">{names[truth]}</th>{"".join(cells)}</tr>')
    return Markup(f'<table class="confusion">{head}<tbody>{"".join(rows)}</tbody></table>')


@lru_cache(maxsize=8)
def _headings(classes: tuple[Label, ...]) -> tuple[str, tuple[Markup, ...]]:
    """The head of a confusion table, and the names of its rows."""
    names = tuple(both({"en": label.en, "zh": label.zh or label.en}) for label in classes)
    columns = "".join(
        f'<th scope="col"><span>{name}</span></th>' for name in (*names, t("no valid answer"))
    )
    first = t("Truth ↓ · Answer →")
    return f'<thead><tr><th scope="col">{first}</th>{columns}</tr></thead>', names


def timeline(answers: Sequence[Answer]) -> Markup:
    """Seconds of each image in the hidden set's order, as bars."""
    longest = max((answer.seconds for answer in answers), default=0) or 1
    paths: dict[str, list[str]] = {"ok": [], "bad": []}
    for index, answer in enumerate(answers):
        height = 580 * answer.seconds // longest / 10
        bars = paths["bad" if answer.answer is None else "ok"]
        bars.append(f"M{10 * index} {60 - height}h8v{height}h-8z")
    drawn = "".join(f'<path class="{kind}" d="{"".join(d)}"/>' for kind, d in paths.items())
    return Markup(
        f'<svg class="timeline" width="100%" height="60" viewBox="0 0 {10 * len(answers)} 60" '
        f'preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
    )


class AnswerTable:
    """Every answer: image, truth, answer, time. What is the same for all submissions is kept."""

    def __init__(self, name: Callable[[str], Markup | str]) -> None:
        self._name = name
        self._asked: dict[tuple[str, str], str] = {}
        heads = (t("Result"), t("Image"), t("Truth"), t("Answer"), t("Seconds"))
        self._head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
        self._right = f'<tr class="right"><td>{t("right")}</td>'
        self._wrong = f'<tr class="wrong"><td>{t("wrong")}</td>'

    def __call__(self, answers: Sequence[Answer]) -> Markup:
        """The table of `answers`."""
        rows = []
        for answer in answers:
            key = (answer.image, answer.truth)
            asked = self._asked.get(key) or self._asked.setdefault(key, self._cells(answer))
            result = self._right if answer.answer == answer.truth else self._wrong
            rows.append(
                f"{result}{asked}<td>{self._given(answer)}</td>"
                f'<td class="n">{answer.seconds:.3f}</td></tr>'
            )
        return Markup(
            f'<table class="answers"><thead><tr>{self._head}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table>"
        )

    def _cells(self, answer: Answer) -> str:
        image = escape(visible(answer.image))
        return f"<td>{image}</td><td>{escape(self._name(answer.truth))}</td>"

    def _given(self, answer: Answer) -> Markup | str:
        if answer.answer is not None:
            return escape(self._name(answer.answer))
        problem = answer.problem.value if answer.problem else ""
        return t(PROBLEM.get(problem, problem)) if problem else "–"


@dataclass(frozen=True, slots=True)
class Log:
    """What a submission printed, for the page: escaped, repetitions once, cut in the middle,
    failing lines marked.
    """

    html: Markup
    cut: int

    @classmethod
    def of(cls, text: str, findings: Sequence[Finding], limit: int = 120_000) -> Log:
        """The log `text`; lines that name the place of a finding are marked."""
        text = folded(text)
        cut = max(len(text) - limit, 0)
        kept = f"{text[: limit // 3]}\n…\n{text[-limit * 2 // 3 :]}" if cut else text
        safe = str(escape(visible(kept)))
        for file, line in {(f.facts.get("file", ""), f.facts.get("line", "")) for f in findings}:
            if file and line:
                place = re.escape(str(escape(visible(file))))
                safe = re.sub(
                    rf"(?m)^(.*{place}(?:&#34;)?, line {re.escape(str(escape(line)))}\b.*)$",
                    r"<mark>\1</mark>",
                    safe,
                )
        return cls(Markup(safe), cut)
