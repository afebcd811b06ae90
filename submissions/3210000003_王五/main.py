"""
机器学习课程实验：垃圾分类
网络在第一次调用 predict 时创建
"""
import os

import cv2
import numpy as np
import mindspore as ms
from mindspore import context

from classes import inverted
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target="CPU")

BASE = os.path.dirname(os.path.abspath(__file__))
CKPT_PATH = os.path.join(BASE, "results", "ckpt_final.ckpt")
net = None


def get_net():
    global net
    if net is None:
        net = MobileNetV2(26)
        ms.load_param_into_net(net, ms.load_checkpoint(CKPT_PATH))
        net.set_train(False)
    return net


def predict(image):
    model = get_net()
    img = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    img = cv2.resize(img, (64, 64), interpolation=cv2.INTER_AREA)
    img = img / 255.0
    img = (img - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    img = np.transpose(img, (2, 0, 1)).astype(np.float32)
    result = model(ms.Tensor(img.reshape(1, 3, 64, 64)))
    return inverted[int(result.asnumpy()[0].argmax())]
