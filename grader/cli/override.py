"""``grade override WHO …``: record what a person decides about one submission."""

from __future__ import annotations

import argparse
import getpass
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from grader.cli import rescore
from grader.cli.main import UsageError
from grader.cli.recording import (
    DecisionRecorder,
    Wish,
    about_ids,
    confirming,
    decision,
    from_file,
    standing_words,
    undoing,
)
from grader.language import Sentence
from grader.scoring import Override, standing

LAST_DECISION = "last"  # the decision that is meant where none is named
SHORT_ID_CHARS = 8  # characters of a decision's id that are enough to type


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade override``."""
    parser.add_argument(
        "id", metavar="WHO", nargs="?", help="id, number or name, as grades.csv has it"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--points", metavar="N", help="points to add, such as +3")
    what.add_argument("--set-points", metavar="N", help="the whole mark")
    what.add_argument(
        "--undo",
        nargs="?",
        const=LAST_DECISION,
        metavar="DECISION",
        help="take back the last decision, or one",
    )
    what.add_argument(
        "--confirm",
        nargs="?",
        const=LAST_DECISION,
        metavar="DECISION",
        help="what was decided about an earlier submission holds for this one, too",
    )
    what.add_argument(
        "--from", dest="file", type=Path, metavar="FILE", help="decisions that the class page saved"
    )
    parser.add_argument("--report", choices=("complete", "incomplete"), help="the lab report is")
    parser.add_argument(
        "--look", dest="word", action="store_const", const="look",
        help="somebody else should look at it; the mark stays",
    )  # fmt: skip
    parser.add_argument(
        "--stands", dest="word", action="store_const", const="stands",
        help="it was looked at, and the mark stays as it is",
    )  # fmt: skip
    parser.add_argument("--reason", help="why; it is kept and shown")
    parser.add_argument("--author", default=getpass.getuser(), help="who decides (default: you)")
    rescore.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record the decision, then compute and write all marks again."""
    return rescore.rescore(arguments, partial(_wish, arguments), "override")


def _wish(arguments: argparse.Namespace, deciding: DecisionRecorder) -> Wish:
    """What the words of the command line want to be recorded."""
    if arguments.file is not None:
        return from_file(arguments.file, deciding)
    if arguments.id is None:
        raise UsageError(
            Sentence("expected whose mark: an id, number or name, as grades.csv has it")
        )
    student = deciding.row(arguments.id)
    ids = {student, *deciding.others(student)}
    if arguments.undo is not None:
        return lambda known: [_undo(student, arguments, about_ids(known, ids))]
    if arguments.confirm is not None:
        return lambda known: _confirm(student, arguments, about_ids(known, ids), deciding)
    added, whole = _points(arguments.points), _points(arguments.set_points)
    if arguments.report is None and not added and whole is None and arguments.word is None:
        raise UsageError(
            Sentence(
                "expected what is decided: --report complete, --report incomplete, --points N, "
                "--set-points N, --look, --stands, --undo or --confirm"
            )
        )
    if not (arguments.reason or "").strip():
        raise UsageError(Sentence("expected --reason: why; it is kept and shown"))
    says = {"report": arguments.report, "points": added or 0.0, "set_points": whole}
    says |= {"word": arguments.word, "reason": arguments.reason}
    return lambda known: [decision(student, arguments.author, about_ids(known, ids), **says)]


def _points(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            Sentence(
                "{found} is no number of points; expected one such as 3 or -2.5", {"found": text}
            )
        )
    return number


def _undo(student: str, arguments: argparse.Namespace, mine: Sequence[Override]) -> Override:
    able = standing_words(mine, {each.id for each in mine})
    if not able:
        raise UsageError(
            Sentence("{id}: nothing is decided that could be taken back", {"id": student})
        )
    meant = _meant(able, arguments.undo, student)[-1]
    return undoing(student, arguments.author, mine, meant, arguments.reason or "")


def _confirm(
    student: str,
    arguments: argparse.Namespace,
    mine: Sequence[Override],
    deciding: DecisionRecorder,
) -> list[Override]:
    evidence, others = deciding.evidence(student), deciding.others(student)
    earlier = standing(mine, evidence, others).earlier if evidence else ()
    if not earlier:
        raise UsageError(
            Sentence(
                "{id}: nothing was decided about an earlier submission that waits to be confirmed",
                {"id": student},
            )
        )
    new: list[Override] = []
    for each in _meant(earlier, arguments.confirm, student):
        so_far = [*mine, *new]
        new.append(confirming(student, arguments.author, so_far, each, arguments.reason or ""))
    return new


def _meant(able: Sequence[Override], word: str, student: str) -> Sequence[Override]:
    """The decisions that `word` means among those that can be meant. Raises UsageError."""
    found = (
        able if word == LAST_DECISION else [each for each in able if each.decision.startswith(word)]
    )
    if found and (word == LAST_DECISION or len(found) == 1):
        return found
    there = ", ".join(f"{each.decision[:SHORT_ID_CHARS]} ({each.reason})" for each in able)
    facts = {"id": student, "there": there}
    raise UsageError(
        Sentence("{id}: expected one of the decisions that this can mean: {there}", facts)
    )
