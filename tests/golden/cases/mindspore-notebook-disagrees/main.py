#!/usr/bin/env python
# coding: utf-8

# In[1]:


import mindspore as ms
from mindspore import nn


# In[4]:


inverted = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}


class Net(nn.Cell):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = nn.Dense(3, 26)

    def construct(self, x):
        return self.fc(x)


net = Net()
ms.load_checkpoint("./results/mobilenetv2.ckpt", net)


# In[7]:


def predict(image):
    x = ms.Tensor((image / 255).mean((0, 1)).reshape((1, 3)), ms.float32)
    return inverted[int(net(x).asnumpy().argmax())]
