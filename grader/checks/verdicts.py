"""What the checks of an assignment say about one submission.

A check that fails costs its points; a check that raises because of what the submission gave has
failed, too. Only one that did not pass with the reference either is broken: that is the teacher's,
earns nothing, costs nothing, and stands on no student's page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.checks import pytest_run
from grader.checks.pytest_run import ABOUT_ANSWERS, CheckSelection
from grader.checks.subjects import NO_ANSWER, NONE_VALID
from grader.checks.trial import remembered_or_tried
from grader.evidence import Answer, Check
from grader.examine.session import Session
from grader.language import Sentence

UNEXPECTED = {
    "rationale": Sentence("This check met something that it could not work with."),
    "help": Sentence(
        "Compare sizes, kinds and numbers of what your code gives with what is asked; a network "
        "gives the same sizes each time."
    ),
}


def run_checks(
    home: Path,
    session: Session,
    answers: Mapping[str, Answer],
    part: CheckSelection = CheckSelection.ALL,
) -> tuple[Check, ...]:
    """The checks of `part` in ``home/test_*.py`` against the submission of `session`, in pytest's
    order.

    answers: to the hidden images, by image id. Raises SandboxUnavailableError where a worker could
    not be started.
    """
    ran, uncollected, _ = pytest_run.run(home, session, answers, part)
    asked = [one for one in ran if one.asked]
    sound: frozenset[str] = frozenset()
    if any(one.check.outcome == "raised" for one in asked):
        truths = {image: answer.truth for image, answer in answers.items()}
        sound = remembered_or_tried(session.setup, truths).passed
    return (*(_judged(one, sound) for one in asked), *map(_broken, uncollected))


def told_once(checks: Sequence[Check], answers: Sequence[Answer]) -> tuple[Check, ...]:
    """The checks, without those among the failures that say again what the answers to the hidden
    images say: that the function has none. Where no image has a valid answer, checks that failed
    because they got none are skipped. They earn nothing, as before.
    """
    if any(answer.answer is not None for answer in answers):
        return tuple(checks)
    skipped = {
        "outcome": "skipped",
        "rationale": NONE_VALID.in_lines(),
        **dict.fromkeys(("expected", "actual", "help"), ""),
    }
    failed = NO_ANSWER.in_lines()
    return tuple(
        each.model_copy(update=skipped) if each.rationale == failed else each for each in checks
    )


def asks_for_answers(home: Path) -> bool:
    """Whether a check in ``home/test_*.py`` may be about the answers to hidden images."""
    texts = [file.read_text("utf-8") for file in pytest_run.files_of(home)]
    return any(name in text for name in ABOUT_ANSWERS for text in texts)


def _judged(one: pytest_run.CheckRun, sound: frozenset[str]) -> Check:
    """The check as it counts. sound: names of the checks that passed with the reference."""
    check = one.check
    if check.outcome != "raised":
        return check
    fault = f"{one.place}  {check.fault}"
    if check.name in sound:
        told = {name: sentence.in_lines() for name, sentence in UNEXPECTED.items()}
        return check.model_copy(update={"outcome": "failed", "fault": fault, **told})
    return check.model_copy(update={"outcome": "broken", "fault": fault})


def _broken(fault: pytest_run.CheckFault) -> Check:
    """A check of ours that could not even start."""
    title = Sentence("The checks can be run").in_each()
    return Check(name=fault.place, title=title, outcome="broken", fault=str(fault))
