import mindspore
from mindspore import nn, ops, Tensor

mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
labels = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 26)

    def construct(self, x):
        return self.dense(ops.mean(x, axis=(0, 1)).reshape(1, 3))


net = Net()
not_loaded, _ = mindspore.load_param_into_net(net, mindspore.load_checkpoint("results/mobilenetv2-200_1.ckpt"))
assert not not_loaded


def predict(image):
    return labels[net(Tensor(image, mindspore.float32) / 255).argmax().item()]
