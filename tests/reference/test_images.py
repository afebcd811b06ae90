"""Reading folders of classes, and the form in which a network gets an image."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from reference.garbage.images import NoImagesError, read_folder
from reference.garbage.labels import INDEX_OF_FOLDER, NAMES
from reference.garbage.preprocessing import prepare


def write_image(path: Path, bgr: tuple[int, int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((30, 40, 3), bgr, np.uint8))


def test_a_missing_folder_does_not_shift_the_classes_after_it(tmp_path: Path) -> None:
    for folder in INDEX_OF_FOLDER:
        if folder != "03_02":
            write_image(tmp_path / folder / "0.png", (0, 0, 0))
    data = read_folder(tmp_path, 16)
    assert data.images.shape == (25, 16, 16, 3)
    assert NAMES[data.labels[-1]] == "Banana Peel"
    assert INDEX_OF_FOLDER["03_02"] not in data.labels


def test_a_folder_without_images_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(NoImagesError, match=r"00_00 \.\. 03_03"):
        read_folder(tmp_path, 16)


def test_a_broken_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "00_00").mkdir()
    (tmp_path / "00_00" / "bad.jpg").write_bytes(b"no image")
    with pytest.raises(NoImagesError, match=r"bad\.jpg"):
        read_folder(tmp_path, 16)


def test_blue_of_bgr_becomes_the_last_channel_of_the_input() -> None:
    blue = np.zeros((224, 224, 3), np.uint8)
    blue[:, :, 0] = 255
    red_in, green_in, blue_in = prepare(blue, 64)
    assert blue_in.shape == (64, 64)
    assert blue_in.min() > 0 > max(red_in.max(), green_in.max())
