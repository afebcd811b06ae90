"""The rules of the lab: evidence, policy and overrides in, a grade out; nothing else is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from grader.assignment import Policy
from grader.evidence import Check, Evidence, Records
from grader.scoring.counts import bands_below, better_than_guessing, interval, needed
from grader.scoring.grade import Grade, Override, Part, Status

Report = Literal["missing", "found", "complete", "incomplete"]


def grade(
    evidence: Evidence, policy: Policy, classes: int, overrides: Sequence[Override] = ()
) -> Grade:
    """The grade that follows from `evidence`.

    `classes` is the number of classes that guessing would choose among. Overrides of other
    hand-ins are ignored. An examination that a fault of ours ended gets no score.
    """
    submission = evidence.submission
    mine = tuple(override for override in overrides if override.id == submission.id)
    report = _report(evidence.records, policy, mine)
    correct, total = sum(answer.correct for answer in evidence.answers), len(evidence.answers)
    status = _status(evidence)
    rest = (*_checks(evidence), *_decided(mine))
    bill = garbage(correct, total, policy, classes, report)
    parts = (bill, *rest)
    score = _sum(parts)
    confirmed = _sum((garbage(correct, total, policy, classes, "complete"), *rest))
    graded = status is not Status.UNGRADED
    return Grade(
        id=submission.id,
        name=submission.name,
        number=submission.number,
        status=status,
        score=score if graded else None,
        possible=policy.points + sum(map(_worth, evidence.checks)),
        correct=correct,
        total=total,
        interval=interval(correct, total) if total else None,
        band=band(correct, total, policy) if total else "",
        parts=parts if graded else (),
        report=report,
        if_report_complete=confirmed
        if graded and report == "found" and confirmed > score
        else None,
        overrides=mine,
    )


def band(correct: int, total: int, policy: Policy) -> str:
    """The band of an accuracy as "<from>-<to>" in per cent; the highest one reaches to 100."""
    below = bands_below(correct, total, policy.full_at, policy.band)
    low = max(policy.full_at - below * policy.band, 0)
    high = 100 if below == 0 else policy.full_at - (below - 1) * policy.band
    return f"{low}-{high}"


def _status(evidence: Evidence) -> Status:
    if evidence.trouble is not None:
        return Status.UNGRADED
    return Status.FAULTED if evidence.stopped else Status.GRADED


def _report(records: Records, policy: Policy, overrides: Sequence[Override]) -> Report:
    decided = [override.report for override in overrides if override.report]
    if decided:
        return decided[-1]
    if not records.reports:
        return "missing"
    return "complete" if policy.report == "found" and records.records else "found"


def garbage(correct: int, total: int, policy: Policy, classes: int, report: Report) -> Part:
    """The garbage part by the lab's rule: full marks at `full_at`, or from `report_from` with a
    complete report; each band below `full_at` costs `cost`; guessing earns nothing.
    """

    def part(earned: float, en: str, zh: str) -> Part:
        because = {"en": en, "zh": zh}
        return Part(name="garbage", earned=earned, possible=policy.points, because=because)

    if not total:
        return part(0, "no hidden image was answered", "没有回答任何隐藏图片")
    said, said_zh = f"{correct} of {total} images are right", f"{total} 张图片中答对 {correct} 张"
    if not better_than_guessing(correct, total, classes, policy.guessing):
        return part(
            0,
            f"{said}: no better than guessing among {classes} classes",
            f"{said_zh}：不优于在 {classes} 类中随机猜测",
        )
    full, with_report = needed(policy.full_at, total), needed(policy.report_from, total)
    if correct >= full:
        return part(
            policy.points,
            f"{said}, {full} are needed for {policy.full_at} %: full marks",
            f"{said_zh}，达到 {policy.full_at} %（需 {full} 张）：满分",
        )
    if correct >= with_report and report == "complete":
        return part(
            policy.points,
            f"{said}, {with_report} are needed for {policy.report_from} %, "
            "and the report is complete: full marks",
            f"{said_zh}，达到 {policy.report_from} %（需 {with_report} 张），且实验报告完整：满分",
        )
    below = bands_below(correct, total, policy.full_at, policy.band)
    earned = _tidy(max(policy.points - below * policy.cost, 0))
    cost = _tidy(policy.points - earned)
    return part(
        earned,
        f"{said}: {below} band(s) of {policy.band} % below {policy.full_at} % "
        f"({full} images), minus {cost:g}",
        f"{said_zh}：比 {policy.full_at} %（{full} 张）低 {below} 档（每档 {policy.band} %），"
        f"扣 {cost:g} 分",
    )


def _checks(evidence: Evidence) -> tuple[Part, ...]:
    """Checks that carry points."""
    return tuple(
        Part(
            name=check.name,
            earned=check.points if check.outcome == "passed" else 0,
            possible=_worth(check),
            because={
                language: f"{title}: {check.outcome}" for language, title in check.title.items()
            },
        )
        for check in evidence.checks
        if check.points
    )


def _worth(check: Check) -> float:
    """What a check can earn: one that breaks by itself earns nothing, and costs nobody anything."""
    return 0 if check.outcome == "broken" else check.points


def _decided(overrides: Sequence[Override]) -> tuple[Part, ...]:
    return tuple(
        Part(
            name="override",
            earned=override.points,
            possible=0,
            because=dict.fromkeys(("en", "zh"), f"{override.reason} ({override.author})"),
        )
        for override in overrides
        if override.points
    )


def _sum(parts: Sequence[Part]) -> float:
    return _tidy(max(sum(part.earned for part in parts), 0))


def _tidy(points: float) -> float:
    """Points to two decimals, so that sums of parts such as 2.5 and 0.1 print as meant."""
    return round(points, 2)
