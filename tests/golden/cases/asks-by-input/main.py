import numpy as np

path = input("请输入模型路径：") or "results/best.npz"
net = np.load(path)


def predict(image):
    return "Hats"
