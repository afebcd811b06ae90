"""A lab with three functions: of images, of arrays and of texts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

LAB = """
[assignment]
id = "three"
title = { en = "Three things" }
[interface]
function = "classify"
channels = "RGB"
[policy]
title = { en = "Pictures", zh = "图片" }
points = 60
[[classes]]
folder = "rot"
[[classes]]
folder = "blau"
[[parts]]
id = "points"
function = "classify_points"
inputs = "arrays"
hidden = "points"
[[parts.classes]]
folder = "ring"
[[parts.classes]]
folder = "line"
[[parts]]
id = "words"
function = "language"
inputs = "texts"
hidden = "words"
[[parts.classes]]
folder = "中文"
[[parts.classes]]
folder = "deutsch"
[policy.parts.points]
title = { en = "Points in the plane", zh = "平面上的点" }
points = 25
[policy.parts.words]
title = { en = "Languages", zh = "语言" }
points = 15
rule = "linear"
full_at = 100
"""
MAIN = """
import numpy as np

def classify(image):
    assert image.dtype == np.uint8
    return "rot" if image[0, 0, 0] > image[0, 0, 2] else "blau"

def classify_points(points):
    assert points.dtype == np.float32 and points.shape == (5, 2)
    return "ring" if abs(points).max() > 2 else "line"
"""
LANGUAGE = """
def language(text):
    assert isinstance(text, str)
    if "!" in text:
        raise SystemExit(3)
    return "deutsch" if text.isascii() else "中文"
"""
EACH = 12  # inputs of a class


def lay_out(home: Path) -> Path:
    """The lab at the empty folder `home`, with hidden inputs of all three."""
    (home / "assignment.toml").write_text(LAB, encoding="utf-8")
    for folder in ("images/rot", "images/blau", "points/ring", "points/line", "words/中文",
                   "words/deutsch"):  # fmt: skip
        (home / folder).mkdir(parents=True)
    for number in range(EACH):
        for folder, colour in (("rot", (0, number, 200)), ("blau", (200, number, 0))):
            image = np.full((8, 8, 3), colour, np.uint8)
            data = cv2.imencode(".png", image)[1].tobytes()
            (home / "images" / folder / f"{number}.png").write_bytes(data)
        for folder, size in (("ring", 3.0), ("line", 1.0)):
            np.save(home / "points" / folder / f"{number}.npy", np.full((5, 2), size + number / 99))
        (home / "words" / "中文" / f"{number}.txt").write_text(f"你好 {number}", encoding="utf-8")
        mark = "!" if number == 7 else "."
        (home / "words" / "deutsch" / f"{number}.txt").write_text(f"Hallo {number}{mark}")
    return home
