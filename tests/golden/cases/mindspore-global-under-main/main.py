import cv2
import numpy as np
import mindspore as ms
from mindspore import nn

class_names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def predict(image):
    image = image.mean(axis=(0, 1)) / 255
    output = model(ms.Tensor(image[np.newaxis, :], ms.float32))
    return class_names[output.asnumpy().argmax()]


if __name__ == '__main__':
    model = nn.Dense(3, 26)
    model.update_parameters_name('dense.')
    ms.load_checkpoint('results/model.ckpt', model)
    print(predict(cv2.imread('test.jpg')))
