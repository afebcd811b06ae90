"""The words of ``grade check``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade check``."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR",
        help="folder with assignment.toml (default: the present folder)",
    )  # fmt: skip
    parser.add_argument(
        "--device",
        choices=("CPU", "GPU", "Ascend"),
        help="device of the class: prove that it computes, confined",
    )
    parser.add_argument("--hidden", type=Path, metavar="DIR", help="other hidden images")
