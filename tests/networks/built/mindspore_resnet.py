import mindspore.nn as nn
from mindspore import ops


def conv(i, o, k, s):
    return nn.Conv2d(i, o, k, s, pad_mode="pad", padding=k // 2)


class Block(nn.Cell):
    def __init__(self, i, o, s):
        super().__init__()
        self.c1, self.b1, self.c2, self.b2 = (
            conv(i, o, 3, s),
            nn.BatchNorm2d(o),
            conv(o, o, 3, 1),
            nn.BatchNorm2d(o),
        )
        self.d = (
            nn.SequentialCell(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s != 1 or i != o else None
        )
        self.relu = nn.ReLU()
        self.add = ops.Add()

    def construct(self, x):
        i = x if self.d is None else self.d(x)
        y = self.b2(self.c2(self.relu(self.b1(self.c1(x)))))
        return self.relu(self.add(i, y))


class ResNet18(nn.Cell):
    def __init__(self, num_classes=10):
        super().__init__()
        self.stem = nn.SequentialCell(
            conv(3, 8, 7, 2),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, pad_mode="pad", padding=1),
        )
        w = [8, 8, 16, 32, 64]
        self.blocks = nn.SequentialCell(
            [
                Block(w[k] if j == 0 else w[k + 1], w[k + 1], 2 if j == 0 and k else 1)
                for k in range(4)
                for j in range(2)
            ]
        )
        self.mean = ops.ReduceMean()
        self.fc = nn.Dense(64, num_classes)

    def construct(self, x):
        return self.fc(self.mean(self.blocks(self.stem(x)), (2, 3)))
