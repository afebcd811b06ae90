from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool

import numpy as np

net = np.load("results/best.npz")
NAMES = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def score(view):
    x = view.reshape(-1, 3).mean(axis=0) / 255
    return weight @ x + bias


weight, bias = net["weight"], net["bias"]
threads = ThreadPoolExecutor(4)
pool = Pool(2)


def predict(image):
    views = [image, image[:, ::-1]]
    votes = pool.map(score, views) + list(threads.map(score, views))
    return NAMES[int(sum(votes).argmax())]
