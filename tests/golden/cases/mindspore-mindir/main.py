import cv2
import mindspore
import numpy as np
from mindspore import Tensor, nn

mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target="CPU")
names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


net = nn.GraphCell(mindspore.load("results/net.mindir"))


def predict(image):
    x = cv2.resize(image, (8, 8)).transpose(2, 0, 1)[None].astype(np.float32) / 255
    return names[int(net(Tensor(x)).asnumpy().argmax())]
