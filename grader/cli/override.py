"""``grade override ID …``: record what a person decides about one hand-in."""

from __future__ import annotations

import argparse
import getpass
from datetime import datetime, timezone

from grader.cli import rescore
from grader.cli.main import UsageError
from grader.language import Sentence
from grader.scoring import Override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade override``."""
    parser.add_argument("id", metavar="ID", help="of the hand-in, as grades.csv has it")
    parser.add_argument("--report", choices=("complete", "incomplete"), help="the lab report is")
    parser.add_argument("--points", type=float, default=0.0, help="points to add, such as +3")
    parser.add_argument("--reason", required=True, help="why; it is kept and shown")
    parser.add_argument("--author", default=getpass.getuser(), help="who decides (default: you)")
    rescore.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record the decision, then compute and write all marks again."""
    store = rescore.stored(arguments.out)
    if store.read(arguments.id) is None:
        known = ", ".join(store.ids())
        facts = {"id": arguments.id, "out": str(arguments.out), "known": known}
        raise UsageError(Sentence("no hand-in {id} in {out}; there are: {known}", facts))
    if arguments.report is None and arguments.points == 0:
        raise UsageError(Sentence("expected --report complete, --report incomplete or --points N"))
    decision = Override(
        id=arguments.id,
        report=arguments.report,
        points=arguments.points,
        reason=arguments.reason,
        author=arguments.author,
        time=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )
    return rescore.rescore(arguments, store, [decision])
