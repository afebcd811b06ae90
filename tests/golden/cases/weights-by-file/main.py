import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

net = np.load(os.path.join(HERE, "results", "net.npz"))
NAMES = ["Plastic Bottle", "Hats"] + ["?"] * 24


def predict(image):
    """Name of the class."""
    x = image.reshape(-1, 3).mean(axis=0)
    return NAMES[int((net["weight"] @ x + net["bias"]).argmax())]
