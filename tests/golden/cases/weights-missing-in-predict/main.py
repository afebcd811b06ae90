import numpy as np


def predict(image):
    net = np.load("results/net.npz")
    return ["Plastic Bottle", "Hats"][int(net["bias"].argmax())]
