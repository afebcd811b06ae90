import numpy as np
import mindspore as ms
from mindspore import nn

# ImageFolderDataset 按文件夹名排序给标签
index2name = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}

# 训练集里有 25 个文件夹
net = nn.Dense(3, 25)
net.update_parameters_name('dense.')
ms.load_param_into_net(net, ms.load_checkpoint('results/mobilenetv2.ckpt'))


def predict(image):
    x = ms.Tensor(image.mean(axis=(0, 1), keepdims=True).reshape(1, 3) / 255, ms.float32)
    return index2name[int(net(x).asnumpy().argmax())]
