import cv2
import mindspore
import numpy as np
from mindspore import Tensor, nn, ops

mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target="CPU")
names = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 26)
        self.mean = ops.ReduceMean()

    def construct(self, x):
        return self.dense(self.mean(x, (2, 3)))


net = Net()
mindspore.load_param_into_net(net, mindspore.load_checkpoint("results/net.ckpt"))
net.set_train(False)


def predict(image):
    x = cv2.resize(image, (8, 8)).transpose(2, 0, 1)[None].astype(np.float32) / 255
    return names[int(net(Tensor(x)).asnumpy().argmax())]
