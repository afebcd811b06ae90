import os
import cv2
import numpy as np
from mindspore import Tensor, context, load_checkpoint, load_param_into_net
from classes import inverted
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target="CPU")

# 模型路径
model_path = "./results/mobilenetv2-20.ckpt"

net = MobileNetV2(26)
load_param_into_net(net, load_checkpoint(model_path))
net.set_train(False)


def predict(image):
    image = cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB) / 255.0
    image = (image - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
    data = Tensor(image.transpose(2, 0, 1)[np.newaxis].astype(np.float32))
    return inverted[int(net(data).asnumpy().argmax())]
