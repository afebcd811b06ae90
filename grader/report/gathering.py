"""What the class page knows: a compact row for each hand-in and sums over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from grader.report import words
from grader.report.text import one_line, visible
from grader.report.thumbnails import Thumbnails
from grader.report.values import Context, Result
from grader.report.view import stairs
from grader.report.words import FINDING, Said, pattern, said, t
from grader.scoring import Status

STATUSES = [status.value for status in Status]
REPORTS = list(words.REPORT)
HARDEST = 24  # images shown
NAMED = 12  # hand-ins named below a finding; the table shows all
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Group:
    """Hand-ins with the same finding."""

    code: str
    severity: str
    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)  # page, name

    @property
    def title(self) -> str:
        """What it is called, in English."""
        return FINDING.get(self.code, self.code)


@dataclass(frozen=True, slots=True)
class HardImage:
    """A hidden image that many got wrong."""

    image: str
    picture: str
    truth: str
    wrong: int
    asked: int
    taken_for: str
    taken: int


@dataclass(frozen=True, slots=True)
class Change:
    """A mark that differs from the run before."""

    page: str
    name: str
    before: float | None
    now: float | None
    new: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the class page says without scripts."""

    count: int
    graded: int
    faulted: int
    ungraded: int
    full: int
    to_confirm: int
    median: float | None
    median_accuracy: float | None
    groups: tuple[Group, ...]
    hardest: tuple[HardImage, ...]
    by_class: tuple[tuple[Said, int, int], ...]
    changes: tuple[Change, ...]
    gone: int
    rows: Markup


class Gathering:
    """Adds up results one by one; holds rows and sums, no evidence."""

    def __init__(self, context: Context) -> None:
        self._context = context
        lab = context.assignment
        self._place = {label.en: index for index, label in enumerate(lab.classes)}
        self._rows: list[list[Any]] = []
        self._plain: list[str] = []
        self._statuses: Counter[str] = Counter()
        self._scores: list[float] = []
        self._accuracies: list[float] = []
        self._full = self._to_confirm = 0
        self._groups: dict[str, Group] = {}
        self._codes: dict[str, int] = {}
        none = len(lab.classes)
        self._confusion = [[0] * (none + 1) for _ in range(none)]
        self._images: dict[str, tuple[str, Counter[str | None]]] = {}
        self._changes: list[Change] = []
        self._seen: set[str] = set()

    def add(self, result: Result, page: str) -> None:
        """Take up one result, whose pages are called `page`."""
        evidence, grade = result.evidence, result.grade
        shares = self._answers(result)
        codes = []
        name = one_line(grade.name, 80)
        for finding in evidence.findings:
            group = self._groups.setdefault(
                finding.code, Group(finding.code, finding.severity.value)
            )
            index = self._codes.setdefault(finding.code, len(self._codes))
            if index in codes:
                continue
            codes.append(index)
            group.count += 1
            if len(group.first) < NAMED:
                group.first.append((page, name))
        low, high = grade.interval or (None, None)
        passed = sum(check.outcome == "passed" for check in evidence.checks)
        self._rows.append(
            [
                page,
                name,
                one_line(grade.number or grade.id, 40),
                STATUSES.index(grade.status.value),
                grade.score,
                grade.correct,
                grade.total,
                round(100 * low, 1) if low is not None else None,
                round(100 * high, 1) if high is not None else None,
                grade.band,
                passed,
                len(evidence.checks),
                REPORTS.index(grade.report),
                codes,
                round(evidence.seconds, 1),
                shares,
                self._before(result, page, name),
                visible(grade.id),
                grade.if_report_complete,
            ]
        )
        self._statuses[grade.status.value] += 1
        if grade.score is not None:
            self._scores.append(grade.score)
            self._full += grade.score >= grade.possible > 0
        if grade.accuracy is not None and grade.score is not None:
            self._accuracies.append(100 * grade.accuracy)
        self._to_confirm += grade.if_report_complete is not None
        self._plain.append(self._plain_row(result, page, name))

    def _answers(self, result: Result) -> str:
        """Count the answers; each class's share of right ones as one digit to base 36."""
        place, none = self._place, len(self._place)
        right, asked = [0] * none, [0] * none
        for answer in result.evidence.answers:
            row = place.get(answer.truth)
            if row is None:
                continue
            asked[row] += 1
            column = none if answer.answer is None else place.get(answer.answer, none)
            self._confusion[row][column] += 1
            right[row] += row == column
            known = self._images.get(answer.image)
            if known is None:
                known = self._images[answer.image] = (answer.truth, Counter())
            known[1][answer.answer] += 1
        if not result.evidence.answers:
            return ""
        return "".join(
            DIGITS[round(35 * good / total)] if total else "-"
            for good, total in zip(right, asked, strict=True)
        )

    def _before(self, result: Result, page: str, name: str) -> float | None:
        previous = self._context.previous
        if previous is None:
            return None
        grade = result.grade
        self._seen.add(grade.id)
        new = grade.id not in previous
        before = previous.get(grade.id)
        if new or before != grade.score:
            self._changes.append(Change(page, name, before, grade.score, new))
        return before

    def _plain_row(self, result: Result, page: str, name: str) -> str:
        grade = result.grade
        score = "–" if grade.score is None else f"{grade.score:g}"
        right = f"{grade.correct}/{grade.total}" if grade.total else "–"
        codes = escape(", ".join(finding.code for finding in result.evidence.findings))
        return (
            f'<tr><td><a href="staff/{quote(page)}.html">{escape(name)}</a></td>'
            f"<td>{escape(one_line(grade.number or grade.id, 40))}</td>"
            f"<td>{t(words.STATUS[grade.status.value])}</td><td>{score}</td><td>{grade.band}</td>"
            f"<td>{right}</td><td>{codes}</td></tr>"
        )

    def summary(self, thumbnails: Thumbnails) -> Summary:
        """What the page says without scripts."""
        previous: Mapping[str, float | None] = self._context.previous or {}
        return Summary(
            count=len(self._rows),
            graded=self._statuses["graded"],
            faulted=self._statuses["faulted"],
            ungraded=self._statuses["ungraded"],
            full=self._full,
            to_confirm=self._to_confirm,
            median=median(self._scores) if self._scores else None,
            median_accuracy=median(self._accuracies) if self._accuracies else None,
            groups=tuple(sorted(self._groups.values(), key=_weight)),
            hardest=self._hardest(thumbnails),
            by_class=self._by_class(),
            changes=tuple(sorted(self._changes, key=_direction)),
            gone=len(previous.keys() - self._seen),
            rows=Markup("\n".join(self._plain)),  # noqa: S704 - each part was escaped
        )

    def _by_class(self) -> tuple[tuple[Said, int, int], ...]:
        scores = [
            ({"en": label.en, "zh": label.zh or label.en}, row[index], sum(row))
            for index, (label, row) in enumerate(
                zip(self._context.assignment.classes, self._confusion, strict=True)
            )
            if sum(row)
        ]
        return tuple(sorted(scores, key=lambda score: score[1] / score[2]))

    def _hardest(self, thumbnails: Thumbnails) -> tuple[HardImage, ...]:
        found = []
        for image, (truth, answers) in self._images.items():
            asked = sum(answers.values())
            wrong = asked - answers[truth]
            if wrong:
                found.append((wrong / asked, image, truth, wrong, asked, answers))
        found.sort(key=lambda item: (-item[0], item[1]))
        hard = []
        for _, image, truth, wrong, asked, answers in found[:HARDEST]:
            others = [(n, a) for a, n in answers.items() if a is not None and a != truth]
            taken, taken_for = max(others, key=lambda pair: pair[0], default=(0, ""))
            hard.append(
                HardImage(image, thumbnails.get(image), truth, wrong, asked, taken_for, taken)
            )
        return tuple(hard)

    def data(self) -> dict[str, Any]:
        """What the page's script reads."""
        lab = self._context.assignment
        groups = sorted(self._codes, key=lambda code: self._codes[code])
        return {
            "rows": self._rows,
            "statuses": STATUSES,
            "reports": REPORTS,
            "codes": [
                {"code": code, "severity": self._groups[code].severity, **_pair(FINDING, code)}
                for code in groups
            ],
            "classes": [{"en": label.en, "zh": label.zh or label.en} for label in lab.classes],
            "confusion": self._confusion,
            "bands": [f"{stair.low}-{stair.high}" for stair in stairs(lab.policy)],
            "edges": [lab.policy.report_from, lab.policy.full_at],
            "band": lab.policy.band,
            "compared": self._context.previous is not None,
            "assignment": lab.id,
            "words": {key: pattern(sentence) for key, sentence in SCRIPT.items()},
            "status": {name: said(sentence) for name, sentence in words.STATUS.items()},
            "report": {name: said(sentence) for name, sentence in words.REPORT.items()},
        }


def _direction(change: Change) -> int:
    """What fell comes first, what is new last."""
    if change.new:
        return 2
    fell = change.now is None or (change.before is not None and change.now < change.before)
    return 0 if fell else 1


def _weight(group: Group) -> tuple[int, int, str]:
    return ({"error": 0, "warning": 1, "info": 2}[group.severity], -group.count, group.code)


def _pair(table: Mapping[str, str], key: str) -> Said:
    return said(table.get(key, key))


# What the script of the class page says.
SCRIPT = {
    "name": "Name",
    "number": "Number",
    "status": "Status",
    "mark": "Mark",
    "band": "Band",
    "accuracy": "Accuracy",
    "lenet5": "Checks",
    "report": "Report",
    "findings": "Findings",
    "time": "Time",
    "before": "Before",
    "decide": "Decide",
    "decided": "Decided",
    "shown": "{shown} of {total} shown",
    "none": "No hand-in matches. Loosen the filters.",
    "hand-ins": "Hand-ins",
    "accuracy-axis": "Accuracy in per cent",
    "marks-axis": "Marks",
    "seconds-axis": "Seconds, whole examination",
    "truth": "Truth",
    "answer": "Answer",
    "no-answer": "no valid answer",
    "class": "Class",
    "range": "Range",
    "first": "The first {shown} of {total} hand-ins in the table's order",
    "accuracy-note": "From {full} %: full marks. From {some} %: full marks with a complete report.",
    "why-missing": "Say why: the reason is kept with the mark.",
    "who-missing": "Say who decides.",
    "nothing-chosen": "Choose a report decision or points.",
    "pending": "{count} decisions to download",
}
