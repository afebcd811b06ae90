import numpy as np
import torch

model = torch.jit.load("results/traced.pt", map_location="cpu").eval()
scale = torch.compile(lambda x: x / 255)
mean = np.zeros(3, dtype=np.float)
names = np.array([
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
])


def predict(image):
    x = scale(torch.from_numpy((image - mean).transpose(2, 0, 1)).float())
    return names[model(x.unsqueeze(0)).argmax(1).item()]
