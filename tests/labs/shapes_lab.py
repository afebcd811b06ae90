"""A lab of a teacher's own, with parts of arrays and texts and a network, for tests."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from grader.assignment import read_assignment
from tests import submissions

PARTS = """
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
folder = "en"
[[parts.classes]]
folder = "de"
[[networks]]
name = "Net"
input = [1, 8, 8]
reference = "networks/net.py"
"""
TEXT = "The quick brown fox jumps over the lazy dog."


def with_parts(lab: Path) -> Path:
    """The lab with parts of arrays and texts, and a network of a reference."""
    submissions.submission(lab, {"words/en/0.txt": TEXT, "networks/net.py": "class Net: pass"})
    submissions.submission(lab, {"words/de/0.txt": "Franz jagt im Taxi.", "points/line/.keep": ""})
    (lab / "points" / "ring").mkdir()
    np.save(lab / "points" / "ring" / "0.npy", np.arange(10, dtype=np.float32).reshape(5, 2))
    file = lab / "assignment.toml"
    file.write_text(file.read_text(encoding="utf-8") + PARTS, encoding="utf-8")
    return lab


def an_image(lab: Path) -> Path:
    return next(path for path in read_assignment(lab).hidden.rglob("*.png"))


def smaller(lab: Path) -> None:
    image = cv2.resize(cv2.imread(str(an_image(lab))), (128, 128))
    cv2.imwrite(str(lab / "public" / "small.jpg"), image)
