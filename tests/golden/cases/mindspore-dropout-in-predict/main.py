import mindspore as ms
from mindspore import nn

LABELS = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]


class Head(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dropout = nn.Dropout(p=0.5)
        self.dense = nn.Dense(3, 26)

    def construct(self, x):
        return self.dense(self.dropout(x))


net = Head()
ms.load_checkpoint("results/best.ckpt", net)
net.set_train()


def predict(image):
    feature = ms.Tensor(image.reshape(-1, 3).mean(0)[None] / 255, ms.float32)
    return LABELS[int(net(feature).argmax(1)[0])]
