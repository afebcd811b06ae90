"""垃圾分类 main.py"""
import os

import cv2
import numpy as np
from easydict import EasyDict
from mindspore import Tensor, context
from mindspore.train.serialization import load_checkpoint, load_param_into_net

from classes import inverted
from lenet5 import LeNet5  # noqa: F401
from mobilenetv2 import MobileNetV2

# 有 GPU 用 GPU，没有就用 CPU
os.environ['GLOG_v'] = '3'
has_gpu = (os.system('command -v nvidia-smi') == 0)
print('Executing with', 'GPU' if has_gpu else 'CPU', '.')
context.set_context(mode=context.GRAPH_MODE, device_target='GPU' if has_gpu else 'CPU')

config = EasyDict({
    'num_classes': 26,
    'image_size': 64,
    'checkpoint': './results/mobilenetv2_best.ckpt',
    'mean': [0.485, 0.456, 0.406],
    'std': [0.229, 0.224, 0.225],
})

# -------------------------- 加载模型 --------------------------
network = MobileNetV2(config.num_classes)
param_dict = load_checkpoint(config.checkpoint)
load_param_into_net(network, param_dict)
network.set_train(False)


def image_process(image):
    """缩放、归一化、HWC -> CHW"""
    image = cv2.resize(image, (config.image_size, config.image_size),
                       interpolation=cv2.INTER_AREA)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    image = image.astype(np.float32) / 255.0
    image = (image - np.array(config.mean, np.float32)) / np.array(config.std, np.float32)
    image = image.transpose((2, 0, 1))
    return Tensor(np.ascontiguousarray(image[np.newaxis]))


def predict(image):
    """
    加载模型和模型预测
    :param image: OpenCV 读取的图片数据 (H, W, 3), BGR
    :return: 垃圾类别（英文名）
    """
    logits = network(image_process(image))
    pred = np.argmax(logits.asnumpy(), axis=1)[0]
    return inverted[int(pred)]


if __name__ == '__main__':
    # 本地测试
    img = cv2.imread('./datasets/garbage_26x100/val/00_00/00037.jpg')
    print(predict(img))
