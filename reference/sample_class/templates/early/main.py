import os
import math

import cv2
import numpy as np
import mindspore.nn as nn
from mindspore import Tensor, context, save_checkpoint
from mindspore.train.serialization import load_checkpoint, load_param_into_net

from classes import inverted, label_map
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target='CPU')

CKPT = 'results/model.ckpt'
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def preprocess(img):
    img = cv2.resize(img, (64, 64), interpolation=cv2.INTER_AREA)
    img = cv2.cvtColor(img, cv2.COLOR_BGR2RGB) / np.float32(255)
    return ((img - MEAN) / STD).transpose(2, 0, 1)


def train(data_path, epochs=20, batch_size=64, lr=0.003):
    """训练。太慢了，先训几轮"""
    xs, ys = [], []
    for folder in sorted(os.listdir(data_path)):
        for name in os.listdir(os.path.join(data_path, folder)):
            xs.append(preprocess(cv2.imread(os.path.join(data_path, folder, name))))
            ys.append(label_map[folder])
    xs, ys = np.stack(xs), np.array(ys, np.int32)
    net = MobileNetV2(26)
    steps = len(ys) // batch_size
    lrs = [lr * (1 + math.cos(math.pi * i / (steps * epochs))) / 2 for i in range(steps * epochs)]
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction='mean')
    opt = nn.Adam(net.trainable_params(), learning_rate=lrs)
    train_net = nn.TrainOneStepCell(nn.WithLossCell(net, loss), opt)
    train_net.set_train()
    for epoch in range(epochs):
        order = np.random.permutation(len(ys))
        for i in range(steps):
            b = order[i * batch_size:(i + 1) * batch_size]
            cost = train_net(Tensor(xs[b]), Tensor(ys[b]))
        print('epoch', epoch + 1, 'loss', cost)
        save_checkpoint(net, CKPT)


if os.path.exists(CKPT):
    network = MobileNetV2(26)
    load_param_into_net(network, load_checkpoint(CKPT))
    network.set_train(False)


def predict(img):
    """返回类别名称"""
    out = network(Tensor(preprocess(img)[np.newaxis]))
    return inverted[int(out.asnumpy().argmax())]


if __name__ == '__main__':
    train('./datasets/garbage_26x100/train')
