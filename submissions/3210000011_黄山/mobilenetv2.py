"""MobileNetV2 网络结构（实验指导书提供，可自行修改）"""
import mindspore.nn as nn
from mindspore.ops import operations as P


class GlobalAvgPooling(nn.Cell):
    """全局平均池化"""

    def __init__(self):
        super(GlobalAvgPooling, self).__init__()
        self.mean = P.ReduceMean(keep_dims=False)

    def construct(self, x):
        x = self.mean(x, (2, 3))
        return x


class ConvBNReLU(nn.Cell):
    """Conv + BN + ReLU6"""

    def __init__(self, in_planes, out_planes, kernel_size=3, stride=1, groups=1):
        super(ConvBNReLU, self).__init__()
        padding = (kernel_size - 1) // 2
        conv = nn.Conv2d(in_planes, out_planes, kernel_size, stride, pad_mode='pad',
                         padding=padding, group=groups)
        self.features = nn.SequentialCell([conv, nn.BatchNorm2d(out_planes), nn.ReLU6()])

    def construct(self, x):
        output = self.features(x)
        return output


class InvertedResidual(nn.Cell):
    """倒残差模块"""

    def __init__(self, inp, oup, stride, expand_ratio):
        super(InvertedResidual, self).__init__()
        assert stride in [1, 2]
        hidden_dim = int(round(inp * expand_ratio))
        self.use_res_connect = stride == 1 and inp == oup
        layers = []
        if expand_ratio != 1:
            layers.append(ConvBNReLU(inp, hidden_dim, kernel_size=1))
        layers.extend([
            ConvBNReLU(hidden_dim, hidden_dim, stride=stride, groups=hidden_dim),
            nn.Conv2d(hidden_dim, oup, kernel_size=1, stride=1, has_bias=False),
            nn.BatchNorm2d(oup),
        ])
        self.conv = nn.SequentialCell(layers)

    def construct(self, x):
        identity = x
        x = self.conv(x)
        if self.use_res_connect:
            return identity + x
        return x


class MobileNetV2(nn.Cell):
    """
    MobileNetV2 (narrow), input 3 x 64 x 64.

    Args:
        num_classes (int): 类别数
    """

    # t: expand ratio, c: channels, n: repeats, s: stride
    setting = [
        [1, 12, 1, 1],
        [4, 20, 2, 2],
        [4, 32, 2, 2],
        [4, 48, 1, 2],
    ]

    def __init__(self, num_classes=26, input_channel=16, last_channel=160):
        super(MobileNetV2, self).__init__()
        features = [ConvBNReLU(3, input_channel, stride=2)]
        for t, c, n, s in self.setting:
            for i in range(n):
                stride = s if i == 0 else 1
                features.append(InvertedResidual(input_channel, c, stride, expand_ratio=t))
                input_channel = c
        features.append(ConvBNReLU(input_channel, last_channel, kernel_size=1))
        self.features = nn.SequentialCell(features)
        self.pool = GlobalAvgPooling()
        self.head = nn.Dense(last_channel, num_classes)

    def construct(self, x):
        x = self.features(x)
        x = self.pool(x)
        x = self.head(x)
        return x
