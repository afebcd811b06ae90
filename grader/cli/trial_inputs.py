"""What a self-check asks about where the student gives nothing of their own, and what it says of
the other parts of the lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from grader.assignment import Assignment, AssignmentError, MarkRule, Part
from grader.cli.checklist import SelfCheckLine
from grader.evidence import Answer, Evidence, Finding, Problem
from grader.examine.images import HiddenSet, PartSet, read_hidden
from grader.examine.part_inputs import read_part
from grader.examine.part_stand_ins import TEXTS
from grader.language import Sentence
from grader.scoring.counts import better_than_guessing

_NO_ANSWERS = ("part-missing", "part-unanswered")  # findings that tell of a part's function
COUNT = 3  # pictures that are made up


def made_up_images(assignment: Assignment, folder: Path) -> HiddenSet:
    """A few made-up pictures: enough to see whether a class name comes back."""
    _draw([label.folder for label in assignment.classes[:COUNT]], folder)
    return read_hidden(assignment, folder)


def _draw(names: Sequence[str], folder: Path) -> None:
    generator = np.random.default_rng(0)
    for name in names:
        (folder / name).mkdir(parents=True)
        coarse = generator.integers(0, 256, size=(7, 7, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((224, 224), Image.Resampling.BICUBIC)
        picture.save(folder / name / "1.png")


def trial_parts(assignment: Assignment, data: Path | None, folder: Path) -> tuple[PartSet, ...]:
    """Inputs of the other parts: the student's own, in a folder of `data` that is called as the
    part; else made-up ones, but for arrays, of which nobody here knows the shape.

    Raises AssignmentError for own ones that cannot be read.
    """
    wrong: list[Sentence] = []
    found = []
    for part in assignment.parts:
        if own := _own(part, assignment, data):
            found.append(read_part(part, own, wrong))
        elif part.inputs != "arrays":
            _make_up(part, folder / part.id)
            found.append(read_part(part, folder / part.id, wrong))
    if wrong:
        raise AssignmentError(*wrong)
    return tuple(found)


def _own(part: Part, assignment: Assignment, data: Path | None) -> Path | None:
    """The folder of the student's own inputs of a part, where there is one."""
    if data is None or part not in assignment.parts_beside_images:
        return None
    return data / part.id if (data / part.id).is_dir() else None


def _make_up(part: Part, folder: Path) -> None:
    names = [label.folder for label in part.classes]
    if part.inputs == "images":
        _draw(names[:COUNT], folder)
        return
    for number, text in enumerate(TEXTS):
        place = folder / names[number % len(names)]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(text, encoding="utf-8")


def part_lines(
    evidence: Evidence, assignment: Assignment, data: Path | None, language: str
) -> Iterator[SelfCheckLine]:
    """How the functions of the other parts answered, or that they were not asked. What a part's
    function raises for a made-up text need be no mistake: only its author knows what texts look
    like.
    """
    if not evidence.loading.loaded:
        return
    answers = {one.id: one.answers for one in evidence.parts}
    told = {one.facts["part"]: one for one in evidence.findings if one.code in _NO_ANSWERS}
    for part in assignment.parts:
        facts = {"part": part.id, "function": part.function}
        given, finding = answers.get(part.id, ()), told.get(part.id)
        where = Sentence(
            "Put inputs of your own into the folder {part} beside your images, one folder a class: "
            "--data DIR",
            facts,
        ).said_in(language)
        if finding is not None:
            if is_about_made_up(finding, evidence, assignment, data):
                facts["why"] = finding.facts.get(f"why.{language}", finding.facts["why"])
                text = "{function} named no class of the part {part} for made-up inputs: {why}."
                yield SelfCheckLine(None, Sentence(text, facts).said_in(language), where)
        elif given:
            facts["count"] = str(len(given))
            text = "{function} named a class of the part {part} for each of {count} inputs."
            yield SelfCheckLine(True, Sentence(text, facts).said_in(language))
        else:
            text = "The part {part} was not tried: {function} wants arrays of yours."
            yield SelfCheckLine(None, Sentence(text, facts).said_in(language), where)
        if _own(part, assignment, data) and any(one.answer is not None for one in given):
            yield _estimate(part, given, assignment.policy.of_part(part.id), language)


def _estimate(
    part: Part, answers: Sequence[Answer], rule: MarkRule, language: str
) -> SelfCheckLine:
    """How many of the student's own inputs are right; something to mend where guessing would do as
    well, though so many could have told it from that.
    """
    correct, total = sum(one.correct for one in answers), len(answers)
    classes = len(part.classes)
    facts = {"part": part.id, "correct": str(correct), "total": str(total)}
    if better_than_guessing(correct, total, classes, rule.guessing):
        text = "{correct} of {total} of your inputs of the part {part} are right."
        return SelfCheckLine(None, Sentence(text, facts).said_in(language))
    if total < classes or not better_than_guessing(total, total, classes, rule.guessing):
        text = (
            "{correct} of {total} of your inputs of the part {part} are right: too few inputs to "
            "tell it from guessing."
        )
        return SelfCheckLine(None, Sentence(text, facts).said_in(language))
    text = (
        "{correct} of {total} of your inputs of the part {part} are right: no better than guessing "
        "among {classes} classes, which earns no marks."
    )
    cure = Sentence(
        "Try what trained it: the weights that are loaded, the order of the classes, and what is "
        "done to an input first are the usual reasons."
    )
    facts["classes"] = str(classes)
    return SelfCheckLine(False, Sentence(text, facts).said_in(language), cure.said_in(language))


def is_about_made_up(
    finding: Finding, evidence: Evidence, assignment: Assignment, data: Path | None
) -> bool:
    """Whether a finding is that a part's function raised for inputs that were made up, or of names
    for them, which mean nothing.
    """
    if finding.code not in ("part-unanswered", "part-label-order"):
        return False
    (part,) = (one for one in assignment.parts if one.id == finding.facts["part"])
    if finding.code == "part-label-order":
        return _own(part, assignment, data) is None
    problems = {
        answer.problem for one in evidence.parts if one.id == part.id for answer in one.answers
    }
    raised = Problem.RAISED in problems and problems <= {None, Problem.RAISED}
    return raised and _own(part, assignment, data) is None
