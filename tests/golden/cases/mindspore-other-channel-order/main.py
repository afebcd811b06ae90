import mindspore as ms
from mindspore import nn
from mindspore.dataset import transforms, vision

class_en = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]
trans = transforms.Compose([vision.Resize((32, 32)), vision.ToTensor()])


class Net(nn.Cell):
    def __init__(self, n=26):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Dense(3, n)

    def construct(self, x):
        return self.fc(self.pool(x).squeeze(-1).squeeze(-1))


net = Net()
ms.load_checkpoint("results/best.ckpt", net)


def predict(image):
    x = ms.Tensor(trans(image)[None])
    return class_en[int(net(x).argmax(1)[0])]
