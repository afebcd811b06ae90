import numpy as np
import mindspore as ms
from mindspore import nn

class_en = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


def build():
    net = nn.SequentialCell()
    net.append(nn.Dense(3, 26))
    return net


def predict(image):
    net = build()
    params = ms.load_checkpoint('model/垃圾分类.ckpt')
    # 名字对不上，手动改
    params = {'0' + name[len('dense'):]: value for name, value in params.items()}
    for name, value in params.items():
        value.name = name
    ms.load_param_into_net(net, params)
    x = image.mean(axis=0).mean(axis=0) / 255.0
    out = net(ms.Tensor(x.reshape(1, 3), dtype=ms.float32))
    return class_en[int(out.argmax(axis=1)[0])]
