"""A weak network is told to be weak: too little learned, by heart, or honestly near the edge."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader.engine import parcels
from grader.evidence import Curve
from grader.examine.clock import Clock
from grader.examine.images import read_hidden
from grader.examine.observing import Observed
from grader.examine.public_images import (
    IMAGES_OF_A_CLASS,
    Answered,
    PublicAnswers,
    ask_public,
    public_folders,
    sample,
)
from grader.examine.replies import ObservedReport
from grader.examine.session import Session
from grader.examine.weakness import weak
from grader.worker import protocol
from tests import make, submissions

LOOKED = Observed({"spots 0": ObservedReport(calls=1)})
GOOD, POOR = Answered(98, 104), Answered(40, 104)


def message(correct: int, public: PublicAnswers, *curves: Curve) -> str:
    finding = weak(LOOKED, 7, make.answers(correct), public, curves)
    return finding.message if finding else ""


@pytest.mark.parametrize(
    ("correct", "public", "told"),
    [
        (40, PublicAnswers(), "too little"),
        (100, PublicAnswers(), ""),
        (40, PublicAnswers(POOR, POOR), "too little"),
        (60, PublicAnswers(GOOD, POOR), "training images by heart"),
        (60, PublicAnswers(GOOD, GOOD), "validation images are among them"),
        (100, PublicAnswers(Answered(86, 104), Answered(80, 104)), "near the edge"),
        (100, PublicAnswers(Answered(104, 104)), "training images by heart"),
        (60, PublicAnswers(validation=POOR), "Of validation images 40 of 104"),
    ],
)
def test_images_of_training_tell_what_kind_of_weak_a_network_is(
    correct: int, public: PublicAnswers, told: str
) -> None:
    said = message(correct, public)
    assert told in said if told else said == ""


def curve(name: str, *values: float) -> Curve:
    x = tuple(map(float, range(1, len(values) + 1)))
    kind = "loss" if "loss" in name else "accuracy"
    return Curve(file="train.log", name=name, quantity=kind, unit="epoch", x=x, y=values, count=10)


@pytest.mark.parametrize(
    ("curves", "told"),
    [
        ([curve("loss", 3, 2.5, 2.1, 1.8, 1.5, 1.2, 1.0, 0.8, 0.7, 0.6)], "still improving"),
        ([curve("loss", 3, 2.0, 1.1, 1.01, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)], ""),
        (
            [curve("val_loss", 3, 2, 1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4), curve("loss", 3, 2, 1)],
            "best at 3 of 10",
        ),
        ([curve("acc", 0.1, 0.2)], ""),
    ],
)
def test_the_course_of_the_training_is_told_where_it_says_something(
    curves: list[Curve], told: str
) -> None:
    said = message(40, PublicAnswers(), *curves)
    assert told in said
    assert ("train.log" in said) is bool(told)


def test_some_images_of_every_class_are_asked_and_all_nodes_ask_the_same(tmp_path: Path) -> None:
    public = submissions.colours(tmp_path / "home" / "train", each=11)
    hidden = read_hidden(make.assignment(), submissions.colours(tmp_path / "hidden", each=1))
    shutil.copyfile(make.ROOT / "hidden_tests/assignment.toml", tmp_path / "home/assignment.toml")
    images = make.assignment().images.model_copy(update={"train": "train", "validation": "none"})
    update: dict[str, object] = {"home": tmp_path / "home", "images": images}
    assignment = make.assignment().model_copy(update=update)
    assert public_folders(assignment) == {"train": public}
    chosen = [image.id for image in sample(assignment, public)]
    assert len(chosen) == len(set(chosen)) == 26 * IMAGES_OF_A_CLASS
    assert len({name.partition("/")[0] for name in chosen[:26]}) == 26

    parcel = parcels.class_parcel(assignment, hidden)
    there, _ = parcels.unpacked_class(parcel, assignment, hidden, tmp_path / "node")
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    (folder,) = public_folders(there).values()
    assert [image.id for image in sample(there, folder)] == chosen
    assert not (there.home / "train").exists()

    def predict(pixels: Any, seconds: float) -> Any:
        said = assignment.names[int(pixels[0, 0, 0]) // 9]
        return protocol.Answer(protocol.WORD, said if said != "Hats" else "Cans")

    setup = SimpleNamespace(assignment=there)
    session = SimpleNamespace(setup=setup, alive=True, predict=predict)
    told = ask_public(cast(Session, session), Clock(60))
    assert told == PublicAnswers(Answered(25 * IMAGES_OF_A_CLASS, 26 * IMAGES_OF_A_CLASS))
