import os
import random
import time

import cv2
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from tqdm import tqdm

import mindspore as ms
from mindspore import Tensor, context
from mindspore.train.serialization import load_checkpoint, load_param_into_net

from config import config
from src.mobilenetv2 import GlobalPooling, Head, MobileNetV2

os.environ['GLOG_v'] = '2'
has_gpu = (os.system('command -v nvidia-smi') == 0)
print('Excuting with', 'GPU' if has_gpu else 'CPU', '.')
context.set_context(mode=context.GRAPH_MODE, device_target='GPU' if has_gpu else 'CPU')

# 26 类垃圾
index = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}


def image_process(img):
    """预处理：缩放、归一化、转成 NCHW"""
    img = cv2.resize(img, (config.image_height, config.image_width))
    img = img.astype(np.float32) / 255.
    return Tensor(img.transpose(2, 0, 1)[np.newaxis], ms.float32)


start = time.time()
network = MobileNetV2(GlobalPooling(), Head(config.backbone_out_channels, config.num_classes))
param_dict = load_checkpoint(config.pretrained_ckpt)
load_param_into_net(network, param_dict)
network.set_train(False)
print('模型加载完成, cost %.2fs' % (time.time() - start))

plt.plot(range(10), [random.random() for _ in tqdm(range(10))])
plt.title('loss')
plt.show()


def predict(img):
    """
    加载模型和模型预测
    主要步骤: 1.图片处理 2.用加载的模型预测图片的类别
    :param img: 经 cv2 读入的图片
    :return: string, 模型识别图片的类别
    """
    logits = network(image_process(img))
    pred = np.argmax(logits.asnumpy(), axis=1)[0]
    print('predict:', pred, index[pred])
    return index[pred]
