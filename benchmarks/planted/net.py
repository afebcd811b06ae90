"""EfficientNet-Lite0 in PyTorch, as a submission has it: the network of all planted mistakes."""

from torch import nn
from torch.nn import functional

# Tan & Le 2019: widening, channels, repeats, stride and kernel of each stage.
STAGES = (
    *((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3)),
    *((6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)),
)


class Same(nn.Conv2d):
    """A convolution that pads as TensorFlow does: more on the right."""

    def forward(self, x):
        pads = []
        for size, kernel, stride in zip(
            x.shape[:1:-1], self.kernel_size, self.stride, strict=False
        ):
            whole = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [whole // 2, whole - whole // 2]
        return functional.conv2d(
            functional.pad(x, pads), self.weight, self.bias, self.stride, 0, 1, self.groups
        )


def unit(inputs, outputs, kernel, stride=1, groups=1):
    return (
        Same(inputs, outputs, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3),
    )


class Block(nn.Module):
    def __init__(self, inputs, outputs, widen, stride, kernel):
        super().__init__()
        wide = inputs * widen
        layers = [*unit(inputs, wide, 1), nn.ReLU6()] if widen > 1 else []
        layers += [*unit(wide, wide, kernel, stride, wide), nn.ReLU6(), *unit(wide, outputs, 1)]
        self.layers, self.add = nn.Sequential(*layers), stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.layers(x) if self.add else self.layers(x)


class Net(nn.Module):
    def __init__(self, classes=26):
        super().__init__()
        layers, inputs = [*unit(3, 32, 3, 2), nn.ReLU6()], 32
        for widen, outputs, repeats, stride, kernel in STAGES:
            for turn in range(repeats):
                layers.append(Block(inputs, outputs, widen, stride if turn == 0 else 1, kernel))
                inputs = outputs
        layers += [*unit(inputs, 1280, 1), nn.ReLU6()]
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(1280, classes)

    def forward(self, x):
        return self.fc(self.dropout(self.features(x).mean((2, 3))))
