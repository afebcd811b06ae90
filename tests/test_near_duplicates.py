"""A validation image that training has seen says little about other images."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.examine.near_duplicates import near_duplicates, near_duplicates_within, pictures
from tests import make


def picture(path: Path, seed: int, change: int = 0) -> Path:
    noise = np.random.default_rng(seed).integers(0, 200, (8, 8, 3), dtype=np.uint8)
    image = cv2.resize(noise, (64, 64), interpolation=cv2.INTER_CUBIC) + np.uint8(change)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)
    return path


def test_a_brighter_copy_is_a_twin_and_another_image_is_none(tmp_path: Path) -> None:
    original = picture(tmp_path / "train" / "a.png", 1)
    copy = picture(tmp_path / "val" / "b.jpg", 1, change=30)
    other = picture(tmp_path / "val" / "c.png", 2)
    (tmp_path / "val" / "torn.jpg").write_bytes(b"no image")
    assert pictures(tmp_path / "val") == [copy, other, tmp_path / "val" / "torn.jpg"]
    assert near_duplicates(pictures(tmp_path / "val"), [original]) == [(copy, original)]
    assert near_duplicates([], [original]) == []


def test_twins_within_a_set_are_named_once_each(tmp_path: Path) -> None:
    first, other = picture(tmp_path / "a.png", 1), picture(tmp_path / "b.png", 2)
    copy, third = picture(tmp_path / "c.jpg", 1, change=30), picture(tmp_path / "d.png", 1, 9)
    found = near_duplicates_within([first, other, copy, third])
    assert found == [(first, copy), (first, third)]
    assert near_duplicates_within([]) == []


def dots(path: Path, colour: tuple[int, int, int], at: int = 20) -> Path:
    image = np.full((64, 64, 3), 250, np.uint8)
    for y in (at, at + 25):
        cv2.circle(image, (at, y), 8, colour, -1)
    cv2.imwrite(str(path), image)
    return path


def test_one_pattern_in_other_colours_is_another_picture_but_in_grey_a_copy(tmp_path: Path) -> None:
    red, blue = dots(tmp_path / "red.png", (30, 30, 220)), dots(tmp_path / "blue.png", (220, 80, 0))
    paler = dots(tmp_path / "paler.jpg", (60, 60, 225))
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), cv2.imread(str(red), cv2.IMREAD_GRAYSCALE))
    assert near_duplicates([blue], [red]) == [] == near_duplicates_within([red, blue])
    assert near_duplicates([paler, grey], [red]) == [(paler, red), (grey, red)]
    assert near_duplicates([grey], [blue]) == [(grey, blue)]


@pytest.mark.skipif(not (make.SHARED / "data").is_dir(), reason="needs the lab's public images")
def test_the_labs_public_validation_images_have_their_known_twins() -> None:
    public = make.SHARED / "data" / "garbage_26x100"
    found = near_duplicates(pictures(public / "val"), pictures(public / "train"))
    assert 9 <= len(found) <= 11
    assert all(image.parent.name == other.parent.name for image, other in found)
