"""What a page may show, as values: `StudentView` does not hold what a student must not see.

No image, image name, true label, answer to a single image or log goes into a `StudentView`;
`tests/report/test_secrets.py` looks for them. Texts of a submission could still carry something out
of the hidden run (an error message that spells pixels): the student's copy of them is cut short,
and whatever names a hidden image is replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from math import prod

from grader.assignment import Assignment, Policy, Title
from grader.evidence import Check, Evidence, Finding, Layer, LeNet5
from grader.evidence.findings import BETWEEN_IDS, BILINGUAL
from grader.evidence.scale import on_scale
from grader.examine.lenet5 import REFERENCE
from grader.report.kernel_images import strip
from grader.report.phrases import FINDING, Said, said, said_finding, two
from grader.report.text import file_name, one_line
from grader.report.training import TrainingRecord, trainings
from grader.report.values import Context, Result
from grader.scoring import IMAGES, PART, Grade, GradePart, images_part, worth
from grader.scoring.counts import better_than_guessing, needed

MAX_TEXT_CHARS = 160  # characters of a text of the submission in its student's page
LECTURE = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))  # LeNet5's weights
ABSENT_VALUES = ("", "False", "none")  # what a variant does not have
PLAYING = frozenset(kind for role in REFERENCE for kind in role.kinds)
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
class ParameterView:
    """One parameter of LeNet5 and what the lecture has in its place."""

    name: str
    shape: str
    weights: int
    lecture: str  # its shape; "" for biases and where there is no counterpart
    same: bool


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of LeNet5 and the lecture's layer in its place."""

    name: str
    kind: str
    output: tuple[int, ...]
    weights: int
    multiply_adds: int
    counts: bool  # whether it is of a kind that LeNet5's layers are of: no activation or the like
    role: str  # "C1" to "F7"; "" where the lecture has none in its place
    lecture: tuple[int, ...]  # its output
    same: bool


@dataclass(frozen=True, slots=True)
class NetView:
    """The submission's LeNet5."""

    file: str
    name: str
    framework: str
    count: int
    error: str
    parameters: tuple[ParameterView, ...]
    layers: tuple[LayerView, ...]
    variant: tuple[tuple[str, str], ...]
    differs_at: str
    expected: str
    actual: str
    checkpoint: str
    mnist_correct: int
    mnist_total: int
    kernels: str  # data URI, "" where none were drawn
    maps: str


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class went."""

    name: str
    correct: int
    total: int


@dataclass(frozen=True, slots=True)
class BandStep:
    """The next better mark: what it takes."""

    images: int  # more right answers
    percent: int
    score: float


@dataclass(frozen=True, slots=True)
class BandSteps:
    """One band of the policy: from, to (per cent), its marks with and without a report."""

    low: int
    high: int
    points: float
    with_report: float
    mine: bool


@dataclass(frozen=True, slots=True)
class StudentView:
    """All that a student's own page shows."""

    id: str
    name: str
    number: str
    status: str
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
    net: NetView | None
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
    keep: Callable[[str], str] = str if full else _Censor(evidence)
    runtime, loading, box = evidence.runtime, evidence.loading, evidence.confinement
    asked = [answer.seconds for answer in evidence.answers if answer.seconds > 0]
    problems = Counter(a.problem.value for a in evidence.answers if a.problem)
    shown = list(evidence.findings if full else evidence.told)
    time: Callable[[float], float] = float if full else on_scale
    return StudentView(
        id=evidence.submission.id,
        name=evidence.submission.name,
        number=evidence.submission.number,
        status=grade.status.value,
        stage=evidence.stage.value,
        score=grade.score,
        possible=grade.possible,
        correct=grade.correct,
        total=grade.total,
        interval=grade.interval,
        band=grade.band,
        guessing=grade.total > 0
        and not better_than_guessing(
            grade.correct, grade.total, len(lab.classes), lab.policy.guessing
        ),
        invalid=tuple(problems.most_common()),
        next=_next(grade, lab),
        stairs=_stairs_of(grade, lab),
        parts=tuple(_part(part, evidence, lab) for part in grade.parts),
        report=grade.report,
        reports=tuple(map(keep, evidence.records.reports)),
        records=tuple(map(keep, evidence.records.records)),
        trainings=trainings(evidence.records.curves, keep),
        if_report_complete=grade.if_report_complete,
        findings=_findings(shown, keep),
        checks=tuple(
            _check(check, keep, full)
            for check in evidence.checks
            if full or check.outcome != "broken"  # that is the teacher's
        ),
        net=_net(evidence.lenet5, keep) if evidence.lenet5 else None,
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


class _Censor:
    """Texts of a submission as its student's page may have them."""

    def __init__(self, evidence: Evidence) -> None:
        self._names = _image_names(tuple(answer.image for answer in evidence.answers))

    def __call__(self, text: str) -> str:
        clean = self._names.sub("…", text) if text and self._names else text
        return clean if len(clean) <= MAX_TEXT_CHARS else clean[: MAX_TEXT_CHARS - 1] + "…"


@lru_cache(maxsize=4)  # a class has one hidden set
def _image_names(images: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds any image's path or file name in a text; None without images."""
    names = {*images, *(image.rpartition("/")[2] for image in images)}
    longest_first = sorted((name for name in names if len(name) > 4), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _findings(findings: list[Finding], keep: Callable[[str], str]) -> tuple[FindingView, ...]:
    """Findings, the heaviest first."""
    views = []
    for finding in sorted(findings, key=lambda finding: _ORDER[finding.severity.value]):
        facts = {
            name: keep(value) if name in BILINGUAL else one_line(keep(value), 400)
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
    }
    titles |= {f"{PART}{each.id}": _both(lab.policy.of_part(each.id).title) for each in lab.parts}
    check = next((check for check in evidence.checks if check.name == part.name), None)
    title = titles.get(part.name) or (dict(check.title) if check else {})
    return PartView(part.name, title or said(part.name), part.earned, part.possible, part.because)


def _check(check: Check, keep: Callable[[str], str], full: bool) -> CheckView:
    told = (check.rationale, check.help, check.expected, check.actual)
    rationale, cure, expected, actual = (
        {lang: keep(said) for lang, said in two(text).items()} for text in told
    )
    return CheckView(
        title=dict(check.title),
        outcome=check.outcome,
        points=check.points,
        rationale=rationale,
        help=cure,
        expected=expected,
        actual=actual,
        fault=check.fault if full else "",
    )


def _net(net: LeNet5, keep: Callable[[str], str]) -> NetView:
    """The parameters beside the lecture's: weights in their order, whatever order of axes the
    framework keeps.
    """
    lecture = iter(LECTURE)
    rows = []
    for parameter in net.parameters[:200]:
        wanted = next(lecture, None) if len(parameter.shape) > 1 else None
        rows.append(
            ParameterView(
                keep(parameter.name),
                _shape(parameter.shape),
                prod(parameter.shape),
                _shape(wanted) if wanted else "",
                wanted is not None and sorted(wanted) == sorted(parameter.shape),
            )
        )
    return NetView(
        file=keep(net.file),
        name=keep(net.name),
        framework=net.framework,
        count=net.count,
        error=keep(net.error),
        parameters=tuple(rows),
        layers=tuple(_layers(net.layers[:200], keep)),
        variant=tuple(
            (name, keep(value)) for name, value in net.variant.items() if value not in ABSENT_VALUES
        ),
        differs_at=keep(net.differs_at),
        expected=keep(net.expected),
        actual=keep(net.actual),
        checkpoint=keep(net.checkpoint),
        mnist_correct=net.mnist_correct,
        mnist_total=net.mnist_total,
        kernels=strip(net.kernels),
        maps=strip(net.maps),
    )


def _layers(layers: Sequence[Layer], keep: Callable[[str], str]) -> Iterator[LayerView]:
    """The layers, each beside the lecture's next one of its kind."""
    left = list(REFERENCE)
    for layer in layers:
        role = next((role for role in left if layer.kind in role.kinds), None)
        if role is not None:
            left = left[left.index(role) + 1 :]
        output = tuple(size for size in layer.output if size != 1) or (1,)
        yield LayerView(
            name=keep(layer.name),
            kind=layer.kind,
            output=layer.output,
            weights=layer.parameters,
            multiply_adds=layer.multiply_adds,
            counts=layer.kind in PLAYING,
            role=role.name if role else "",
            lecture=role.outputs[0] if role else (),
            same=role is not None and output in role.outputs,
        )


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"


def _per_class(evidence: Evidence, lab: Assignment) -> tuple[ClassScore, ...]:
    total = Counter(answer.truth for answer in evidence.answers)
    right = Counter(answer.truth for answer in evidence.answers if answer.correct)
    return tuple(
        ClassScore(label.en, right[label.en], total[label.en])
        for label in lab.classes
        if total[label.en]
    )


@lru_cache(maxsize=256)
def stairs(policy: Policy, mine: str = "") -> tuple[BandSteps, ...]:
    """The bands of `policy`, the lowest first."""
    edges = [0, *_edges(policy), policy.full_at, 100]
    steps = []
    for low, high in pairwise(edges):
        if low == high:
            continue
        points = worth(low, 100, policy)
        complete = points
        if policy.report_from is not None and low >= policy.report_from:
            complete = policy.points
        steps.append(BandSteps(low, high, points, complete, f"{low}-{high}" == mine))
    return tuple(steps)


def _edges(policy: Policy) -> list[int]:
    """Edges of the bands between 0 and full marks, the lowest first."""
    edges = accumulate([policy.full_at, *[-policy.band] * 100])
    return sorted(edge for edge in edges if 0 < edge < policy.full_at)


def _stairs_of(grade: Grade, lab: Assignment) -> tuple[BandSteps, ...]:
    """The bands as they are worth for this many images: nothing where all of a band is no better
    than guessing, and for the submission's own band what it earned.
    """
    if not grade.total:
        return stairs(lab.policy, grade.band)
    classes, own = len(lab.classes), grade.parts[0].earned if grade.parts else 0.0
    worth = []
    for stair in stairs(lab.policy, grade.band):
        most = grade.total if stair.high == 100 else needed(stair.high, grade.total) - 1
        if stair.mine and own < stair.points:
            stair = replace(stair, points=own, with_report=own)
        elif not better_than_guessing(most, grade.total, classes, lab.policy.guessing):
            stair = replace(stair, points=0.0, with_report=0.0)
        worth.append(stair)
    return tuple(worth)


def _next(grade: Grade, lab: Assignment) -> BandStep | None:
    """The fewest more right answers that earn more; None at full marks, and where nothing ran."""
    if not grade.total or not grade.parts or grade.parts[0].earned >= lab.policy.points:
        return None
    classes, report = len(lab.classes), grade.report
    for count in range(grade.correct + 1, grade.total + 1):
        earned = images_part(count, grade.total, lab.policy, classes, report).earned
        if earned > grade.parts[0].earned:
            return BandStep(count - grade.correct, 100 * count // grade.total, earned)
    return None
