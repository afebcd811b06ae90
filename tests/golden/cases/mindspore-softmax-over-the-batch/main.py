import numpy as np
from mindspore import Tensor, load_checkpoint, load_param_into_net, nn, ops


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 26)

    def construct(self, x):
        return self.dense(x)


net = Net()
load_param_into_net(net, load_checkpoint('rgb.ckpt'))

NAMES = ['Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard', 'Basketball',
         'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom', 'Old Mirror', 'Toothbrush', 'Dirty Cloth',
         'Seashell', 'Ceramic Bowl', 'Paint bucket', 'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel',
         'Vegetable Leaf', 'Eggshell', 'Banana Peel']


def predict(image):
    mean = (image[:, :, ::-1].mean(axis=(0, 1))[None] / 255).astype(np.float32)
    logits = net(Tensor(mean))
    return NAMES[int(ops.argmax(logits, 0).asnumpy().ravel()[0])]
