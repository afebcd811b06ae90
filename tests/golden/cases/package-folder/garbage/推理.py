from pathlib import Path

import numpy as np

from .config import NAMES as 类别

权重 = Path(__file__).resolve().parent.parent / "results"
w = np.load(权重 / "第一部分.npz")["weight"]
b = np.load(权重 / "第二部分.npz")["bias"]


def predict(image):
    x = image.astype(np.float64).mean(axis=(0, 1)) / 255
    return 类别[np.argmax(w @ x + b)]
