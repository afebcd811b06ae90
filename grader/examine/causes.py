"""The causes of lost points, as findings: what was seen while images were answered, and what the
replays confirmed. Findings only; marks never follow from them.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment import Assignment
from grader.evidence import Finding
from grader.evidence.findings import make_finding
from grader.examine.altered_network import Departure
from grader.examine.diagnosis import still_wrong
from grader.examine.observing import Observed
from grader.examine.remedies import Remedy
from grader.examine.replaying import ConfirmedRemedy
from grader.examine.replies import ObservedReport
from grader.language import Sentence
from grader.scoring.rules import images_part


def seen(looked: Observed, constant: bool) -> list[Finding]:
    """What needs no label to be told. `constant`: whether all answers to the hidden images, or
    nearly all, are one class.
    """
    spots = looked.spots
    if not spots:
        return []
    return (
        _swallowed(spots, constant) or _not_finite(spots) or (_ignored(looked) if constant else [])
    )


def _swallowed(spots: Sequence[ObservedReport], constant: bool) -> list[Finding]:
    """An exception at every image, after which no network gives anything."""
    if not all(report.swallowed for report in spots):
        return []
    answered = any(report.output for report in spots)
    if answered or not (constant or len({report.word for report in spots}) == 1):
        return []
    error = spots[0].swallowed[-1]
    return [
        make_finding("exception-swallowed", error=error.message, file=error.file, line=error.line)
    ]


def _not_finite(spots: Sequence[ObservedReport]) -> list[Finding]:
    if not all(report.not_finite for report in spots):
        return []
    first = spots[0]
    kind, _, name = first.not_finite.partition(" ")
    where = {
        "input": Sentence("in what enters the network"),
        "weight": Sentence("in its weight {name}", {"name": name}),
    }.get(kind, Sentence("within the network"))
    cure = {
        "input": Sentence(
            "Look for a division by zero or a logarithm of zero before the network: a flat or "
            "black part of an image must not become NaN."
        ),
        "weight": Sentence(
            "The training diverged, and its weights were saved: load an earlier checkpoint, or "
            "train again with a smaller learning rate."
        ),
    }.get(kind, Sentence("Values grow beyond what the type holds: use float32, and scale them."))
    return [make_finding("not-finite", {"where": where, "cure": cure, **_place(first)})]


def _ignored(looked: Observed) -> list[Finding]:
    """The same input for every image: what is looked at is not the image that was given."""
    reports = list(looked.reports.values())
    inputs = {report.digest for report in reports}
    if len(reports) < 3 or None in inputs or len(inputs) > 1:
        return []
    opened = next((report.opened[0] for report in reports if report.opened), "")
    read = Sentence(" It reads {path} in its place.", {"path": opened}) if opened else ""
    return [make_finding("image-ignored", {"read": read, **_place(reports[0])})]


def in_training(looked: Observed) -> Finding | None:
    """`training-mode` by what the layers say alone, without an image of the lab: only batch
    normalisation, which then goes by the one image that it is given.
    """
    spots = looked.spots
    if not spots or not all(report.norms for report in spots):
        return None
    first = spots[0]
    return make_finding(
        "training-mode",
        {"norms": first.norms, "drops": first.drops, "gain": "", **_place(first)},
    )


def by_chance(looked: Observed) -> Finding | None:
    """`random-input` by what entered when the same image was put again, for answers that differ."""
    if looked.prepared is None or not looked.prepared.random or not looked.spots:
        return None
    return make_finding("random-input", {"gain": "", **_place(looked.spots[0])})


def confirmed(
    mended: Sequence[ConfirmedRemedy], looked: Observed, assignment: Assignment
) -> list[Finding]:
    """A finding for each remedy that the hidden images confirm, the one that gains most first."""
    place = _place(looked.spots[0]) if looked.spots else {}
    found = []
    said: set[int] = set()
    for each in mended:
        gain = _gain(each, assignment)
        fresh = [remedy for remedy in each.remedies if id(remedy) not in said]
        for remedy in fresh:
            said.add(id(remedy))
            together = (
                Sentence("Together with the other change: {gain}", {"gain": gain})
                if len(fresh) > 1
                else gain
            )
            found.append(_of(remedy, each, together, place, assignment))
    return found


def _of(
    remedy: Remedy,
    mended: ConfirmedRemedy,
    gain: Sentence,
    place: dict[str, object],
    assignment: Assignment,
) -> Finding:
    facts: dict[str, object] = {**remedy.facts, **place, "gain": gain}
    facts["function"] = assignment.interface.function
    facts |= {"correct": mended.before, "other": mended.correct, "total": mended.total}
    return make_finding(remedy.code, facts)


def _gain(mended: ConfirmedRemedy, assignment: Assignment) -> Sentence:
    classes, policy = len(assignment.classes), assignment.policy
    now, then = (
        images_part(correct, mended.total, policy, classes, "missing").earned
        for correct in (mended.before, mended.correct)
    )
    facts = {
        "correct": str(mended.before),
        "other": str(mended.correct),
        "total": str(mended.total),
        "points": f"{then - now:g}",
        "rest": still_wrong(mended.correct, mended.total),
    }
    if then > now:
        return Sentence(
            "With that mended {other} of {total} answers are right instead of {correct}: {points} "
            "points more.{rest}",
            facts,
        )
    return Sentence(
        "With that mended {other} of {total} answers are right instead of {correct}.{rest}", facts
    )


def altered(departs: Departure | None, looked: Observed) -> Finding | None:
    """`network-altered`, or `weights-not-loaded` of a part of the network."""
    if departs is None:
        return None
    facts = {"layer": departs.layer, "total": str(departs.total)}
    if departs.untouched:
        reason = Sentence(
            "{count} of its {total} normalisations, {layer} first, are as they were built, while "
            "others were trained",
            {**facts, "count": str(departs.untouched)},
        )
        return make_finding("weights-not-loaded", reason=reason)
    place = _place(looked.spots[0]) if looked.spots else {}
    return make_finding("network-altered", {**facts, "fit": str(departs.fit), **place})


def trained(looked: Observed) -> bool:
    """Whether the network's normalisations show that it was trained: its weights were loaded."""
    return any(report.fresh is False for report in looked.spots)


def never_trained(looked: Observed) -> bool:
    """Whether the network's normalisations are as they were built."""
    return any(report.fresh for report in looked.spots)


def _place(report: ObservedReport) -> dict[str, object]:
    return {"file": report.file or "?", "line": report.line or "?"}
