# -*- coding: utf-8 -*-
# PyTorch version, trained on my laptop
import os

import numpy as np
import torch
from PIL import Image

from model import GarbageNet, LeNet5  # noqa: F401

NAMES = ['Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
         'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
         'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
         'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
         'Eggshell', 'Banana Peel']

device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
root = os.path.dirname(os.path.abspath(__file__))

net = GarbageNet(26)
net.load_state_dict(torch.load(os.path.join(root, 'results', 'garbage_net.pth'), map_location=device))
net.to(device).eval()

mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


@torch.no_grad()
def predict(image):
    # image: np.array from cv2.imread -> PIL
    img = Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    img = img.resize((64, 64), Image.BOX)
    x = torch.from_numpy(np.array(img)).permute(2, 0, 1).float() / 255
    x = ((x - mean) / std).unsqueeze(0).to(device)
    # flip TTA
    out = net(x).softmax(1) + net(x.flip(3)).softmax(1)
    return NAMES[out.argmax(1).item()]


if __name__ == '__main__':
    import cv2

    print(predict(cv2.imread('test.jpg')))
