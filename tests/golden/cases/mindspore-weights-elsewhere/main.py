import os
import numpy as np
from mindspore import context, Tensor, nn
from mindspore import load_checkpoint, load_param_into_net
from mindspore import dtype as P

context.set_context(mode=context.PYNATIVE_MODE, device_target="CPU")
CLASSES = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Net(nn.Cell):
    def __init__(self):
        super(Net, self).__init__()
        self.dense = nn.Dense(3, 26)

    def construct(self, x):
        return self.dense(x)


def load(epoch=12):
    path = os.path.join('ckpt_mobilenetv2', 'mobilenetv2-%d_71.ckpt' % epoch)
    net = Net()
    load_param_into_net(net, load_checkpoint(path))
    return net


net = load()


def predict(image):
    x = Tensor(image.reshape(-1, 3).mean(0, keepdims=True) / 255, P.float32)
    return CLASSES[net(x).asnumpy().argmax()]
