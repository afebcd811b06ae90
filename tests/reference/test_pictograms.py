"""The pictograms: one seed, one set of images; and the hidden set that is made of them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reference.garbage import pictograms
from reference.garbage.labels import CLASSES

HIDDEN = Path(__file__).parents[2] / "hidden_tests" / "images"

try:
    pictograms.glyph(CLASSES[0].emoji)
except pictograms.FontMissingError as error:
    needs_font = pytest.mark.skip(reason=str(error))
else:
    needs_font = pytest.mark.skipif(False, reason="the font is there")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")
    }


@needs_font
def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        pictograms.write(tmp_path / name, per_class=1, seed=seed)
    first = contents(tmp_path / "a")
    assert first == contents(tmp_path / "b")
    assert first.keys() == contents(tmp_path / "c").keys()
    assert not set(first.values()) & set(contents(tmp_path / "c").values())


@needs_font
def test_more_images_leave_the_first_ones_as_they_were() -> None:
    for number in (0, 3):
        one, two = (pictograms.draw(CLASSES[7], 5, number) for _ in range(2))
        assert one.tobytes() == two.tobytes()


@needs_font
def test_images_are_rgb_of_224_pixels_and_differ_within_a_class() -> None:
    one, two = (pictograms.draw(CLASSES[0], 1, number) for number in (0, 1))
    assert (one.mode, one.size) == ("RGB", (224, 224))
    assert np.abs(np.asarray(one, float) - np.asarray(two, float)).mean() > 5


def test_a_missing_font_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pictograms, "_FONT_PLACES", (str(tmp_path / "none.ttf"),))
    pictograms._font.cache_clear()
    pictograms.glyph.cache_clear()
    assert pictograms.main(["--out", str(tmp_path)]) == 2
    assert pictograms.FONT_PACKAGE in capsys.readouterr().err


def test_the_hidden_set_has_five_images_of_each_class_below_two_megabytes() -> None:
    files = contents(HIDDEN)
    assert {
        name: sum(f.startswith(name) for f in files)
        for name in sorted(p.name for p in HIDDEN.iterdir())
    } == {each.folder: 5 for each in CLASSES}
    assert sum(map(len, files.values())) < 2_000_000


@needs_font
def test_the_hidden_set_is_what_its_seed_draws() -> None:
    stored = np.asarray(Image.open(HIDDEN / "03_01" / "00002.jpg"), float)
    index = [each.folder for each in CLASSES].index("03_01")
    drawn = np.asarray(pictograms.draw(CLASSES[index], pictograms.HIDDEN_SEED, 2), float)
    # JPEG loses a little, and another version of its library loses something else.
    assert np.abs(stored - drawn).mean() < 6
