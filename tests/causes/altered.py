"""Submissions whose network is no longer the one that was trained."""

from __future__ import annotations

from tests.causes import planted

# The spot's place is found by the weights of the last layer, which are solved for; the statistics
# of the normalisations are those of the training's images.
MAIN = """
import numpy as np
import torch
from torch import nn

NAMES = {names!r}
torch.manual_seed(3)

def spots():
    for n in range(26):
        for k in range(2):
            x = np.full((72, 72, 3), 50 + 20 * k, np.uint8)
            r, c = 12 * (n // 6), 12 * (n % 6)
            x[r:r + 12, c:c + 12] = 190 + 30 * k
            yield x

def tensor(image):
    return torch.from_numpy((image.astype(np.float32) / 255).transpose(2, 0, 1).copy())[None]

parts = []
for i, o in ((3, 16), (16, 24), (24, 24), (24, 32)):
    parts += [nn.Conv2d(i, o, 3, padding=1, stride=2), nn.BatchNorm2d(o, momentum=None), nn.ReLU()]
features = nn.Sequential(*parts)
with torch.no_grad():
    seen = torch.cat([tensor(x) for x in spots()])
    for end in range(2, len(parts), 3):  # each by what the ones before make of the images
        features[:end].train()
        features[:end](seen)
        features.eval()
        for norm in features[1:end:3]:
            norm.momentum = 0.0
    made = features(seen).flatten(1)
    wanted = torch.eye(26).repeat_interleave(2, 0)
    weight = torch.linalg.lstsq(made, wanted).solution
# planted
features.eval()

def predict(image):
    with torch.no_grad():
        return NAMES[int((features(tensor(image)).flatten(1) @ weight).argmax())]
"""
# name: the line that is planted, the code that names it
ALTERED = {
    "activation": ("features[5] = nn.Hardtanh(-0.2, 0.2)", "network-altered"),
    "epsilon": ("features[4].eps = 9.0", "network-altered"),
    "not-loaded": (
        "features[6], features[7] = nn.Conv2d(24, 24, 3, 2, 1), nn.BatchNorm2d(24)",
        "weights-not-loaded",
    ),
}


def submission(name: str = "") -> str:
    """The main.py of a submission: sound, or with the change of that name."""
    text = MAIN.replace("{names!r}", repr(planted.NAMES))
    return text.replace("# planted", ALTERED[name][0]) if name else text
