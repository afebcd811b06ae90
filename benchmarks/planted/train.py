"""Trains the head of `net.Net` on a folder of images: ``train.py BACKBONE TRAIN OUT EACH``."""

import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from net import Net
from torch import nn

MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])

GROUPS = ((0, 10), (1, 8), (2, 4), (3, 4))  # number and classes of each


def read(path):
    image = cv2.resize(cv2.imread(str(path)), (224, 224), interpolation=cv2.INTER_AREA)
    x = (image[:, :, ::-1].astype(np.float32) / 255 - MEAN) / STD
    return torch.from_numpy(x.transpose(2, 0, 1).copy())


def labelled(train, each):
    """The first `each` images of each class there, with its number among all 26 of the lab."""
    folders = [f"{group:02}_{number:02}" for group, n in GROUPS for number in range(n)]
    return [
        (path, index)
        for index, folder in enumerate(folders)
        if (Path(train) / folder).is_dir()
        for path in sorted((Path(train) / folder).iterdir())[:each]
    ]


def fitted(x, y):
    """A head trained on features (N, 1280) with dropout before it."""
    head, dropout = nn.Linear(x.shape[1], 26), nn.Dropout(0.5)
    optimizer = torch.optim.AdamW(head.parameters(), 2e-3, weight_decay=0.02)
    for _ in range(60):
        for at in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(dropout(x[at])), y[at]).backward()
            optimizer.step()
    return head


def main(backbone, train, out, each):
    torch.manual_seed(1)
    net = Net()
    stored = [v for k, v in torch.load(backbone).items() if not k.startswith("_fc")]
    names = [name for name in net.state_dict() if not name.startswith("fc")]
    net.load_state_dict(dict(zip(names, stored, strict=True)), strict=False)
    net.eval()
    files = labelled(train, int(each))
    features = []
    with torch.no_grad():
        for start in range(0, len(files), 16):
            batch = torch.stack([read(path) for path, _ in files[start : start + 16]])
            features.append(net.features(batch).mean((2, 3)))
    x, y = torch.cat(features), torch.tensor([n for _, n in files])
    net.fc = fitted(x, y)
    torch.save(net.state_dict(), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
