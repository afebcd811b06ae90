"""The words of ``grade self-check``."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.main import add_assignment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade --self-check``."""
    parser.add_argument("--self-check", action="store_true", help="examine your own folder")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR",
        help="what you hand in: a folder or an archive (default: the present folder)",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="your own images, one folder a class: an estimate"
    )
    parser.add_argument(
        "--python", type=Path, metavar="FILE", help="the Python that your framework lives in"
    )
    parser.add_argument(
        "--pack", type=Path, metavar="ZIP", help="make the zip to hand in, and examine that one"
    )
    parser.add_argument(
        "--page", type=Path, default=Path("self-check.html"), help="where to write the page"
    )
    parser.add_argument(
        "--device", choices=("auto", "CPU", "GPU", "Ascend"), default="CPU",
        help="what your code runs on (default: CPU)",
    )  # fmt: skip
    add_assignment(parser)
