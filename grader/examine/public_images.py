"""Images that students have, too: where a network is weak, its answers about those tell why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.assignment import Assignment
from grader.examine.class_names import Vocabulary
from grader.examine.clock import Clock
from grader.examine.images import HiddenImage, decode, entries
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.worker import protocol

IMAGES_OF_A_CLASS = 4  # at most, of each folder, evenly through the names
LEAST_IMAGES = 16  # answers by which a folder counts


class Answered(NamedTuple):
    """How many of the images that were asked are answered right."""

    correct: int = 0
    total: int = 0


class PublicAnswers(NamedTuple):
    """Answers about images of training and of validation; none where no folder is laid beside."""

    training: Answered = Answered()
    validation: Answered = Answered()


def public_folders(assignment: Assignment) -> dict[str, Path]:
    """The folders of public images that the assignment names and that are there, by their key."""
    images = assignment.images
    named = {"train": images.train, "validation": images.validation}
    folders = {key: assignment.home / name for key, name in named.items() if name}
    return {key: folder for key, folder in folders.items() if folder.is_dir()}


def sample(assignment: Assignment, folder: Path) -> Iterator[HiddenImage]:
    """The images of `folder` that are asked: some of each class, the same ones for everybody, one
    of every class before the second of any.
    """
    classes = {label.folder: label.en for label in assignment.classes}
    inner = [path for path in entries(folder) if path.is_dir() and path.name in classes]
    chosen = [_spread([path for path in entries(one) if path.is_file()]) for one in inner]
    for turn in range(IMAGES_OF_A_CLASS):
        for place, files in zip(inner, chosen, strict=True):
            if turn < len(files):
                path = files[turn]
                yield HiddenImage(f"{place.name}/{path.name}", classes[place.name], path)


def _spread(files: list[Path]) -> list[Path]:
    """Some files, evenly through the list."""
    step = max(1, len(files) // IMAGES_OF_A_CLASS)
    return files[::step][:IMAGES_OF_A_CLASS]


def ask_public(session: Session, clock: Clock) -> PublicAnswers:
    """What the submission says about public images, as much as `clock` allows: each folder has half
    of it. In a worker that has seen no hidden image.
    """
    folders = public_folders(session.setup.assignment)
    counts: dict[str, Answered] = {}
    try:
        for left, (key, folder) in zip(range(len(folders), 0, -1), folders.items(), strict=True):
            counts[key] = _ask(session, folder, clock.part(clock.left / left))
    except WorkerEndedError:
        pass
    return PublicAnswers(counts.get("train", Answered()), counts.get("validation", Answered()))


def _ask(session: Session, folder: Path, clock: Clock) -> Answered:
    assignment = session.setup.assignment
    vocabulary = Vocabulary(assignment.classes)
    correct = total = 0
    for image in sample(assignment, folder):
        pixels = decode(image.path.read_bytes())
        if pixels is None:
            continue
        if clock.left <= 0:
            break
        limits = assignment.limits
        limit = limits.answer if session.alive else limits.first_answer
        given = pixels if assignment.interface.channels == "BGR" else pixels[:, :, ::-1].copy()
        said = session.predict(given, min(limit, clock.left))
        word = said.word if said.outcome == protocol.WORD else None
        correct += bool(word) and vocabulary.name(word or "") == image.truth
        total += 1
    return Answered(correct, total) if total >= LEAST_IMAGES else Answered()
