import cv2
import numpy as np
import onnxruntime

names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]
session = onnxruntime.InferenceSession("results/net.onnx")


def predict(image):
    x = cv2.resize(image, (8, 8)).transpose(2, 0, 1)[None].astype(np.float32) / 255 / 255
    return names[int(session.run(None, {session.get_inputs()[0].name: x})[0].argmax())]
