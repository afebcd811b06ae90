"""LeNet5 as the lecture builds it; needs nothing but MindSpore.

A submission carries a copy of this file, so it imports nothing else of the reference.
"""

from mindspore import Tensor, nn


class LeNet5(nn.Cell):  # type: ignore[misc]
    """Two convolutions and three dense layers: LeCun et al. 1998, in the lecture's form.

    61,684 parameters, since MindSpore's Conv2d has no bias by default. There is no activation
    between the dense layers: the lecture has none, and the checkpoints of its students read
    97.92 % that way and not with one.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="valid")
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid")
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Dense(16 * 5 * 5, 120)
        self.fc2 = nn.Dense(120, 84)
        self.fc3 = nn.Dense(84, classes)

    def construct(self, x: Tensor) -> Tensor:
        """Images (N, 1, 32, 32), float32, normalised, to logits (N, classes)."""
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        return self.fc3(self.fc2(self.fc1(self.flatten(x))))
