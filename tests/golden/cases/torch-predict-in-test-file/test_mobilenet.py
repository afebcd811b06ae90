import torch
from torch import nn

net = nn.ModuleDict({"fc": nn.Linear(3, 26)})
net.load_state_dict(torch.load("results/epoch_29.pth"))
name_list = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def predict(image):
    feature = torch.from_numpy(image.astype("float32") / 255).mean(0).mean(0)
    _, pred = torch.max(net["fc"](feature.view(1, -1)), 1)
    return name_list[pred]


if __name__ == "__main__":
    import cv2

    print(predict(cv2.imread("datasets/garbage_26x100/val/00_00/00037.jpg")))
