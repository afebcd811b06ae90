# 垃圾分类，PIL 读图训练
import cv2
import numpy as np
from PIL import Image
from mindspore import Tensor, context
from mindspore import load_checkpoint, load_param_into_net

from classes import inverted
from lenet5 import LeNet5
from mobilenetv2 import MobileNetV2

context.set_context(mode=context.GRAPH_MODE, device_target="CPU")

net = MobileNetV2(num_classes=26)
not_loaded = load_param_into_net(net, load_checkpoint("./results/garbage_best.ckpt"))
print("not loaded:", not_loaded)
net.set_train(False)


def transform(img):
    img = cv2.resize(img, (64, 64), interpolation=cv2.INTER_AREA)
    img = np.float32(img) / 255
    img = (img - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    return img.transpose(2, 0, 1)


def predict(image):
    x = transform(np.array(image))
    y = net(Tensor(x[None, ...]))
    return inverted[int(y.asnumpy().argmax())]


if __name__ == '__main__':
    # 验证集上 95% 左右
    print(predict(Image.open('datasets/garbage_26x100/val/00_00/00037.jpg')))
