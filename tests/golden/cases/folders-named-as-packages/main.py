import tqdm
import cv2

tqdm.tqdm([])
import numpy as np

net = np.load("cv2/net.npz")
NAMES = ["Plastic Bottle", "Hats"] + ["?"] * 24


def predict(image):
    """Name of the class."""
    x = image.reshape(-1, 3).mean(axis=0)
    return NAMES[int((net["weight"] @ x + net["bias"]).argmax())]
