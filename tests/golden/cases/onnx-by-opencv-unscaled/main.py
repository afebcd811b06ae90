import cv2
import numpy as np

names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]
net = cv2.dnn.readNetFromONNX("results/net.onnx")


def predict(image):
    net.setInput(cv2.dnn.blobFromImage(cv2.resize(image, (8, 8)), 1 / 255 / 255))
    return names[int(np.argmax(net.forward()))]
