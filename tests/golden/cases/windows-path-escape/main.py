import numpy as np

# 模型路径
net = np.load("C:\Users\student\Desktop\results\best.npz")


def predict(image):
    return "Hats"
