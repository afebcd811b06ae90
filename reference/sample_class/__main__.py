"""Command line: makes the whole sample class anew, and what it should be given."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from reference.console import complain, say
from reference.garbage import pictograms
from reference.garbage.images import NoImagesError, read_folder
from reference.sample_class import forms, recipes
from reference.sample_class.expected import Expected, as_toml, score
from reference.sample_class.students import STUDENTS, Student

_VALIDATION_SEED = 2
_VALIDATION_PER_CLASS = 5


def _images(hidden: Path, scratch: Path) -> recipes.Images:
    train, validation = scratch / "train", scratch / "val"
    pictograms.write(train, recipes.PER_CLASS, pictograms.TRAINING_SEED)
    pictograms.write(validation, _VALIDATION_PER_CLASS, _VALIDATION_SEED)
    return recipes.Images(
        *(read_folder(each, recipes.SIZE) for each in (train, validation, hidden))
    )


def _make(student: Student, images: recipes.Images, options: argparse.Namespace) -> Expected:
    """Train, write and measure one submission."""
    trained = recipes.train(student.recipe, images, options.keep) if student.recipe else None
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        forms.write_plain(student, trained, plain, options.torch_python)
        forms.send(student, plain, options.out)
        if student.fault:
            return Expected("faulted", 0, student.finding, None)
        correct = forms.count_right(student, plain, options.hidden, options.torch_python)
    return Expected("graded", score(correct, len(images.hidden.labels)), student.finding, correct)


def _remove_old(out: Path) -> None:
    """Remove what an earlier run wrote, and nothing else that lies there."""
    for student in STUDENTS:
        shutil.rmtree(out / student.id, ignore_errors=True)
        (out / f"{student.id}.zip").unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 where something needed is missing."""
    parser = argparse.ArgumentParser(prog="python -m reference.sample_class", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("submissions"))
    parser.add_argument("--hidden", type=Path, default=Path("hidden_tests/images"))
    parser.add_argument(
        "--torch-python",
        default=os.environ.get("GRADE_TORCH_PYTHON"),
        help="an interpreter that has PyTorch (default: the variable GRADE_TORCH_PYTHON)",
    )
    parser.add_argument(
        "--keep", type=Path, help="folder to keep trained weights in, for next time"
    )
    options = parser.parse_args(arguments)
    if not options.torch_python:
        parser.error("give --torch-python, or set GRADE_TORCH_PYTHON: one submission is in PyTorch")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            images = _images(options.hidden, Path(scratch))
        options.out.mkdir(parents=True, exist_ok=True)
        _remove_old(options.out)
        expected = {}
        for student in STUDENTS:
            expected[student.id] = _make(student, images, options)
            say(f"{student.id}: {expected[student.id]}")
    except (NoImagesError, pictograms.FontMissingError, recipes.BandMissedError) as error:
        complain(error)
        return 2
    total = len(images.hidden.labels)
    (options.out / "expected.toml").write_text(as_toml(expected, total), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
