"""The hidden images: what counts as one, what is ignored, what is told before a run."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.assignment import Assignment, AssignmentError, read_assignment
from grader.examine.images import decode, read_hidden

GREEN = (10, 200, 30)


@pytest.fixture
def assignment() -> Assignment:
    return read_assignment(Path("hidden_tests"))


def picture(form: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), GREEN).save(file, form)
    return file.getvalue()


FORMS = {
    "a.png": "PNG",
    "b.JPG": "JPEG",
    "c.jfif": "JPEG",
    "d.WebP": "WEBP",
    "e.tif": "TIFF",
    "f.TIFF": "TIFF",
    "g.bmp": "BMP",
    "h.gif": "GIF",
    "i.png": "JPEG",
    "j.jpe": "JPEG",
    "k": "PNG",
    "l.jpg_large": "JPEG",
}
CLUTTER = ("._a.png", ".DS_Store", "Thumbs.db", "desktop.ini", "a.png:Zone.Identifier")


def test_what_can_be_decoded_is_an_image_whatever_its_suffix(
    tmp_path: Path, assignment: Assignment
) -> None:
    inner = tmp_path / assignment.classes[0].folder
    inner.mkdir()
    for name, form in FORMS.items():
        (inner / name).write_bytes(picture(form))
    for name in CLUTTER:
        (inner / name).write_bytes(b"clutter")
    (tmp_path / "__MACOSX").mkdir()
    found = read_hidden(assignment, tmp_path)
    assert [image.path.name for image in found.images] == sorted(FORMS)
    for name in FORMS:
        pixels = decode((inner / name).read_bytes())
        assert pixels is not None and pixels.shape == (24, 32, 3)
        assert np.abs(pixels[12, 16].astype(int) - GREEN[::-1]).max() < 8, name
    assert not any("left out" in str(said) for said in found.told)


def test_anything_else_is_told_with_how_many_images_each_class_has(
    tmp_path: Path, assignment: Assignment
) -> None:
    for label in assignment.classes[1:]:
        (tmp_path / label.folder).mkdir()
        (tmp_path / label.folder / "a.png").write_bytes(picture("PNG"))
    first = assignment.classes[1].folder
    (tmp_path / first / "labels.txt").write_text("x")
    (tmp_path / first / "more").mkdir()
    (tmp_path / "readme.md").write_text("x")
    found = read_hidden(assignment, tmp_path)
    left, without, each = map(str, found.told)
    assert (
        f"3 files or folders are no images and were left out: readme.md, {first}/labels.txt" in left
    )
    assert without.endswith(f"1 classes have none: {assignment.classes[0].folder}")
    assert each.startswith(
        f"hidden images: {len(assignment.classes) - 1}, of each class: {first} 1"
    )


@pytest.mark.parametrize("name", ["a.heic", "a.JPG", "a.svg"])
def test_an_image_that_cannot_be_read_is_refused(
    tmp_path: Path, assignment: Assignment, name: str
) -> None:
    inner = tmp_path / assignment.classes[0].folder
    inner.mkdir()
    (inner / "good.png").write_bytes(picture("PNG"))
    (inner / name).write_bytes(b"no image")
    with pytest.raises(AssignmentError, match="not an image that can be read"):
        read_hidden(assignment, tmp_path)


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA")])
def test_pixels_are_the_same_without_opencv(
    monkeypatch: pytest.MonkeyPatch, form: str, mode: str, quality: int
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (37, 51, len(mode)), np.uint8)
    file = io.BytesIO()
    exif = Image.Exif()
    exif[274] = 6  # to be turned by 90 degrees
    Image.fromarray(noise.squeeze(), mode).save(
        file, form, quality=quality, **({"exif": exif} if form == "JPEG" else {})
    )
    with_opencv = decode(file.getvalue())
    monkeypatch.setitem(sys.modules, "cv2", None)
    without = decode(file.getvalue())
    assert with_opencv is not None and without is not None
    assert np.array_equal(with_opencv, without)
