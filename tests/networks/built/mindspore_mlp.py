import mindspore.nn as nn


class MLP(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = nn.SequentialCell(
            nn.Dense(784, 300), nn.ReLU(), nn.Dense(300, 100), nn.ReLU(), nn.Dense(100, 10)
        )

    def construct(self, x):
        return self.net(x)
