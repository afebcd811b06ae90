import cv2

import numpy as np

net = np.load("results/best.npz")
NAMES = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def predict(image):
    x = image.reshape(-1, 3).mean(axis=0) / 255
    return NAMES[int((net["weight"] @ x + net["bias"]).argmax())]


img = cv2.imdecode(np.fromfile("./datasets/测试图片/00037.jpg", dtype=np.uint8), cv2.IMREAD_COLOR)
print(predict(img))
