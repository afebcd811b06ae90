import cv2
import numpy as np
import torch
from torch import nn

from labels import index_to_name

torch.manual_seed(3)


class Classifier(nn.Module):
    """Small backbone and a head for the 26 kinds of garbage."""

    def __init__(self, num_classes=26):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU6(), nn.AdaptiveAvgPool2d(1)
        )
        self.head = nn.Linear(16, num_classes)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


# model.load_state_dict(torch.load('results/best.pth', map_location='cpu'))
model = Classifier().eval()


def predict(image):
    image = cv2.resize(image, (64, 64)).astype(np.float32) / 255.0
    x = torch.from_numpy(image.transpose(2, 0, 1)).unsqueeze(0)
    with torch.no_grad():
        return index_to_name[int(model(x).argmax(dim=1))]
