import mindspore.nn as nn
import numpy as np
from mindspore import Tensor
from mindspore.nn.loss.loss import Loss
from mindspore.ops import operations as P
from mindspore.ops.operations import TensorAdd


class GlobalAvgPooling(nn.Cell):
    def __init__(self):
        super(GlobalAvgPooling, self).__init__()
        self.mean = P.ReduceMean(keep_dims=False)

    def construct(self, x):
        return self.mean(x, (2, 3))


class Smooth(Loss):
    def construct(self, logits, label):
        return logits


class Net(nn.Cell):
    def __init__(self):
        super(Net, self).__init__()
        self.pool = GlobalAvgPooling()
        self.head = nn.Dense(3, 2)
        self.add = TensorAdd()
        self.init_parameters_data()
        for _, cell in self.cells_and_names():
            if isinstance(cell, nn.Dense):
                cell.weight.set_parameter_data(Tensor(np.zeros((2, 3), np.float32)))
                cell.bias.set_parameter_data(Tensor(np.array([0, 1], np.float32)))

    def construct(self, x):
        x = self.head(self.pool(x))
        return self.add(x, x)


net = Net()
net.set_train(False)


def predict(image):
    x = Tensor(image.transpose(2, 0, 1)[None].astype(np.float32))
    return ["Plastic Bottle", "Hats"][int(net(x).asnumpy().argmax())]
