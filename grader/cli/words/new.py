"""The words of ``grade new``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade new``."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of the lab: new or empty")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--images", type=Path, metavar="FOLDER", help="your images, one folder a class"
    )
    source.add_argument(
        "--example", choices=("shapes",), help="ten classes of coloured shapes, to try it out"
    )
    parser.add_argument("--title", metavar="TEXT", help="title of the lab in English")
    parser.add_argument("--title-zh", metavar="TEXT", help="title of the lab in Chinese")
    parser.add_argument(
        "--function", metavar="NAME", help="function that students write (default: predict)"
    )
    parser.add_argument(
        "--channels", choices=("BGR", "RGB"), help="order of the channels in which it gets images"
    )
    parser.add_argument(
        "--full-at", metavar="PERCENT", help="per cent of right answers for full marks"
    )
    parser.add_argument(
        "--hidden", default="40", metavar="PERCENT",
        help="share of the images that no student sees (default: 40)",
    )  # fmt: skip
    parser.add_argument(
        "--network",
        choices=("MLP", "LeNet"),
        help="also ask for a network: with a reference, a check and a submission that has it",
    )
    parser.add_argument(
        "--framework", choices=("mindspore", "torch"), default="mindspore",
        help="framework of its reference (default: mindspore); students may use any",
    )  # fmt: skip
    parser.add_argument("--id", metavar="ID", help="identifier of the lab (default: of the folder)")
