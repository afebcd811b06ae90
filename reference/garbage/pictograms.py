"""Draws the 26 classes as varied pictograms, so that the lab can be tried without a data set.

The glyphs are Noto Color Emoji (SIL Open Font License), so everything drawn here may be shared.
"""

import argparse
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from reference.console import complain, track
from reference.garbage.labels import CLASSES, GarbageClass

SIZE = 224
"""Side of a drawn image in pixels, as in the data set of the lab."""

TRAINING_SEED = 1
HIDDEN_SEED = 20260
"""Seed of the sample hidden set in `hidden_tests/images`; never train with it."""

FONT_PACKAGE = "fonts-noto-color-emoji"
_FONT_PLACES = (
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/google-noto-color-emoji-fonts/NotoColorEmoji.ttf",
    "/usr/share/fonts/noto/NotoColorEmoji.ttf",
)
# CBDT fonts hold bitmaps of one size only; FreeType refuses every other.
_STRIKE_PIXELS = 109
_GLYPH_CANVAS = (136, 128)

FloatArray = npt.NDArray[np.float64]


class FontMissingError(RuntimeError):
    """Noto Color Emoji with bitmaps (CBDT) was not found; the message names the cure."""


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    for place in _FONT_PLACES:
        try:
            return ImageFont.truetype(place, _STRIKE_PIXELS)
        except OSError:
            continue
    raise FontMissingError(
        f"Noto Color Emoji with {_STRIKE_PIXELS} px bitmaps was not found at any of "
        f"{', '.join(_FONT_PLACES)}. Install it: apt-get install {FONT_PACKAGE}"
    )


@lru_cache(maxsize=len(CLASSES))
def glyph(emoji: str) -> Image.Image:
    """Return the emoji as an RGBA image, 136x128 pixels, transparent around it.

    Raises `FontMissingError` where the font is not installed.
    """
    image = Image.new("RGBA", _GLYPH_CANVAS, (0, 0, 0, 0))
    ImageDraw.Draw(image).text((0, 0), emoji, font=_font(), embedded_color=True)
    return image


def draw(garbage_class: GarbageClass, seed: int, number: int) -> Image.Image:
    """Draw one image (RGB, 224x224) of a class; the three arguments decide every pixel of it."""
    index = CLASSES.index(garbage_class)
    rng = np.random.Generator(np.random.PCG64([seed, index, number]))
    scene = _background(rng)
    _clutter(scene, rng)
    _paste_glyph(scene, glyph(garbage_class.emoji), rng)
    if rng.random() < 0.35:
        _stripe_over(scene, rng)
    scene = scene.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.0, 1.6))))
    return _photograph(scene, rng)


def _background(rng: np.random.Generator) -> Image.Image:
    """A smooth field of a few random colours, as a table or a floor out of focus."""
    cells = int(rng.integers(2, 6))
    # Muted colours: a loud background would hide the colours of the glyph.
    colours = rng.uniform(70, 235, (1, 1, 3)) + rng.normal(0, 28, (cells, cells, 3))
    small = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
    return small.resize((SIZE, SIZE), Image.Resampling.BICUBIC)


def _random_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(20, 236, 3))
    return red, green, blue


def _clutter(scene: Image.Image, rng: np.random.Generator) -> None:
    """Lay random lines and ellipses behind the glyph, so that edges alone do not tell."""
    pen = ImageDraw.Draw(scene)
    for _ in range(int(rng.integers(0, 6))):
        x0, x1 = sorted(int(value) for value in rng.integers(-30, SIZE + 30, 2))
        y0, y1 = sorted(int(value) for value in rng.integers(-30, SIZE + 30, 2))
        colour = _random_colour(rng)
        if rng.random() < 0.5:
            pen.line((x0, y0, x1, y1), fill=colour, width=int(rng.integers(2, 10)))
        else:
            pen.ellipse((x0, y0, x1, y1), outline=colour, width=int(rng.integers(2, 12)))


def _paste_glyph(scene: Image.Image, picture: Image.Image, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    side = SIZE * float(rng.uniform(0.42, 1.0))
    squeeze = float(rng.uniform(0.8, 1.25))
    picture = picture.resize(
        (round(side * squeeze), round(side / squeeze)), Image.Resampling.BICUBIC
    )
    angle = float(rng.normal(0, 28))
    picture = picture.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    # The centre stays well inside; what sticks out is cropped, as in a careless photograph.
    x, y = (float(value) for value in rng.uniform(0.32, 0.68, 2) * SIZE)
    corner = (round(x - picture.width / 2), round(y - picture.height / 2))
    scene.paste(picture, corner, picture)


def _stripe_over(scene: Image.Image, rng: np.random.Generator) -> None:
    """Cover a part of the glyph with a bar, as a finger or a table edge would."""
    x0, y0, x1, y1 = (int(value) for value in rng.integers(0, SIZE, 4))
    ImageDraw.Draw(scene).line(
        (x0, y0, x1, y1), fill=_random_colour(rng), width=int(rng.integers(8, 30))
    )


def _photograph(scene: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Light the scene unevenly and add sensor noise."""
    pixels: FloatArray = np.asarray(scene, dtype=np.float64) / 255.0
    exposure = rng.uniform(0.55, 1.25)
    # A mild cast only: with a strong one no colour could be trusted, and a model that swaps red
    # and blue would lose nothing.
    cast = rng.normal(1.0, 0.06, (1, 1, 3))
    corners = Image.fromarray(rng.uniform(0.7, 1.0, (2, 2)).astype(np.float32))
    shade = np.asarray(corners.resize((SIZE, SIZE), Image.Resampling.BILINEAR))[..., None]
    contrast = rng.uniform(0.6, 1.1)
    lit = ((pixels - 0.5) * contrast + 0.5) * exposure * cast * shade
    noise = rng.normal(0, rng.uniform(0.0, 0.05), lit.shape)
    return Image.fromarray((np.clip(lit + noise, 0, 1) * 255).astype(np.uint8))


def write(out: Path, per_class: int, seed: int) -> None:
    """Write `per_class` JPEG files for each class to `out/00_00` .. `out/03_03`.

    Same seed, same bytes (with the same Pillow and font). Raises `FontMissingError`.
    """
    for index, garbage_class in enumerate(track(CLASSES, "drawing")):
        folder = out / garbage_class.folder
        folder.mkdir(parents=True, exist_ok=True)
        qualities = np.random.Generator(np.random.PCG64([seed, index])).integers(35, 86, per_class)
        for number, quality in enumerate(qualities):
            image = draw(garbage_class, seed, number)
            image.save(folder / f"{number:05d}.jpg", quality=int(quality))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 where the font is missing."""
    parser = argparse.ArgumentParser(prog="python -m reference.garbage.pictograms")
    parser.description = "Draw the 26 classes from Noto Color Emoji: 224x224 RGB JPEG."
    parser.add_argument("--out", type=Path, required=True, help="folder to write 00_00..03_03 to")
    parser.add_argument("--per-class", type=int, default=100, help="images of a class (100)")
    parser.add_argument("--seed", type=int, default=TRAINING_SEED, help="same seed, same bytes")
    options = parser.parse_args(arguments)
    try:
        write(options.out, options.per_class, options.seed)
    except FontMissingError as error:
        complain(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
