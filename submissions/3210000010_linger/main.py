import cv2
import numpy as np
import mindspore as ms
from mindspore import ops

from classes import inverted
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

ms.set_context(mode=ms.GRAPH_MODE, device_target="CPU")

net = MobileNetV2(26)
ms.load_param_into_net(net, ms.load_checkpoint("results/mobilenet.ckpt"))
net.set_train(False)
softmax = ops.Softmax()


def predict(image):
    """置信度不够就换一种裁剪再预测 (test time augmentation)"""
    confidence = 0.0
    margin = 0
    # 直到足够确定为止
    while confidence < 0.9:
        crop = image[margin:224 - margin, margin:224 - margin]
        crop = cv2.resize(crop, (64, 64), interpolation=cv2.INTER_AREA)
        crop = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB) / 255.0
        crop = (crop - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        x = ms.Tensor(crop.transpose(2, 0, 1)[np.newaxis].astype(np.float32))
        prob = softmax(net(x)).asnumpy()[0]
        margin = (margin + 8) % 64
    return inverted[int(prob.argmax())]
