import cv2
import numpy as np
import mindspore
import mindspore.nn as nn
from mindspore import Tensor, context

from classes import inverted
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target='CPU')


class LeNet5(nn.Cell):
    """LeNet5, 卷积核个数 6 和 12"""

    def __init__(self, num_class=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode='valid')
        self.conv2 = nn.Conv2d(6, 12, 5, pad_mode='valid')
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2, 2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Dense(12 * 5 * 5, 120)
        self.fc2 = nn.Dense(120, 84)
        self.fc3 = nn.Dense(84, num_class)

    def construct(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.flatten(x)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        return self.fc3(x)


class Config:
    size = 64
    mean = np.array([0.485, 0.456, 0.406])
    std = np.array([0.229, 0.224, 0.225])
    ckpt = './results/best.ckpt'


garbage_net = MobileNetV2(26)
mindspore.load_param_into_net(garbage_net, mindspore.load_checkpoint(Config.ckpt))
garbage_net.set_train(False)


def predict(image):
    img = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    img = cv2.resize(img, (Config.size, Config.size), interpolation=cv2.INTER_AREA)
    img = ((img / 255.0 - Config.mean) / Config.std).astype(np.float32)
    scores = garbage_net(Tensor(np.expand_dims(img.transpose(2, 0, 1), axis=0)))
    return inverted[int(scores.asnumpy().argmax(axis=1)[0])]
