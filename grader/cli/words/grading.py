"""The words of ``grade PATH…``."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.main import add_assignment, add_device, add_unset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words that grading understands."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a submission, or a folder of submissions; folders and archives",
    )
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the results")
    add_assignment(parser)
    add_unset(parser)
    parser.add_argument(
        "--hidden", type=Path, metavar="DIR", help="other hidden images: one folder a class"
    )
    add_device(parser)
    _add_engine(parser)
    parser.add_argument(
        "--roster",
        type=Path,
        action="append",
        metavar="CSV",
        help="numbers and names of all students; again for a table of groups",
    )
    parser.add_argument(
        "--require", choices=("strong", "basic"), help="refuse to run with less confinement"
    )
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run submissions unconfined where no sandbox works; never as root",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="examine again what is already stored in --out"
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="ID",
        help="examine these alone, also what is stored; all others keep what they have",
    )  # fmt: skip
    parser.add_argument(
        "--review", action="store_true", help="open the review's pages while the class runs"
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    """Options that say where, and how many run side by side."""
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="submissions examined at the same time"
    )
    parser.add_argument(
        "--per-device",
        type=int,
        metavar="N",
        help="submissions that share one accelerator (default: run.per_device of the assignment)",
    )
    parser.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="this machine, or all machines of a cluster of Ray's (default: local)",
    )
    parser.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="with --engine ray: the head of the cluster (default: auto, this machine's cluster)",
    )
