"""What flat images and ramps tell of a preparation, and that a remedy undoes the mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.assignment import Label
from grader.evidence import Answer, Finding, Problem
from grader.evidence.findings import make_finding
from grader.examine import causes
from grader.examine.cause_search import CauseSearch
from grader.examine.class_names import Vocabulary
from grader.examine.disclosure import without_words
from grader.examine.explaining import explained
from grader.examine.further_questions import names_groups
from grader.examine.observing import Observed
from grader.examine.probes import Floats, Preprocessing, probes, understood
from grader.examine.remedies import Remedy, remedies
from grader.examine.replaying import ConfirmedRemedy
from grader.examine.replies import ObservedReport, Swallowed
from grader.examine.weakness import weak, without_classes
from grader.language import Sentence
from grader.worker import image_changes

Image = NDArray[Any]
UNIT = "x = x / 255.0"
HEIGHT, WIDTH = 30, 40


def first(image: Image) -> Image:
    return np.ascontiguousarray(image.transpose(2, 0, 1), np.float32)


def measured(prepare: Callable[[Image], Image]) -> Preprocessing | None:
    arrived: dict[str, Floats] = {
        name: np.asarray(prepare(image), np.float32)
        for name, image in probes(HEIGHT, WIDTH).items()
    }
    return understood(arrived)


def square(image: Image) -> Image:
    return image_changes.resized(image, 32, 32)


def test_a_sound_preparation_is_understood() -> None:
    found = measured(lambda image: first(square(image)[:, :, ::-1] / 127.5 - 1))
    assert found is not None and found.times is not None and found.plus is not None
    assert found.times == pytest.approx([1 / 127.5] * 3, rel=1e-3)
    assert found.plus == pytest.approx([-1] * 3, abs=1e-3)
    assert found.mix is not None and [row.index(max(row)) for row in found.mix] == [2, 1, 0]
    assert (found.turned, found.scrambled, found.flipped, found.cut) == (False, False, (), False)


@settings(max_examples=15)
@given(st.floats(1e-6, 1e3), st.floats(-300, 300), st.sampled_from((16, 32, 50)))
def test_whatever_the_scale_the_remedies_bring_it_to_the_usual_ones(
    times: float, plus: float, size: int
) -> None:
    found = measured(
        lambda image: first(image_changes.resized(image, size, size) * times + plus * times)
    )
    assert found is not None and found.times is not None
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    whole = image_changes.resized(image, size, size)
    given_to_it = first(whole * times + plus * times)[None]
    for remedy in remedies(found, 0, 0):
        if remedy.code == "pixel-scale" and remedy.facts["made_by"] == UNIT:
            made = image_changes.changed(given_to_it, image, list(remedy.steps))
            assert made is not None
            assert made[0] == pytest.approx(first(whole / 255), abs=5e-3)


BORDER, GREY_CODE = ((0, 0), (10, 10), (12, 12)), "colours-changed"


def small(image: Image) -> Image:
    return image_changes.resized(image, 12, 8)


def stretched(image: Image) -> Image:
    low, high = image.min(), image.max()
    return np.asarray((image - low) / max(float(high - low), 1e-6))


PLACES: dict[str, tuple[Callable[[Image], Image], str]] = {
    "turned": (lambda image: square(image).transpose(2, 1, 0) / 255, "axes-swapped"),
    "reshaped": (lambda image: square(image).reshape(3, 32, 32) / 255, "axes-reshaped"),
    "upside down": (lambda image: first(square(image)[::-1]) / 255, "image-flipped"),
    "mirrored": (lambda image: first(square(image)[:, ::-1]) / 255, "image-flipped"),
    "cut": (lambda image: first(square(image[5:20, 5:20])) / 255, "image-cut"),
    "corner": (lambda image: first(square(image[:15, :20])) / 255, "image-cut"),
    "bordered": (lambda image: np.pad(first(small(image)), BORDER) / 255, "image-padded"),
}
LOST: dict[str, tuple[Callable[[Image], Image], str]] = {
    "divided as whole numbers": (lambda image: first(square(image) // 255), "values-rounded"),
    "cast after dividing": (lambda image: first((image / 255).astype(np.uint8)), "values-rounded"),
    "squared": (lambda image: first((square(image) / 255) ** 2), "values-changed"),
    "by its own range": (lambda image: first(square(stretched(image))), "values-changed"),
    "grey": (lambda image: first(square(image).mean(2, keepdims=True).repeat(3, 2)), GREY_CODE),
    "one channel": (lambda image: first(square(image)[:, :, [1, 1, 1]]), GREY_CODE),
    "hsv": (lambda image: first(cv2.cvtColor(image, cv2.COLOR_BGR2HSV)), GREY_CODE),
}


@pytest.mark.parametrize("name", PLACES)
def test_what_became_of_places_is_shown_and_undone(name: str) -> None:
    prepare, code = PLACES[name]
    (remedy,) = [each for each in remedies(measured(prepare), 0, 0) if each.shown]
    assert remedy.code == code
    image = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    made = image_changes.changed(prepare(image)[None].astype(np.float32), image, list(remedy.steps))
    assert made is not None
    whole = image_changes.resized(image, 32, 32)
    assert made[0] == pytest.approx(first(whole) / 255, abs=1e-2)


@pytest.mark.parametrize("name", LOST)
def test_where_values_or_colours_are_lost_the_image_is_made_anew(name: str) -> None:
    prepare, code = LOST[name]
    anew = [each for each in remedies(measured(prepare), 0, 0) if each.code == code]
    image = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    given_to_it = np.asarray(prepare(image), np.float32)[None]
    made = [image_changes.changed(given_to_it, image, list(each.steps)) for each in anew]
    whole = first(image_changes.resized(image, *given_to_it.shape[2:]))
    scales = 1.0, 1 / 255
    assert any(
        one is not None and np.allclose(one[0], whole * scale, atol=0.02)
        for one in made
        for scale in scales
    )
    assert not any(each.code.startswith("values-") for each in remedies(measured(sound), 0, 0))


def sound(image: Image) -> Image:
    return first(square(image) / 255)


def test_a_letterbox_a_centre_crop_and_a_grey_network_show_no_mistake_of_their_own() -> None:
    centre = measured(lambda image: first(image_changes.resized(image, 36, 36)[2:34, 2:34]))
    assert centre is not None and not centre.cut
    blurred = measured(lambda image: first(cv2.GaussianBlur(square(image), (0, 0), 5)))
    assert blurred is not None and not blurred.cut
    grey = measured(lambda image: first(square(image).mean(2, keepdims=True)))
    assert grey is not None and not grey.colourless
    assert grey.mix is not None and list(grey.mix[0]) == pytest.approx([1 / 3] * 3, abs=1e-2)


@pytest.mark.parametrize("side", [64, 96, 224, 299])
def test_lost_details_are_seen_at_every_size(side: int) -> None:
    def sharp(image: Image) -> Image:
        return first(image_changes.resized(image, side, side) / 255)

    def dull(image: Image) -> Image:
        small = image_changes.resized(image, 20, 20)
        return first(cv2.resize(small, (side, side)) / 255)

    def turned(image: Image) -> Image:
        return np.ascontiguousarray(np.swapaxes(sharp(image), 1, 2)[:, ::-1])

    for prepare, lost in ((sharp, False), (turned, False), (dull, True)):
        arrived = {name: prepare(image) for name, image in probes(300, 400).items()}
        found = understood(arrived)
        assert found is not None and not found.cut and found.blurred is lost
        own = [each for each in remedies(found, 0, 0) if each.code == "image-detail"]
        assert [each.shown for each in own] == [lost]


def test_values_that_wrap_are_seen_and_unwrapped() -> None:
    def prepare(image: Image) -> Image:
        return first((image - np.uint8(90)).astype(np.float32) / 255)

    found = measured(prepare)
    (remedy,) = [each for each in remedies(found, 0, 0) if each.shown]
    assert remedy.code == "values-wrapped"
    image = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    made = image_changes.changed(prepare(image)[None], image, list(remedy.steps))
    assert made is not None
    mended = first((image.astype(np.float32) - 90) / 255)
    assert made[0] == pytest.approx(mended, abs=1e-5)
    (_, unit, *_) = [each for each in remedies(found, 0, 0) if each.code == "values-wrapped"]
    made = image_changes.changed(prepare(image)[None], image, list(unit.steps))
    assert made is not None
    assert made[0] == pytest.approx(first(image / 255), abs=5e-3)


@pytest.mark.parametrize(("times", "folded"), [(1, False), (2, True), (3, True)])
def test_values_that_wrap_onto_others_are_seen(times: int, folded: bool) -> None:
    found = measured(lambda image: first((image * np.uint8(times)).astype(np.float32) / 255))
    assert found is not None and found.folded is folded
    shown = {each.code for each in remedies(found, 0, 0)}
    assert ("values-wrapped" in shown) is folded


def test_a_curve_that_comes_down_again_does_not_wrap() -> None:
    found = measured(lambda image: first(np.where(image > 127, 255 - image, image)))
    assert found is not None and found.times is None and not found.folded


@pytest.mark.parametrize(
    ("order", "odd"),
    [([0, 1, 2], False), ([2, 1, 0], False), ([1, 2, 0], True), ([0, 0, 0], True)],
)
def test_channels_of_an_odd_order_are_other_colours(order: list[int], odd: bool) -> None:
    found = measured(lambda image: first(square(image)[:, :, order]))
    assert found is not None and found.colourless is odd
    tried = [each for each in remedies(found, 0, 0) if each.code == "colours-changed"]
    assert bool(tried) is odd and all(each.shown for each in tried)


def test_what_is_no_image_is_not_understood_and_not_changed() -> None:
    assert understood({}) is None
    unknown = measured(lambda image: np.full((3, 4, 4), np.nan))
    assert unknown is not None and unknown.times is None and unknown.mix is None
    batch = np.zeros((2, 5), np.float32)
    assert image_changes.changed(batch, np.zeros((1, 1, 3), np.uint8), [{"kind": "turn"}]) is None


def test_what_a_cause_explains_is_left_out_unless_it_explains_more() -> None:
    def counted(code: str, other: int) -> Finding:
        return make_finding(code, other=other, correct=5, total=100)

    scale, constant = counted("pixel-scale", 80), make_finding("constant-answers")
    assert explained([constant, scale]) == [scale]
    order = counted("label-order", 90)
    assert explained([order, scale]) == [order]
    assert explained([counted("label-order", 30), scale]) == [scale]
    assert explained([constant]) == [constant]
    never_read = make_finding("image-ignored")
    assert explained([counted("values-changed", 40), never_read, constant]) == [never_read]


def test_where_workers_may_have_had_word_of_hidden_images_no_word_of_theirs_is_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "main.py").write_text("one = 1\n")
    secret = {"type": "Secret", "message": "Secret: pixel-7", "file": "pixel.py", "line": 7}
    spots = ObservedReport(
        word="pixel-7", file="main.py", line=9, not_finite="weight pixel-7", opened=["pixel-7"],
        swallowed=[Swallowed.model_validate(secret)],
    )  # fmt: skip
    remedy = Remedy("pixel-scale", (), {"now": Sentence("7.77 to 9.99")})
    behind = CauseSearch(
        Observed({"spots 0": spots}), (ConfirmedRemedy((remedy,), 1, 20, 20),), 5, True
    )
    told = repr(without_words(behind, tmp_path))
    assert not any(word in told for word in ("pixel-7", "Secret:", "pixel.py", "7.77", "line=9"))
    assert "pixel-scale" in told


def test_a_weak_network_is_told_what_it_confuses_and_pages_without_classes_are_not() -> None:
    looked = Observed({"spots 0": ObservedReport(calls=1)})

    def answers(*pairs: tuple[str, str]) -> list[Answer]:
        return [
            Answer(image=str(number), truth=truth, answer=said, problem=None, seconds=0.1)
            for number, (truth, said) in enumerate(pairs)
        ]

    some = answers(*[("Hats", "Paper")] * 3, ("Paper", "Paper"), ("Cans", "Paper"))
    finding = weak(looked, 7, some)
    assert finding is not None
    assert "Hats → Paper (3)" in finding.message
    assert "Cans, Hats" in finding.message
    bare = without_classes(finding)
    assert "Hats" not in repr(bare)
    assert bare.message.endswith("learned too little.")
    assert weak(looked, 7, answers(*[("Hats", "Hats")] * 3)) is None
    assert weak(looked, 0, some) is None


def test_answers_that_name_groups_of_this_labs_classes_are_no_other_labs() -> None:
    classes = [
        Label(folder="0", en="Hats", group="Recyclables / 可回收物"),
        Label(folder="1", en="Peel", group="Kitchen waste"),
    ]
    vocabulary = Vocabulary(classes)

    def named(*words: str) -> bool:
        unknown = Problem.UNKNOWN_CLASS
        answers = [
            Answer(image=word, truth="Hats", answer=None, said=word, problem=unknown)
            for word in words
        ]
        return names_groups(answers, vocabulary)

    assert named("recyclables", "可回收物", "Kitchen Waste")
    assert not named("Recyclables", "Dogs")
    assert not named("")
    assert not named()


def test_an_image_that_enters_otherwise_each_time_explains_answers_that_differ() -> None:
    spots = {"spots 0": ObservedReport(calls=1, file="main.py", line=9)}
    prepared = Preprocessing((8, 8), 3, random=True)
    finding = causes.by_chance(Observed(spots, prepared))
    assert finding is not None and "main.py, line 9" in finding.message
    differs = make_finding("nondeterministic", count=2, total=8)
    assert explained([differs, finding]) == [finding]
    assert causes.by_chance(Observed(spots, prepared._replace(random=False))) is None
