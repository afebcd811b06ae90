"""The words of ``grade hand-out``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade hand-out``."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the lab")
    parser.add_argument(
        "--to", type=Path, metavar="ZIP", help="where to (default: the lab's id, here)"
    )
    parser.add_argument(
        "--no-checks", action="store_true", help="leave the checks out: students can't try them"
    )
    parser.add_argument(
        "--likeness", action="store_true", help="even if pictures look like hidden ones"
    )
