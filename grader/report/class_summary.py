"""What the class page knows, gathered result by result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from grader.assignment import Policy
from grader.language import LANGUAGES
from grader.report import phrases
from grader.report.aggregates import (
    Aggregates,
    EarlierDecision,
    FindingGroup,
    MarkChange,
    decision_line,
)
from grader.report.band_steps import all_steps
from grader.report.phrases import FINDING, Said, pattern, said, t
from grader.report.text import one_line, visible
from grader.report.thumbnails import Thumbnails
from grader.report.values import Context, Result
from grader.scoring import Status

STATUSES = [status.value for status in Status]
REPORTS = list(phrases.REPORT_WORDS)
HARDEST = 24  # images shown
CODES_COLUMN = 13  # where a row has the codes of its findings
LATE = "Late"  # by the platform's own word
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


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
class ClassSummary:
    """What the class page says without scripts."""

    count: int
    graded: int
    faulted: int
    ungraded: int
    absent: int
    full: int
    to_confirm: int
    median: float | None
    median_accuracy: float | None
    groups: tuple[FindingGroup, ...]
    hardest: tuple[HardImage, ...]
    by_class: tuple[tuple[Said, int, int], ...]
    changes: tuple[MarkChange, ...]
    earlier: tuple[EarlierDecision, ...]
    gone: tuple[str, ...]  # ids of the publication before that are no rows now
    rows: Markup


class ClassAggregates:
    """Adds up results one by one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        lab = context.assignment
        self._place = {label.en: index for index, label in enumerate(lab.classes)}
        self.sums = Aggregates(len(lab.classes))

    def add(self, result: Result, page: str) -> None:
        """Take up one result, whose pages are called `page`."""
        evidence, grade = result.evidence, result.grade
        shares = self._answers(result)
        name = one_line(grade.name, 80)
        severities: dict[str, str] = {}
        for finding in evidence.findings:
            severities.setdefault(finding.code, finding.severity.value)
        for code, severity in severities.items():
            self.sums.add_to_group(code, severity, page, name)
        low, high = grade.interval or (None, None)
        passed = sum(check.outcome == "passed" for check in evidence.checks)
        self.sums.rows.append(
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
                list(severities),
                round(evidence.seconds, 1),
                shares,
                self._before(result, page, name),
                visible(grade.id),
                grade.if_report_complete,
                grade.possible,
                result.evidence.key,
                [each.decision for each in (*grade.overrides, *grade.undone, *grade.earlier)],
                int(evidence.submission.origin.late),
            ]
        )
        self.sums.earlier += [
            EarlierDecision(page, name, decision_line(each)) for each in grade.earlier
        ]
        self.sums.statuses[grade.status.value] += 1
        if grade.score is not None:
            self.sums.scores.append(grade.score)
            self.sums.full += grade.score >= grade.possible > 0
        if grade.accuracy is not None and grade.score is not None:
            self.sums.accuracies.append(100 * grade.accuracy)
        self.sums.to_confirm += grade.if_report_complete is not None
        self.sums.plain.append(self._plain_row(result, page, name))

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
            self.sums.confusion[row][column] += 1
            right[row] += row == column
            known = self.sums.images.get(answer.image)
            if known is None:
                known = self.sums.images[answer.image] = (answer.truth, Counter())
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
        self.sums.seen.add(grade.id)
        new = grade.id not in previous
        before = previous.get(grade.id)
        if new or before != grade.score:
            self.sums.changes.append(
                MarkChange(page, name, before, grade.score, new, *_why(self._context, grade.id))
            )
        return before

    def _plain_row(self, result: Result, page: str, name: str) -> str:
        grade = result.grade
        late = f" · {t(LATE)}" if result.evidence.submission.origin.late else ""
        score = "–" if grade.score is None else f"{grade.score:g}"
        right = f"{grade.correct}/{grade.total}" if grade.total else "–"
        codes = escape(", ".join(finding.code for finding in result.evidence.findings))
        return (
            f'<tr><td><a href="staff/{quote(page)}.html">{escape(name)}</a></td>'
            f"<td>{escape(one_line(grade.number or grade.id, 40))}</td>"
            f"<td>{t(phrases.STATUS[grade.status.value])}{late}</td><td>{score}</td><td>{grade.band}</td>"
            f"<td>{right}</td><td>{codes}</td></tr>"
        )

    def summary(self, thumbnails: Thumbnails) -> ClassSummary:
        """What the page says without scripts."""
        previous: Mapping[str, float | None] = self._context.previous or {}
        return ClassSummary(
            count=len(self.sums.rows),
            graded=self.sums.statuses["graded"],
            faulted=self.sums.statuses["faulted"],
            ungraded=self.sums.statuses["ungraded"],
            absent=self.sums.statuses["absent"],
            full=self.sums.full,
            to_confirm=self.sums.to_confirm,
            median=median(self.sums.scores) if self.sums.scores else None,
            median_accuracy=median(self.sums.accuracies) if self.sums.accuracies else None,
            groups=tuple(sorted(self.sums.groups.values(), key=_weight)),
            hardest=self._hardest(thumbnails),
            by_class=self._by_class(),
            changes=tuple(sorted(self.sums.changes, key=_direction)),
            earlier=tuple(self.sums.earlier),
            gone=tuple(sorted(visible(name) for name in previous.keys() - self.sums.seen)),
            rows=Markup("\n".join(self.sums.plain)),  # noqa: S704 - each part was escaped
        )

    def _by_class(self) -> tuple[tuple[Said, int, int], ...]:
        scores = [
            ({"en": label.en, "zh": label.zh or label.en}, row[index], sum(row))
            for index, (label, row) in enumerate(
                zip(self._context.assignment.classes, self.sums.confusion, strict=True)
            )
            if sum(row)
        ]
        return tuple(sorted(scores, key=lambda score: score[1] / score[2]))

    def _hardest(self, thumbnails: Thumbnails) -> tuple[HardImage, ...]:
        found = []
        for image, (truth, answers) in self.sums.images.items():
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
        codes = {code: index for index, code in enumerate(self.sums.groups)}
        return {
            "rows": [_numbered(row, codes) for row in self.sums.rows],
            "statuses": STATUSES,
            "reports": REPORTS,
            "codes": [
                {"code": code, "severity": group.severity, **_pair(FINDING, code)}
                for code, group in self.sums.groups.items()
            ],
            "classes": [{"en": label.en, "zh": label.zh or label.en} for label in lab.classes],
            "confusion": self.sums.confusion,
            "bands": [f"{stair.low}-{stair.high}" for stair in all_steps(lab.policy)],
            "edges": [lab.policy.report_from or lab.policy.full_at, lab.policy.full_at],
            "band": lab.policy.band,
            "compared": self._context.previous is not None,
            "assignment": lab.id,
            "run": self._context.run or lab.id,
            "words": {
                key: pattern(sentence) for key, sentence in (SCRIPT | _rule(lab.policy)).items()
            },
            "status": {name: said(sentence) for name, sentence in phrases.STATUS.items()},
            "report": {name: said(sentence) for name, sentence in phrases.REPORT_WORDS.items()},
        }


def _rule(policy: Policy) -> dict[str, str]:
    """What is said below the chart of accuracy, where it is not the lab's rule with a report."""
    if policy.rule == "formula":
        return {"accuracy-note": "Marks by a formula of the assignment."}
    return {"accuracy-note": "From {full} %: full marks."} if policy.report_from is None else {}


def _numbered(row: list[Any], codes: Mapping[str, int]) -> list[Any]:
    """The row with its findings as numbers in the table of codes, which makes a page shorter."""
    return [
        *row[:CODES_COLUMN],
        [codes[code] for code in row[CODES_COLUMN]],
        *row[CODES_COLUMN + 1 :],
    ]


def _why(context: Context, name: str) -> tuple[Said, bool]:
    """By what the mark changed, and whether it falls without a person's word."""
    change = context.changes.get(name)
    if change is None:
        return {}, False
    why = {
        language: "; ".join(cause.said_in(language) for cause in change.causes)
        for language in LANGUAGES
    }
    return why, change.falls_by_itself


def _direction(change: MarkChange) -> int:
    """What fell comes first, what is new last."""
    if change.new:
        return 2
    fell = change.now is None or (change.before is not None and change.now < change.before)
    return 0 if fell else 1


def _weight(group: FindingGroup) -> tuple[int, int, str]:
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
    "late": LATE,
    "time": "Time",
    "before": "Before",
    "decide": "Decide",
    "decided": "Decided",
    "shown": "{shown} of {total} shown",
    "none": "No submission matches. Loosen the filters.",
    "submissions": "Submissions",
    "accuracy-axis": "Accuracy in per cent",
    "marks-axis": "Marks",
    "seconds-axis": "Seconds, whole examination",
    "truth": "Truth",
    "answer": "Answer",
    "no-answer": "no valid answer",
    "class": "Class",
    "range": "Range",
    "first": "The first {shown} of {total} submissions in the table's order",
    "accuracy-note": "From {full} %: full marks. From {some} %: full marks with a complete report.",
    "why-missing": "Say why: the reason is kept with the mark.",
    "who-missing": "Say who decides.",
    "nothing-chosen": "Choose a report decision or points.",
    "one-of-both": "Points are added, or the whole mark is set: choose one of both.",
    "no-mark": "There is no mark to which points could be added. Set the whole mark.",
    "out-of-bounds": "The mark would leave 0 to {possible}. If that is meant: "
    "grade override … --beyond.",
    "pending": "{count} decisions to download",
}
