import torch
import torch.nn.functional as F

classes = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def load_model(path):
    ckpt = torch.load(path, map_location='cpu', weights_only=True)
    return lambda x: F.linear(x, ckpt['fc.weight'], ckpt['fc.bias'])


def predict(image):
    model = load_model('./results/net.pkl')
    x = torch.from_numpy(image).double().mean(dim=(0, 1)).float() / 255
    out = F.log_softmax(model(x), dim=-1)
    return classes[torch.argmax(out)]
