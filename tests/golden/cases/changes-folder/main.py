import os
import numpy as np

os.chdir(r"D:\Python\garbage_classification")
net = np.load("results/best.npz")


def predict(image):
    return "Hats"
