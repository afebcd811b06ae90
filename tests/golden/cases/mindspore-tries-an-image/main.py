# -*- coding: utf-8 -*-
import cv2
import numpy as np
import mindspore
from mindspore import nn, ops

labels = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class GarbageNet(nn.Cell):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Dense(3, 26)

    def construct(self, x):
        return self.classifier(ops.mean(x, (2, 3)))


net = GarbageNet()
mindspore.load_checkpoint("results/garbage.ckpt", net)
net.set_train(False)


def predict(image):
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    x = np.expand_dims(image.transpose((2, 0, 1)).astype("float32") / 255, 0)
    return labels[net(mindspore.Tensor(x)).asnumpy()[0].argmax()]


# 输入图片路径和名称
image_path = './datasets/garbage_26x100/val/03_03/00001.jpg'
image = cv2.imread(image_path)
print('图片尺寸', image.shape)
print(predict(image))
