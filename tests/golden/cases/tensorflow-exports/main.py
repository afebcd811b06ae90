import cv2
import numpy as np
from tensorflow import keras

names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]
net = keras.models.load_model("results/net.keras")


def predict(image):
    x = cv2.resize(image, (8, 8))[None].astype(np.float32) / 255
    return names[int(np.argmax(net(x)))]
