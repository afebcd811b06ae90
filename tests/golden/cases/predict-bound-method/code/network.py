import numpy as np

NAMES = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Network:
    def __init__(self, path):
        self.__dict__.update(np.load(path))

    def __call__(self, image):
        return self.weight.dot(image.mean((0, 1)) / 255) + self.bias
