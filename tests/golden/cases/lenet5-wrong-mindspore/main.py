from mindspore import nn, ops


class LeNet5(nn.Cell):
    """As the lecture has it, in parts that the wrong ones below replace."""

    first, kernel, maps, hidden, classes = 1, 5, (6, 16), (400, 120, 84), 10
    pad, dense_bias = "valid", True

    def __init__(self):
        super().__init__()
        one, two = self.maps
        flat, five, six = self.hidden
        self.conv1 = nn.Conv2d(self.first, one, self.kernel, pad_mode=self.pad)
        self.conv2 = nn.Conv2d(one, two, self.kernel, pad_mode=self.pad)
        self.fc1 = nn.Dense(flat, five, has_bias=self.dense_bias)
        self.fc2 = nn.Dense(five, six, has_bias=self.dense_bias)
        self.fc3 = nn.Dense(six, self.classes, has_bias=self.dense_bias)
        self.act = self.activation()
        self.pool = nn.MaxPool2d(2, 2)
        self.flatten = nn.Flatten()

    def activation(self):
        return nn.ReLU()

    def construct(self, x):
        x = self.pool(self.act(self.conv1(x)))
        x = self.pool(self.act(self.conv2(x)))
        x = self.act(self.fc1(self.flatten(x)))
        return self.fc3(self.act(self.fc2(x)))


class Kernel3(LeNet5):
    kernel, hidden = 3, (576, 120, 84)


class SamePadding(LeNet5):
    pad, hidden = "same", (1024, 120, 84)


class SamePaddingThatFails(LeNet5):
    pad = "same"


class MissingPool(LeNet5):
    hidden = (1600, 120, 84)

    def construct(self, x):
        x = self.pool(self.act(self.conv1(x)))
        x = self.act(self.conv2(x))
        x = self.act(self.fc1(self.flatten(x)))
        return self.fc3(self.act(self.fc2(x)))


class Swapped(LeNet5):
    maps, hidden = (16, 6), (150, 120, 84)


class Classes11(LeNet5):
    classes = 11


class Sigmoid(LeNet5):
    def activation(self):
        return nn.Sigmoid()


class Transposed(LeNet5):
    def construct(self, x):
        x = ops.transpose(x, (0, 3, 1, 2))
        return super().construct(x)


class Softmax(LeNet5):
    def construct(self, x):
        return ops.softmax(super().construct(x), axis=-1)


class NoBias(LeNet5):
    dense_bias = False


class Dense256(LeNet5):
    hidden = (400, 256, 84)


class Average(LeNet5):
    """A known variant: average pools, tanh, nothing between the dense layers."""

    def __init__(self):
        super().__init__()
        self.pool = nn.AvgPool2d(2, 2)

    def construct(self, x):
        x = self.pool(ops.tanh(self.conv1(x)))
        x = self.pool(ops.tanh(self.conv2(x)))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))


class Small(LeNet5):
    """A known variant: images of 28 x 28, padding in the first layer, a convolution as C5."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="pad", padding=2, has_bias=True)
        del self.fc1
        self.c5 = nn.Conv2d(16, 120, 5, pad_mode="valid")
        self.drop = nn.Dropout(p=0.5)

    def construct(self, x):
        x = self.pool(ops.relu(self.conv1(x)))
        x = self.pool(ops.relu(self.conv2(x)))
        x = self.drop(self.flatten(ops.relu(self.c5(x))))
        return self.fc3(ops.relu(self.fc2(x)))


class Normalised(LeNet5):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(6)

    def construct(self, x):
        x = self.pool(self.act(self.norm(self.conv1(x))))
        x = self.pool(self.act(self.conv2(x)))
        x = self.act(self.fc1(self.flatten(x)))
        return self.fc3(self.act(self.fc2(x)))
