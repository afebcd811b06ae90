import numpy as np
import mindspore as ms
import mindspore.dataset as ds
from mindspore import nn

# 读训练集得到类别和下标的对应关系
train_set = ds.ImageFolderDataset('./datasets/garbage_26x100/train', shuffle=False)
classes = list(train_set.get_class_indexing().keys())

net = nn.SequentialCell(nn.Flatten(), nn.Dense(3, len(classes)))
ms.load_param_into_net(net, ms.load_checkpoint('./results/best.ckpt'))


def predict(image):
    x = ms.Tensor(image.mean(axis=(0, 1))[None], ms.float32)
    return classes[int(net(x).argmax(1))]
