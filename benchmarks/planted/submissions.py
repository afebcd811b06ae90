"""Submissions of one trained network: each is `BASE` with a few lines changed."""

from __future__ import annotations

from pathlib import Path

from grader.assignment import read_assignment
from planted.odd_preprocessing import (
    AS_TRAINED,
    ASK,
    AXES,
    CVT,
    EVAL,
    LOAD,
    NORM,
    RETRAINED,
    SAY,
    SIZE,
    UNIT,
)
from planted.other_networks import OTHER_NETWORKS

BASE = """
import os
import cv2
import numpy as np
import torch
from net import Net

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = {names!r}
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
net = Net(26)
net.load_state_dict(torch.load(os.path.join(HERE, "net.pth")))
net.eval()

def predict(image):
    x = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    x = cv2.resize(x, (224, 224), interpolation=cv2.INTER_AREA)
    x = x.astype(np.float32) / 255
    x = (x - MEAN) / STD
    x = torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1))).unsqueeze(0)
    with torch.no_grad():
        y = net(x)
    return NAMES[int(y.argmax(1))]
"""
BODY = BASE[BASE.index("    x = cv2.cvt") :]

# name: the codes that name it truly
MISTAKES: dict[str, tuple[str, ...]] = {
    "not-divided": ("pixel-scale",),
    "divided-twice": ("pixel-scale",),
    "normalised-twice": ("pixel-scale",),
    "training-mode": ("training-mode",),
    "dropout-at-work": ("nondeterministic", "training-mode"),
    "axes-swapped": ("axes-swapped",),
    "reshaped": ("axes-reshaped",),
    "size-64": ("image-size",),
    "size-96": ("image-size",),
    "middle-80": ("image-cut",),
    "smallest": ("smallest-taken",),
    "wraps": ("values-wrapped",),
    "bare-except": ("exception-swallowed",),
    "fixed-file": ("image-ignored",),
    "weight-nan": ("not-finite",),
    "untrained": ("weights-not-loaded",),
    "off-by-one": ("label-order",),
    "softmax-over-batch": ("largest-not-taken", "constant-answers"),
    "upside-down": ("image-flipped",),
    "not-divided-training": ("training-mode", "pixel-scale"),
    "divided-twice-channels": ("pixel-scale", "channel-order"),
    "counter": ("nondeterministic",),
    "zero-image": ("image-ignored",),
    # Kept back: planted once the rules stood.
    "quarter-turn": ("axes-swapped", "image-flipped"),
    "first-of-argsort": ("smallest-taken",),
    "answer-of-the-last": ("nondeterministic",),
    "turned-and-64": ("axes-swapped", "image-size"),
    "cut-and-not-divided": ("image-cut", "pixel-scale"),
    "cut-in-training": ("training-mode", "image-cut"),
    "log-of-zero": ("not-finite",),
    "overflowing": ("pixel-scale",),
    "left-half": ("image-cut",),
    "tripled": ("pixel-scale",),
    "returns-early": ("exception-swallowed",),
    # Kept back a second time.
    "rounded": ("values-rounded",),
    "whole-numbers": ("values-rounded",),
    "its-own-range": ("values-changed",),
    "hsv": ("colours-changed",),
    "corner": ("image-cut",),
    "bordered": ("image-padded",),
    "thumbnail": ("image-detail",),
    "random-crop": ("random-input", "nondeterministic"),
    "alphabet": ("label-order",),
    "head-not-loaded": ("weights-not-loaded",),
    # Kept back a third time.
    "mean-of-255": ("pixel-scale",),
    "normalised-then-divided": ("pixel-scale",),
    "bytes-after-normalising": ("values-rounded", "values-wrapped", "values-changed"),
    "epsilon-of-normalisation": ("network-altered",),
    "backbone-not-loaded": ("weights-not-loaded",),
    "first-answer-kept": ("constant-answers", "image-ignored"),
    "kept-by-shape": ("image-ignored", "nondeterministic", "constant-answers"),
    "numbers-as-words": ("label-order",),
    "doubled-bytes": ("values-wrapped",),
    "signed-bytes": ("values-wrapped",),
    "functional-dropout": ("nondeterministic", "training-mode"),
    "head-shuffled": ("label-order",),
    "first-above-half": ("largest-not-taken",),
    "contrast-lost": ("pixel-scale",),
    "tiled": ("image-size", "image-padded", "image-detail", "axes-reshaped"),
    "narrow-strip": ("image-cut",),
    "yuv": ("colours-changed",),
    "out-of-focus": ("image-detail",),
    "two-colours": ("values-rounded",),
    "read-as-a-path": ("exception-swallowed", "image-ignored"),
    "upside-down-by-a-coin": ("random-input", "nondeterministic"),
    "relu-at-the-end": ("largest-not-taken", "constant-answers"),
    # Kept back a fourth time.
    "inverted": ("pixel-scale",),
    "mean-for-deviation": ("pixel-scale",),
    "channels-rolled": ("colours-changed", "channel-order"),
    "blue-for-all": ("colours-changed",),
    "solarised": ("values-changed",),
    "argmax-of-whole-numbers": ("largest-not-taken",),
    # Kept back a fifth time: the network is not the one that was trained, and others.
    "other-activation": ("network-altered",),
    "no-connections": ("network-altered",),
    "block-not-loaded": ("weights-not-loaded",),
    "statistics-not-loaded": ("weights-not-loaded", "network-altered"),
    "activation-left-out": ("network-altered",),
    "unsure-says-other": ("largest-not-taken",),
    "first-ten-classes": ("largest-not-taken",),
    "second-best": ("largest-not-taken",),
    "negative-equalised": ("pixel-scale", "values-changed", "colours-changed"),
    "middle-blackened": ("image-cut", "image-padded", "image-detail"),
}
SOUND: dict[str, tuple[str, ...]] = dict.fromkeys(
    (
        *("plain", "letterbox", "crop", "flips", "five-crops", "two-sizes", "own-order"),
        *("scaled-in-net", "pillow", "torch-normalise", "half-brightness", "size-192", "size-256"),
        *("no-normalisation", "minus-one-to-one", "channels"),
        *("grey", "fewer-pixels", "blurred", "two-stage", "chained-fallback", "noisy", "jpeg"),
        *RETRAINED,
        *AS_TRAINED,
    ),
    (),
)

_CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "not-divided": ((UNIT, "x = x.astype(np.float32)"),),
    "divided-twice": ((UNIT, "x = x.astype(np.float32) / 255 / 255"),),
    "no-normalisation": ((NORM, ""),),
    "normalised-twice": ((NORM, NORM + NORM),),
    "minus-one-to-one": ((NORM, "    x = x * 2 - 1\n"),),
    "training-mode": ((EVAL, ""),),
    "dropout-at-work": ((EVAL, "net.eval(); net.dropout.p = 0.9; net.dropout.train()\n"),),
    "axes-swapped": ((AXES, AXES.replace("(2, 0, 1)", "(2, 1, 0)")),),
    "reshaped": ((AXES, AXES.replace("transpose(2, 0, 1)", "reshape(3, 224, 224)")),),
    "size-64": ((SIZE, SIZE.replace("224", "64")),),
    "size-96": ((SIZE, SIZE.replace("224", "96")),),
    "middle-80": ((SIZE, "h, w = x.shape[:2]; x = x[h//2-40:h//2+40, w//2-40:w//2+40]; " + SIZE),),
    "smallest": ((SAY, SAY.replace("argmax", "argmin")),),
    "wraps": ((UNIT, "x = (x - np.uint8(128)).astype(np.float32) / 255"),),
    "fixed-file": ((CVT, CVT.replace("image,", "cv2.imread(HERE + '/test.jpg'),")),),
    "weight-nan": (),
    "untrained": ((LOAD, ""),),
    "off-by-one": ((SAY, "return NAMES[(int(y.argmax(1)) + 1) % 26]"),),
    "softmax-over-batch": ((SAY, "return NAMES[int(torch.softmax(y, 0).argmax(1))]"),),
    "channels": ((CVT, "x = image"),),
    "upside-down": ((SIZE, SIZE + "[::-1]"),),
    "not-divided-training": ((UNIT, "x = x.astype(np.float32)"), (EVAL, "")),
    "divided-twice-channels": ((UNIT, UNIT + " / 255"), (CVT, "x = image")),
    "counter": (
        ("def predict", "count = [0]\ndef predict"),
        (SAY, "count[0] += 1\n    return NAMES[(int(y.argmax(1)) + count[0] // 3) % 26]"),
    ),
    "zero-image": ((SIZE, "x = np.zeros((224, 224, 3), np.uint8)"),),
    "quarter-turn": ((SIZE, SIZE + "; x = np.rot90(x)"),),
    "first-of-argsort": ((SAY, "return NAMES[int(y.argsort(1)[0, 0])]"),),
    "answer-of-the-last": (
        ("def predict", "last = [NAMES[0]]\ndef predict"),
        (SAY, "last.append(NAMES[int(y.argmax(1))]); return last[-2]"),
    ),
    "turned-and-64": (
        (SIZE, SIZE.replace("224", "64")),
        (AXES, AXES.replace("(2, 0, 1)", "(2, 1, 0)")),
    ),
    "cut-and-not-divided": (
        (SIZE, "h, w = x.shape[:2]; x = x[h//4:3*h//4, w//4:3*w//4]; " + SIZE),
        (UNIT, "x = x.astype(np.float32)"),
    ),
    "cut-in-training": (
        (SIZE, "h, w = x.shape[:2]; x = x[h//4:3*h//4, w//4:3*w//4]; " + SIZE),
        (EVAL, ""),
    ),
    "log-of-zero": ((NORM, "    x = np.log(x - 0.5)\n"),),
    "overflowing": ((ASK, "y = net(x * 1e30)"),),
    "left-half": ((SIZE, "x = x[:, :x.shape[1]//2]; " + SIZE),),
    "tripled": ((UNIT, "x = x.astype(np.float32) / 255 * 40"),),
    "returns-early": (
        (
            CVT,
            "try:\n        image.missing\n    except Exception:\n        return NAMES[1]\n    "
            + CVT,
        ),
    ),
    "rounded": ((UNIT, "x = (x / 255).astype(np.uint8).astype(np.float32)"),),
    "whole-numbers": ((UNIT, "x = (x // 255).astype(np.float32)"),),
    "its-own-range": ((UNIT, "x = x.astype(np.float32); x = 9 * (x - x.min()) / np.ptp(x)"),),
    "hsv": ((CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)"),),
    "corner": ((CVT, CVT + "; x = x[:x.shape[0] // 2, :x.shape[1] // 2]"),),
    "bordered": ((SIZE, "x = np.pad(cv2.resize(x, (80, 80)), ((72, 72), (72, 72), (0, 0)))"),),
    "thumbnail": ((SIZE, "x = cv2.resize(x, (20, 20)); " + SIZE),),
    "random-crop": (
        (
            SIZE,
            "i, j = np.random.randint(0, 300, 2); "
            "x = cv2.resize(x, (400, 400))[i:i + 100, j:j + 100]; " + SIZE,
        ),
    ),
    "alphabet": ((SAY, SAY.replace("NAMES[", "sorted(NAMES)[")),),
    "head-not-loaded": (
        (
            'net.load_state_dict(torch.load(os.path.join(HERE, "net.pth")))',
            "s = torch.load(os.path.join(HERE, 'net.pth'))\n"
            "net.load_state_dict({k: v for k, v in s.items() if 'fc' not in k}, strict=False)",
        ),
    ),
    "mean-of-255": ((NORM, "    x = x - np.float32([123.7, 116.3, 103.5])\n"),),
    "normalised-then-divided": (
        (UNIT, "x = x.astype(np.float32)"),
        (NORM, "    x = (x - MEAN) / STD / 255 * 8\n"),
    ),
    "bytes-after-normalising": (
        (NORM, "    x = ((x - MEAN) / STD).astype(np.int32).astype(np.uint8).astype(np.float32)\n"),
    ),
    "epsilon-of-normalisation": (
        (
            EVAL,
            "for m in net.modules():\n    if isinstance(m, torch.nn.BatchNorm2d):\n"
            "        m.eps = 0.3\n" + EVAL,
        ),
    ),
    "backbone-not-loaded": (
        (
            LOAD,
            "s = torch.load(os.path.join(HERE, 'net.pth'))\nnet.load_state_dict("
            "{k.replace('features', 'backbone'): v for k, v in s.items()}, strict=False)\n",
        ),
    ),
    "first-answer-kept": (
        (
            "def predict(image):",
            "kept = []\ndef predict(image):\n    if kept:\n        return kept[0]",
        ),
        (SAY, "kept.append(NAMES[int(y.argmax(1))])\n    return kept[0]"),
    ),
    "kept-by-shape": (
        (
            "def predict(image):",
            "kept = {}\ndef predict(image):\n"
            "    if image.shape in kept:\n        return kept[image.shape]",
        ),
        (SAY, "kept[image.shape] = NAMES[int(y.argmax(1))]\n    return kept[image.shape]"),
    ),
    "numbers-as-words": (
        (SAY, "return NAMES[int(sorted(map(str, range(26)))[int(y.argmax(1))])]"),
    ),
    "doubled-bytes": ((UNIT, "x = (x * np.uint8(2)).astype(np.float32) / 255"),),
    "signed-bytes": ((UNIT, "x = x.astype(np.int8).astype(np.float32) / 255"),),
    "functional-dropout": (
        (ASK, "y = net.fc(torch.nn.functional.dropout(net.features(x).mean((2, 3)), .95))"),
    ),
    "head-shuffled": (
        (
            EVAL,
            "o = torch.randperm(26, generator=torch.Generator().manual_seed(1))\n"
            "net.fc.weight.data, net.fc.bias.data = net.fc.weight.data[o], net.fc.bias.data[o]\n"
            + EVAL,
        ),
    ),
    "first-above-half": ((SAY, SAY.replace("y.argmax(1)", "(y.sigmoid() > .5).int().argmax(1)")),),
    "contrast-lost": ((UNIT, UNIT + " * 0.08 + 0.46"),),
    "tiled": ((SIZE, "x = np.tile(cv2.resize(x, (56, 56)), (4, 4, 1))"),),
    "narrow-strip": ((CVT, CVT + "; x = x[:, :x.shape[1] // 4]"),),
    "yuv": ((CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2YUV)"),),
    "out-of-focus": ((SIZE, "x = cv2.GaussianBlur(x, (0, 0), 18); " + SIZE),),
    "two-colours": ((UNIT, "x = (x > 127).astype(np.float32)"),),
    "read-as-a-path": (
        (
            CVT,
            "try:\n        x = cv2.imread(image)\n    except Exception:\n"
            "        x = np.zeros((224, 224, 3), np.uint8)",
        ),
    ),
    "upside-down-by-a-coin": (
        (SIZE, SIZE + "; x = np.rot90(x, np.random.randint(4)) * np.uint8(np.random.rand() > .3)"),
    ),
    "relu-at-the-end": ((ASK, "y = torch.relu(net(x) - 30)"),),
    "inverted": ((CVT, CVT + "; x = 255 - x"),),
    "mean-for-deviation": ((NORM, "    x = (x - STD) / MEAN\n"),),
    "channels-rolled": ((CVT, CVT + "[..., [1, 2, 0]]"),),
    "blue-for-all": ((CVT, "x = np.repeat(image[..., :1], 3, 2)"),),
    "solarised": ((CVT, CVT + "; x = np.where(x > 127, 255 - x, x)"),),
    "argmax-of-whole-numbers": ((SAY, SAY.replace("y.argmax", "(y / 8).int().argmax")),),
    "unsure-says-other": (
        (SAY, "return NAMES[int(y.argmax(1))] if y.softmax(1).max() > .97 else NAMES[25]"),
    ),
    "first-ten-classes": ((SAY, SAY.replace("y.argmax", "y[:, :10].argmax")),),
    "second-best": ((SAY, "return NAMES[int(y.topk(2).indices[0, 1])]"),),
    "negative-equalised": (
        (CVT, CVT + "; x = np.dstack([cv2.equalizeHist(255 - x[..., i]) for i in range(3)])"),
    ),
    "middle-blackened": ((SIZE, SIZE + "; x[40:184, 40:184] = 0"),),
    "plain": (),
    "letterbox": (
        (
            SIZE,
            "h, w = x.shape[:2]; s = max(h, w); c = np.full((s, s, 3), 124, np.uint8)\n"
            "    c[(s-h)//2:(s-h)//2+h, (s-w)//2:(s-w)//2+w] = x; x = c; " + SIZE,
        ),
    ),
    "crop": ((SIZE, "x = cv2.resize(x, (256, 256))[16:240, 16:240]"),),
    "flips": ((ASK, "y = net(x).softmax(1) + net(x.flip(3)).softmax(1)"),),
    "five-crops": (
        (SIZE, "x = cv2.resize(x, (240, 240))"),
        (ASK, "y = sum(net(x[:, :, i:i+224, j:j+224]) for i in (0, 16) for j in (0, 16))"),
    ),
    "two-sizes": ((ASK, "y = net(x) + net(torch.nn.functional.interpolate(x, scale_factor=0.8))"),),
    "own-order": ((CVT, "x = image[..., [2, 1, 0]]"),),
    "scaled-in-net": (
        (UNIT, "x = x.astype(np.float32)"),
        (NORM, ""),
        (
            EVAL,
            EVAL + "inner = net\nclass Scaled(torch.nn.Module):\n"
            "    def __init__(self):\n        super().__init__(); self.inner = inner\n"
            "    def forward(self, x):\n"
            "        m, s = (torch.from_numpy(v)[None, :, None, None] for v in (MEAN, STD))\n"
            "        return self.inner((x / 255 - m) / s)\nnet = Scaled().eval()\n",
        ),
    ),
    "pillow": (
        (CVT, "from PIL import Image; x = Image.fromarray(image[:, :, ::-1])"),
        (SIZE, "x = np.asarray(x.resize((224, 224), Image.BICUBIC))"),
    ),
    "torch-normalise": (
        (NORM, ""),
        (
            AXES,
            AXES + "\n    x = (x - torch.from_numpy(MEAN)[:, None, None]) "
            "/ torch.from_numpy(STD)[:, None, None]",
        ),
    ),
    "half-brightness": ((UNIT, "x = x.astype(np.float32) / 280"),),
    "size-192": ((SIZE, SIZE.replace("224", "192")),),
    "size-256": ((SIZE, SIZE.replace("224", "256")),),
    "grey": ((CVT, "x = cv2.cvtColor(cv2.cvtColor(image, 6), cv2.COLOR_GRAY2RGB)"),),
    "fewer-pixels": ((SIZE, "x = cv2.resize(x, (112, 112)); " + SIZE),),
    "blurred": ((SIZE, "x = cv2.GaussianBlur(x, (0, 0), 2); " + SIZE),),
    "two-stage": ((ASK, "y = net.fc(net.features(x).mean((2, 3)))"),),
    "chained-fallback": (
        (
            CVT,
            "try:\n        import pillow_heif_none\n    except ImportError:\n        pass\n    "
            + CVT,
        ),
    ),
    "noisy": ((UNIT, UNIT + " + np.random.RandomState(0).normal(0, .05, x.shape).astype('f4')"),),
    "jpeg": ((SIZE, SIZE + "; x = cv2.imdecode(cv2.imencode('.jpg', x)[1], 1)"),),
    **RETRAINED,
    **AS_TRAINED,
    **OTHER_NETWORKS,
}


def source(name: str, names: tuple[str, ...] = ()) -> str:
    """The main.py of a submission."""
    names = names or read_assignment(Path(__file__).parents[2] / "hidden_tests").names
    text = BASE.replace("{names!r}", repr(list(names)))
    if name == "bare-except":
        inner = "".join("    " + line + "\n" for line in BODY.splitlines())
        inner = inner.replace(NORM.strip(), "x = (x - MEANS) / STD")
        return text.replace(BODY, f"    try:\n{inner}    except:\n        return NAMES[0]\n")
    for old, new in _CHANGES[name]:
        if old not in text:
            raise ValueError(f"{name}: {old!r} is not there")
        text = text.replace(old, new, 1)
    return text
