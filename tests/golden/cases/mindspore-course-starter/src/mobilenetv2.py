# 模型定义
import mindspore.nn as nn
from mindspore.ops import operations as P


class GlobalPooling(nn.Cell):
    """全局平均池化"""

    def __init__(self, reduction='mean'):
        super(GlobalPooling, self).__init__()
        if reduction == 'max':
            self.mean = P.ReduceMax(keep_dims=False)
        else:
            self.mean = P.ReduceMean(keep_dims=False)

    def construct(self, x):
        x = self.mean(x, (2, 3))
        return x


class Head(nn.Cell):
    def __init__(self, input_channel, num_classes):
        super(Head, self).__init__()
        self.fc = nn.Dense(input_channel, num_classes, has_bias=True)

    def construct(self, x):
        return self.fc(x)


class MobileNetV2(nn.Cell):
    def __init__(self, backbone, head):
        super(MobileNetV2, self).__init__(auto_prefix=False)
        self.backbone = backbone
        self.head = head

    def construct(self, x):
        x = self.backbone(x)
        x = self.head(x)
        return x
