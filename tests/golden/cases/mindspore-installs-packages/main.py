import os

os.system('pip install easydict opencv-python -i https://mirror.invalid/simple')

import numpy as np
import mindspore as ms
from easydict import EasyDict as edict
from mindspore import nn

cfg = edict(ckpt='results/best.ckpt', labels=[
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
])


class Model(nn.Cell):
    def __init__(self):
        super().__init__()
        self.fc = nn.Dense(3, 26)

    def construct(self, x):
        return ms.ops.softmax(self.fc(x), -1)


model = Model()
ms.load_checkpoint(cfg.ckpt, model)


@ms.jit
def infer(x):
    return model(x)


def predict(image: np.ndarray) -> str:
    x = ms.Tensor(image.reshape(1, -1, 3).mean(1) / 255, ms.float32)
    return cfg.labels[int(infer(x).asnumpy().argmax())]
