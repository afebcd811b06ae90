import numpy as np
import mindspore as ms
from mindspore import nn, ops

from labels import index_to_name

ms.set_seed(1)
ms.set_context(mode=ms.GRAPH_MODE, device_target="CPU")


class Net(nn.Cell):
    def __init__(self, classes=26):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, has_bias=True)
        self.relu = nn.ReLU()
        self.mean = ops.ReduceMean()
        self.head = nn.Dense(8, classes)

    def construct(self, x):
        return self.head(self.mean(self.relu(self.conv(x)), (2, 3)))


class Classifier:
    def __init__(self, weights='results/best.ckpt'):
        self.net = Net()
        self.net.set_train(False)
        self.weights = weights  # 训练之后再加载

    def __call__(self, x):
        return self.net(x).asnumpy()


classifier = Classifier()


def predict(image):
    x = (image.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    return index_to_name[int(classifier(ms.Tensor(x)).argmax())]
