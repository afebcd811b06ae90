"""The rules of the lab: evidence, policy and overrides in, a grade out; nothing else is read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Literal

from grader.assignment import MarkRule, Policy
from grader.assignment.formula import value_of
from grader.evidence import Check, Evidence, Records, Stage
from grader.language import LANGUAGES, Sentence
from grader.scoring.counts import bands_below, better_than_guessing, interval, needed
from grader.scoring.grade import Asked, Grade, GradePart, Status
from grader.scoring.override import Override, Standing, standing

PART = "part:"  # begins the name of any other part
Facts = dict[str, str | Sentence]
IMAGES = "images"  # name of the part of the hidden images
CHECKS = "checks"  # name of the part of checks that were not tried
_AS_EXAMINED = Asked()
Report = Literal["missing", "found", "complete", "incomplete", "not-asked"]


def grade(
    evidence: Evidence,
    policy: Policy,
    classes: int,
    overrides: Sequence[Override] = (),
    others: Collection[str] = (),
    asked: Asked = _AS_EXAMINED,
) -> Grade:
    """The grade that follows from `evidence`.

    An examination that a fault of ours ended gets no score, unless a person set one.

    Args:
        evidence: what happened.
        policy: what it is worth.
        classes: the number of classes that guessing would choose among.
        overrides: what persons decided, of whatever submissions.
        others: ids of the same student's other work; decisions about it are shown and do not
            count.
        asked: what carries marks beside the hidden images, so that what is possible is the same
            for everybody, whatever came of one's examination.

    Returns:
        The marks, part by part, each with its reason.
    """
    submission = evidence.submission
    decided = standing(overrides, evidence, others)
    report = _report(evidence.records, policy, decided)
    correct, total = sum(answer.correct for answer in evidence.answers), len(evidence.answers)
    untried = _untried(evidence, asked)
    possible = policy.points + sum(map(_worth, evidence.checks)) + untried
    ids = dict.fromkeys((*asked.parts, *(part.id for part in evidence.parts)))
    possible = _tidy(possible + sum(policy.of_part(name).points for name in ids))
    bill = partial(_bill, evidence, policy, classes, decided, possible, untried)
    parts, confirmed = bill(report), bill("complete")
    score, if_complete = _sum(parts), _sum(confirmed)
    return Grade(
        id=submission.id,
        name=submission.name,
        number=submission.number,
        status=_status(evidence),
        score=score,
        possible=possible,
        correct=correct,
        total=total,
        interval=interval(correct, total) if total else None,
        band=band(correct, total, policy) if total else "",
        parts=parts,
        report=report,
        if_report_complete=if_complete
        if report == "found" and score is not None and (if_complete or 0) > score
        else None,
        overrides=decided.counting,
        undone=decided.undone,
        earlier=decided.earlier,
    )


def _bill(
    evidence: Evidence,
    policy: Policy,
    classes: int,
    decided: Standing,
    possible: float,
    untried: float,
    report: Report,
) -> tuple[GradePart, ...]:
    """All parts of the mark, were the report `report`; none where there is no mark."""
    status = _status(evidence)
    parts: tuple[GradePart, ...] = ()
    if status is Status.ABSENT:
        parts = _absent(policy, possible)
    elif status is not Status.UNGRADED:
        correct, total = sum(answer.correct for answer in evidence.answers), len(evidence.answers)
        parts = (
            images_part(correct, total, policy, classes, report),
            *_more_parts(evidence, policy),
            *_checks(evidence),
            *_not_tried(untried),
        )
    return (*parts, *_decided(decided.points, _sum(parts), possible))


def band(correct: int, total: int, policy: Policy) -> str:
    """The band of an accuracy.

    Args:
        correct: right answers.
        total: hidden images, at least 1.
        policy: `full_at` and `band` in per cent.

    Returns:
        "<from>-<to>" in per cent; the highest one reaches to 100.
    """
    below = bands_below(correct, total, policy.full_at, policy.band)
    low = max(policy.full_at - below * policy.band, 0)
    high = 100 if below == 0 else policy.full_at - (below - 1) * policy.band
    return f"{low}-{high}"


def _status(evidence: Evidence) -> Status:
    if evidence.stage is Stage.ABSENT:
        return Status.ABSENT
    if evidence.trouble is not None:
        return Status.UNGRADED
    return Status.FAULTED if evidence.stopped else Status.GRADED


def _report(records: Records, policy: Policy, decided: Standing) -> Report:
    if decided.report:
        return decided.report
    if policy.report_from is None:
        return "not-asked"
    if not records.reports:
        return "missing"
    return "complete" if policy.report == "found" and records.records else "found"


def worth(correct: int, total: int, policy: MarkRule) -> float:
    """Marks for right answers by the policy's rule alone: without a report, and whatever guessing
    gives.

    Args:
        correct: right answers.
        total: hidden images, at least 1.
        policy: bands, a linear rule or a formula.

    Returns:
        Marks from 0 to `policy.points`.
    """
    if policy.rule == "formula":
        earned = value_of(policy.formula, correct, total, policy.points)
        return _tidy(float(min(max(earned, Fraction(0)), Fraction(str(policy.points)))))
    if correct >= needed(policy.full_at, total):
        return policy.points
    if policy.rule == "linear":
        above = 100 * correct - policy.zero_at * total
        share = Fraction(max(above, 0), (policy.full_at - policy.zero_at) * total)
        return _tidy(float(share * Fraction(str(policy.points))))
    below = bands_below(correct, total, policy.full_at, policy.band)
    return _tidy(max(policy.points - below * policy.cost, 0))


def images_part(
    correct: int,
    total: int,
    policy: Policy,
    classes: int,
    report: Report,
    *,
    other: bool = False,
) -> GradePart:
    """The part of the hidden images: full marks at `full_at`, or from `report_from` with a complete
    report; below by the policy's rule; guessing earns nothing.

    Args:
        correct: right answers.
        total: hidden images; 0 where none was answered.
        policy: the rules.
        classes: how many classes there are to guess among.
        report: what is known of the lab report.
        other: of another part, whose inputs need not be images.

    Returns:
        The part, with the reason for its marks in both languages.
    """

    def part(earned: float, why: Sentence) -> GradePart:
        return GradePart(name=IMAGES, earned=earned, possible=policy.points, because=why.in_each())

    if not total:
        none = Sentence("no hidden image was answered")
        return part(0, Sentence("no hidden input was answered") if other else none)
    counts: Facts = {"correct": str(correct), "total": str(total)}
    right = Sentence("{correct} of {total} images are right", counts)
    if other:
        right = Sentence("{correct} of {total} inputs are right", counts)
    if not better_than_guessing(correct, total, classes, policy.guessing):
        guess: Facts = {"right": right, "classes": str(classes)}
        return part(0, Sentence("{right}: no better than guessing among {classes} classes", guess))
    full, earned = needed(policy.full_at, total), worth(correct, total, policy)
    with_report = total + 1 if policy.report_from is None else needed(policy.report_from, total)
    if policy.rule != "formula" and correct >= full:
        facts: Facts = {"right": right, "full": str(full), "percent": str(policy.full_at)}
        return part(
            earned, Sentence("{right}, {full} are needed for {percent} %: full marks", facts)
        )
    if correct >= with_report and report == "complete":
        facts = {"right": right, "full": str(with_report), "percent": str(policy.report_from)}
        return part(
            policy.points,
            Sentence(
                "{right}, {full} are needed for {percent} %, and the report is complete: "
                "full marks",
                facts,
            ),
        )
    return part(earned, _why(right, correct, total, policy, earned))


def _more_parts(evidence: Evidence, policy: Policy) -> Iterator[GradePart]:
    """The marks of what else the assignment asks for, each by its own rule."""
    for part in evidence.parts:
        rule = policy.of_part(part.id)
        whole = Policy.model_validate(rule.model_dump())  # no report and nothing else belongs to it
        total, classes = len(part.answers), part.classes
        one = images_part(part.correct, total, whole, classes, "not-asked", other=True)
        yield one.model_copy(update={"name": f"{PART}{part.id}"})


def _why(right: Sentence, correct: int, total: int, policy: MarkRule, earned: float) -> Sentence:
    """The rule behind marks below all points."""
    if policy.rule == "formula":
        facts: Facts = {"right": right, "formula": policy.formula, "earned": f"{earned:g}"}
        return Sentence("{right}: {formula} = {earned}", facts)
    full, cost = needed(policy.full_at, total), _tidy(policy.points - earned)
    common: Facts = {"right": right, "full": str(full), "percent": str(policy.full_at)}
    if policy.rule == "linear":
        return Sentence(
            "{right}, on the line from {zero} % (no marks) to {percent} % ({full} right: all of "
            "them)",
            {**common, "zero": str(policy.zero_at)},
        )
    below = bands_below(correct, total, policy.full_at, policy.band)
    return Sentence(
        "{right}: {below} band(s) of {band} % below {percent} % ({full} right), minus {cost}",
        {**common, "below": str(below), "band": str(policy.band), "cost": f"{cost:g}"},
    )


_OUTCOMES = {
    "passed": Sentence("Passed"),
    "failed": Sentence("Not passed"),
    "skipped": Sentence("Skipped"),
}


def _checks(evidence: Evidence) -> tuple[GradePart, ...]:
    """Checks that carry points, but for those that broke by themselves: they earn nothing, and cost
    nobody anything.
    """
    return tuple(
        GradePart(
            name=check.name,
            earned=check.points if check.outcome == "passed" else 0,
            possible=check.points,
            because=_OUTCOMES[check.outcome].in_each(),
        )
        for check in evidence.checks
        if check.points and check.outcome != "broken"
    )


def _worth(check: Check) -> float:
    """What a check can earn: one that breaks by itself earns nothing, and costs nobody anything."""
    return 0 if check.outcome == "broken" else check.points


def _untried(evidence: Evidence, asked: Asked) -> float:
    """Marks of checks that the evidence lacks: there was nobody to try them on, or nothing that
    could be unpacked. Where a fault of ours kept them away, they cost nobody anything.
    """
    ours = evidence.stage in (Stage.EXPLAIN, Stage.DONE) and evidence.mishaps
    if asked.checks is None or ours:
        return 0
    return _tidy(max(asked.checks - sum(check.points for check in evidence.checks), 0))


def _not_tried(points: float) -> tuple[GradePart, ...]:
    because = Sentence("not tried: nothing could be run").in_each()
    part = GradePart(name=CHECKS, earned=0, possible=points, because=because)
    return (part,) if points else ()


def _absent(policy: Policy, possible: float) -> tuple[GradePart, ...]:
    if policy.absent is None:
        return ()
    because = Sentence("nothing was submitted").in_each()
    return (GradePart(name="absent", earned=policy.absent, possible=possible, because=because),)


def _decided(
    decisions: Sequence[Override], score: float | None, possible: float
) -> tuple[GradePart, ...]:
    """What persons add, so that the parts add up to the mark: it stays from 0 to `possible`, unless
    a person said `beyond`. To no mark nothing can be added; it can be set.
    """
    parts = []
    for each in decisions:
        if score is None and each.set_points is None:
            continue
        before = score or 0.0
        after = wanted = before + each.points if each.set_points is None else each.set_points
        if not each.beyond:
            after = min(max(wanted, min(before, 0)), max(before, possible))
        after = _tidy(after)  # what the parts show: the next decision begins from there
        why = f"{each.reason} ({each.author})"
        because = dict.fromkeys(LANGUAGES, why)
        if _tidy(after) != _tidy(wanted):
            facts = {"why": why, "held": f"{after:g}", "possible": f"{possible:g}"}
            because = Sentence("{why}: held at {held} of {possible}", facts).in_each()
        parts.append(
            GradePart(name="override", earned=_tidy(after - before), possible=0, because=because)
        )
        score = after
    return tuple(parts)


def _sum(parts: Sequence[GradePart]) -> float | None:
    """What the parts add up to; None where there are none."""
    return _tidy(sum(part.earned for part in parts)) if parts else None


def _tidy(points: float) -> float:
    """Points to two decimals, so that sums of parts such as 2.5 and 0.1 print as meant."""
    return round(points, 2)
