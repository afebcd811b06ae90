"""The example of a lab: ten classes of coloured shapes, drawn here."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from grader.assignment import Label

SIDE = 48  # pixels of an image
IMAGES_PER_CLASS = 40
_COLOURS = {"red": ("红色", (215, 40, 40)), "blue": ("蓝色", (40, 60, 215))}
_SHAPES = {
    "circle": "圆形",
    "square": "正方形",
    "triangle": "三角形",
    "star": "星形",
    "cross": "十字形",
}


def labels() -> list[Label]:
    """The classes, in the order of the table."""
    return [
        Label(folder=f"{colour}-{shape}", en=f"{colour} {shape}", zh=f"{in_zh}{_SHAPES[shape]}")
        for colour, (in_zh, _) in _COLOURS.items()
        for shape in _SHAPES
    ]


def draw(folder: Path) -> None:
    """Draw all images below `folder`, one folder a class; the same ones every time."""
    random = np.random.default_rng(2024)
    for label in labels():
        colour, shape = label.folder.split("-")
        (folder / label.folder).mkdir(parents=True)
        for number in range(IMAGES_PER_CLASS):
            image = _image(shape, _COLOURS[colour][1], random)
            image.save(folder / label.folder / f"{number:02}.png")


def _image(shape: str, colour: tuple[int, int, int], random: np.random.Generator) -> Image.Image:
    """One shape somewhere on a coarse background, SIDE x SIDE."""
    spots = random.integers(70, 200, (6, 6, 1)).repeat(3, axis=2).astype(np.uint8)
    image = Image.fromarray(spots).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    drawn = ImageDraw.Draw(image)
    x, y = (SIDE // 2 + int(random.integers(-3, 4)) for _ in range(2))
    size, turn = int(random.integers(14, 18)), math.radians(float(random.uniform(-8, 8)))
    paint = tuple(int(np.clip(value + random.integers(-35, 36), 0, 255)) for value in colour)
    if shape == "circle":
        drawn.ellipse((x - size, y - size, x + size, y + size), fill=paint)
    elif shape == "cross":
        for along in (0.0, math.pi / 2):
            drawn.polygon([(x + a, y + b) for a, b in _bar(size, turn + along)], fill=paint)
    else:
        drawn.polygon([(x + a, y + b) for a, b in _corners(shape, size, turn)], fill=paint)
    noisy = np.asarray(image, np.int16) + random.integers(-12, 13, (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _corners(shape: str, size: int, turn: float) -> list[tuple[float, float]]:
    """Corners around (0, 0), in pixels."""
    count = {"square": 4, "triangle": 3, "star": 10}[shape]
    begin = -math.pi / 4 if shape == "square" else -math.pi / 2
    corners = []
    for number in range(count):
        radius = size * (0.42 if shape == "star" and number % 2 else 1.15)
        angle = begin + turn + number * 2 * math.pi / count
        corners.append((radius * math.cos(angle), radius * math.sin(angle)))
    return corners


def _bar(size: int, turn: float) -> list[tuple[float, float]]:
    half = size * 0.32
    corners = ((-size, -half), (size, -half), (size, half), (-size, half))
    cos, sin = math.cos(turn), math.sin(turn)
    return [(a * cos - b * sin, a * sin + b * cos) for a, b in corners]
