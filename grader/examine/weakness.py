"""A weak network is told to be weak: what kind of weak, by images that its training has seen, by
images kept out of it, and by the course of the training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.evidence import Answer, Curve, Finding
from grader.evidence.findings import make_finding
from grader.examine.normalisation_fit import fitting_scale
from grader.examine.observing import Observed
from grader.examine.public_images import Answered, PublicAnswers
from grader.examine.remedies import scale_of
from grader.language import Sentence
from grader.scoring.counts import interval

MAX_CONFUSED = 5  # pairs, and classes, that are named
WEAK_BELOW_SHARE = 0.6  # share of right answers below which a network has learned too little
LEAST_POINTS = 5  # of a curve of which the course is told
LATE_SHARE = 0.9  # of a training, after which the best value means that it went on learning
EARLY_SHARE = 0.6  # of a training, before which the best value means that it went too far
NOT_ASKED = PublicAnswers()
LEAST_CHANGE = 0.02  # of a curve's range, that is a change


def weak(
    looked: Observed,
    tried: int,
    answers: Sequence[Answer],
    public: PublicAnswers = NOT_ASKED,
    curves: Sequence[Curve] = (),
) -> Finding | None:
    """`weak-network` where a network was asked and nothing that was tried mends its answers. One
    that is nearer to the edge than WEAK_BELOW_SHARE is called so only where public images were
    asked. Its fact `confused` is about classes, see `without_classes`.
    """
    correct, total = sum(answer.correct for answer in answers), len(answers)
    near = correct >= WEAK_BELOW_SHARE * total
    asked = bool(public.training.total or public.validation.total)
    if (near and not asked) or tried == 0 or not any(one.calls for one in looked.spots):
        return None
    facts: dict[str, object] = {
        "kind": _kind(Answered(correct, total), public, near=near),
        "public": _said_of_public(public),
        "course": _course(curves),
        "scale": _scale(looked),
        "confused": _confused(answers),
    }
    return make_finding("weak-network", facts, tried=tried, correct=correct, total=total)


def _scale(looked: Observed) -> Sentence | str:
    """That the network, or the backbone that it came from, was trained with another scale."""
    scale = fitting_scale(looked.prepared, looked.stored)
    if scale is None or looked.prepared is None:
        return ""
    return Sentence(
        " The statistics of its first normalisation fit values of {then}, what enters is of {now}: "
        "train and predict with the scale that the pretrained weights were made with.",
        {"then": scale.name, "now": scale_of(looked.prepared)},
    )


def without_classes(finding: Finding) -> Finding:
    """The finding, silent about single classes: for pages that show no accuracy by class."""
    if finding.code != "weak-network":
        return finding
    facts = {name: text for name, text in finding.facts.items() if "confused" not in name}
    return make_finding(finding.code, {**facts, "confused": ""})


def _kind(hidden: Answered, public: PublicAnswers, *, near: bool) -> Sentence:
    """What kind of weak: by heart where images of training are answered better beyond chance."""
    if _clearly_better(public.training, hidden):
        if _clearly_better(public.validation, hidden):
            return Sentence(
                "it has learned its images by heart, and the validation images are among them: "
                "they are answered better than images that nobody has seen"
            )
        return Sentence("it has learned its training images by heart")
    if near:
        return Sentence("it is an honest network near the edge")
    return Sentence("it has learned too little")


def _clearly_better(one: Answered, other: Answered) -> bool:
    """Whether the intervals of both shares lie apart."""
    return bool(one.total) and interval(*one)[0] > interval(*other)[1]


def _said_of_public(public: PublicAnswers) -> Sentence | str:
    facts = {
        "right": str(public.training.correct),
        "asked": str(public.training.total),
        "kept": str(public.validation.correct),
        "out": str(public.validation.total),
    }
    if public.training.total and public.validation.total:
        return Sentence(
            " Of images of training {right} of {asked} are answered right, of validation images "
            "{kept} of {out}.",
            facts,
        )
    if public.training.total:
        return Sentence(" Of images of training {right} of {asked} are answered right.", facts)
    if public.validation.total:
        return Sentence(" Of validation images {kept} of {out} are answered right.", facts)
    return ""


def _course(curves: Sequence[Curve]) -> Sentence | str:
    """Whether the training went on learning when it ended, or had been better before, by its most
    telling curve: about validation images, else the last that there is.
    """
    long = [curve for curve in curves if curve.unit and len(curve.y) >= LEAST_POINTS]
    kept_out = [curve for curve in long if _is_of_validation(curve)]
    curve = next(iter((kept_out or long)[::-1]), None)
    if curve is None:
        return ""
    rising = [-value if curve.quantity == "loss" else value for value in curve.y]
    span = max(rising) - min(rising)
    start, end = curve.x[0], curve.x[-1]
    best = rising.index(max(rising))
    when = (curve.x[best] - start) / (end - start) if end > start else 0.0
    before = [y for x, y in zip(curve.x, rising, strict=True) if x - start < 0.75 * (end - start)]
    facts = {"name": curve.name, "file": curve.file, "at": f"{curve.x[best]:g}", "end": f"{end:g}"}
    if when >= LATE_SHARE and before and max(rising) - max(before) > LEAST_CHANGE * span:
        return Sentence(" {name} in {file} was still improving when the training ended.", facts)
    late = rising[-max(1, len(rising) // 5) :]
    if kept_out and when <= EARLY_SHARE and max(rising) - max(late) > LEAST_CHANGE * span:
        return Sentence(
            " {name} in {file} was best at {at} of {end} and became worse then: keep the network "
            "of that time.",
            facts,
        )
    return ""


def _is_of_validation(curve: Curve) -> bool:
    return any(word in curve.name.lower() for word in ("val", "test", "eval", "dev"))


def _confused(answers: Sequence[Answer]) -> Sentence | str:
    """Which classes are most often taken for which, and how many are never answered."""
    pairs = Counter((one.truth, one.answer) for one in answers if one.answer and not one.correct)
    most = [(pair, count) for pair, count in pairs.most_common(MAX_CONFUSED) if count > 1]
    never = {one.truth for one in answers} - {one.answer for one in answers}
    if not most:
        return ""
    told = ", ".join(f"{truth} → {said} ({count})" for (truth, said), count in most)
    return Sentence(
        " Most often confused: {pairs}. Classes that are never answered: {never}.",
        {"pairs": told, "never": ", ".join(sorted(never)[:MAX_CONFUSED]) or "0"},
    )
