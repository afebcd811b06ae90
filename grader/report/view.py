"""What a page may show, as values: `StudentView` does not hold what a student must not see.

No image, image name, true label, answer to a single image or log goes into a `StudentView`;
`tests/report/test_secrets.py` looks for them. Texts of a submission could still carry something out
of the hidden run (an error message that spells pixels): the student's copy of them is cut short,
and whatever names a hidden image is replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from grader.assignment import Assignment, Title
from grader.evidence import Check, Evidence, Finding, Problem
from grader.evidence.findings import BETWEEN_IDS, BILINGUAL
from grader.evidence.scale import on_scale
from grader.language import LANGUAGES
from grader.report.band_steps import BandStep, BandSteps, next_step, steps_of
from grader.report.network_view import NetView, net_view
from grader.report.phrases import FINDING, Said, kept, said, said_finding
from grader.report.text import file_name, one_line
from grader.report.training import TrainingRecord, trainings
from grader.report.values import Context, Result
from grader.scoring import CHECKS, IMAGES, PART, GradePart
from grader.scoring.counts import better_than_guessing

MAX_TEXT_CHARS = 160  # characters of a text of the submission in its student's page
MAX_CURE_CHARS = 400  # of a cure, a sentence of ours or of a teacher's check
CURES = ("cure", *(f"cure.{language}" for language in LANGUAGES[1:]))  # facts of findings
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in both languages."""

    code: str
    severity: str
    title: str  # English, a msgid
    message: Said
    hint: Said
    source: str = ""  # the student's own line that it is about
    others: tuple[tuple[str, str], ...] = ()  # page and id of submissions that it names


@dataclass(frozen=True, slots=True)
class PartView:
    """One line of the bill."""

    name: str
    title: Said
    earned: float
    possible: float
    because: Said


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check as it went."""

    title: Said
    outcome: str
    points: float
    rationale: Said
    help: Said
    expected: Said
    actual: Said
    fault: str  # for staff


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class went."""

    name: str
    correct: int
    total: int


@dataclass(frozen=True, slots=True)
class StudentView:
    """All that a student's own page shows."""

    id: str
    name: str
    number: str
    status: str
    unanswered: bool  # every image was asked, and none has a valid answer
    late: bool  # by the platform's own word
    stage: str
    score: float | None
    possible: float
    correct: int
    total: int
    interval: tuple[float, float] | None
    band: str
    guessing: bool  # whether the answers are no better than guessing explains
    invalid: tuple[tuple[str, int], ...]  # problem -> how many images
    next: BandStep | None
    stairs: tuple[BandSteps, ...]
    parts: tuple[PartView, ...]
    report: str
    reports: tuple[str, ...]
    records: tuple[str, ...]
    trainings: tuple[TrainingRecord, ...]
    if_report_complete: float | None
    findings: tuple[FindingView, ...]
    checks: tuple[CheckView, ...]
    nets: tuple[NetView, ...]
    per_class: tuple[ClassScore, ...] | None
    entry: str
    notes: tuple[str, ...]
    compatibility: tuple[str, ...]
    runtime: str
    python: str
    packages: tuple[tuple[str, str], ...]
    device: str
    memory: int
    import_seconds: float
    mean_seconds: float | None
    seconds: float
    started: str
    source: str
    digest: str
    files: int
    size: int

    @property
    def accuracy(self) -> float | None:
        """Share of images answered right, in per cent."""
        return 100 * self.correct / self.total if self.total else None


def view(result: Result, context: Context, *, full: bool = False) -> StudentView:
    """The view of `result` for its student; with `full`, the same for who may see everything."""
    evidence, grade, lab = result.evidence, result.grade, context.assignment
    censor = _Censor(evidence)
    keep: Callable[[str], str] = str if full else censor
    tell: Callable[[str], str] = str if full else censor.cure
    runtime, loading, box = evidence.runtime, evidence.loading, evidence.confinement
    asked = [answer.seconds for answer in evidence.answers if answer.seconds > 0]
    problems = Counter(a.problem.value for a in evidence.answers if a.problem)
    answered = any(answer.answer is not None for answer in evidence.answers)
    shown = list(evidence.findings if full else evidence.told)
    time: Callable[[float], float] = float if full else on_scale
    return StudentView(
        id=evidence.submission.id,
        name=evidence.submission.name,
        number=evidence.submission.number,
        status=grade.status.value,
        unanswered=_unanswered(evidence),
        late=evidence.submission.origin.late,
        stage=evidence.stage.value,
        score=grade.score,
        possible=grade.possible,
        correct=grade.correct,
        total=grade.total,
        interval=grade.interval,
        band=grade.band,
        guessing=answered  # who never answered did not guess
        and not better_than_guessing(
            grade.correct, grade.total, len(lab.classes), lab.policy.guessing
        ),
        invalid=tuple(problems.most_common()),
        next=next_step(grade, lab) if answered else None,
        stairs=steps_of(grade, lab),
        parts=tuple(_part(part, evidence, lab) for part in grade.parts),
        report=grade.report,
        reports=tuple(map(keep, evidence.records.reports)),
        records=tuple(map(keep, evidence.records.records)),
        trainings=trainings(evidence.records.curves, keep),
        if_report_complete=grade.if_report_complete,
        findings=_findings(shown, keep, tell),
        checks=tuple(
            _check(check, keep, tell, full)
            for check in evidence.checks
            if full or check.outcome != "broken"  # that is the teacher's
        ),
        nets=tuple(net_view(one, keep, lab.asked_networks) for one in evidence.networks),
        per_class=_per_class(evidence, lab) if full or context.per_class else None,
        entry=keep(loading.entry),
        notes=tuple(map(keep, loading.notes)),
        compatibility=tuple(map(keep, loading.compatibility)),
        runtime=runtime.name if runtime else "",
        python=runtime.python if runtime else "",
        packages=tuple(runtime.packages.items()) if runtime else (),
        device=runtime.device if runtime else "",
        memory=(box.peak_memory if full else box.memory_before_images) if box else 0,
        import_seconds=loading.seconds,
        mean_seconds=time(sum(asked) / len(asked)) if asked else None,
        seconds=time(evidence.seconds),
        started=evidence.started,
        source=keep(evidence.submission.source),
        digest=evidence.submission.digest,
        files=evidence.submission.files,
        size=evidence.submission.size,
    )


def _unanswered(evidence: Evidence) -> bool:
    """Whether what stopped the submission is that none of its answers counts, though all images
    were asked: the function is there, and never gave a class name.
    """
    return bool(evidence.stopped and evidence.answers) and all(
        answer.problem not in (None, Problem.NOT_ASKED) for answer in evidence.answers
    )


class _Censor:
    """Texts of a submission as its student's page may have them."""

    def __init__(self, evidence: Evidence) -> None:
        self._names = _image_names(tuple(answer.image for answer in evidence.answers))

    def __call__(self, text: str) -> str:
        return _cut(self._hidden(text), MAX_TEXT_CHARS)

    def cure(self, text: str) -> str:
        """What mends a finding, as ours or a teacher's sentence says it."""
        return _cut(self._hidden(text), MAX_CURE_CHARS)

    def _hidden(self, text: str) -> str:
        return self._names.sub("…", text) if text and self._names else text


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=4)  # a class has one hidden set
def _image_names(images: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds any image's path or file name in a text; None without images."""
    names = {*images, *(image.rpartition("/")[2] for image in images)}
    longest_first = sorted((name for name in names if len(name) > 4), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _findings(
    findings: list[Finding], keep: Callable[[str], str], tell: Callable[[str], str]
) -> tuple[FindingView, ...]:
    """Findings, the heaviest first; what mends them is told whole."""
    views = []
    for finding in sorted(findings, key=lambda finding: _ORDER[finding.severity.value]):
        facts = {
            name: "\n".join(map(tell if name == "hint" else keep, value.split("\n")))
            if name in BILINGUAL
            else _clause((tell if name in CURES else keep)(value))
            for name, value in finding.facts.items()
        }
        kept = finding.model_copy(
            update={
                "facts": facts,
                "message": keep(finding.message),
                "hint": keep(finding.hint),
            }
        )
        message, hint = said_finding(kept)
        title = FINDING.get(finding.code, finding.code)
        source = facts.get("source", "")
        ids = [each for each in finding.facts.get("ids", "").split(BETWEEN_IDS) if each]
        others = tuple((file_name(each), one_line(each, 60)) for each in ids)
        views.append(
            FindingView(finding.code, finding.severity.value, title, message, hint, source, others)
        )
    return tuple(views)


def _both(title: Title) -> Said:
    return {"en": title.en, "zh": title.zh or title.en}


def _part(part: GradePart, evidence: Evidence, lab: Assignment) -> PartView:
    titles = {
        IMAGES: _both(lab.policy.title),
        "override": said("Decision of a person"),
        "absent": said("Nothing submitted"),
        CHECKS: said("Checks"),
    }
    titles |= {f"{PART}{each.id}": _both(lab.policy.of_part(each.id).title) for each in lab.parts}
    check = next((check for check in evidence.checks if check.name == part.name), None)
    title = titles.get(part.name) or (dict(check.title) if check else {})
    return PartView(part.name, title or said(part.name), part.earned, part.possible, part.because)


def _clause(text: str) -> str:
    """A fact on one line; one that goes on after a sentence keeps its blank before it."""
    return " " * text.startswith(" ") + one_line(text, MAX_CURE_CHARS)


def _check(
    check: Check, keep: Callable[[str], str], tell: Callable[[str], str], full: bool
) -> CheckView:
    told = (check.rationale, check.expected, check.actual)
    rationale, expected, actual = (kept(text, keep) for text in told)
    return CheckView(
        title=dict(check.title),
        outcome=check.outcome,
        points=check.points,
        rationale=rationale,
        help=kept(check.help, tell),
        expected=expected,
        actual=actual,
        fault=check.fault if full else "",
    )


def _per_class(evidence: Evidence, lab: Assignment) -> tuple[ClassScore, ...]:
    total = Counter(answer.truth for answer in evidence.answers)
    right = Counter(answer.truth for answer in evidence.answers if answer.correct)
    return tuple(
        ClassScore(label.en, right[label.en], total[label.en])
        for label in lab.classes
        if total[label.en]
    )
