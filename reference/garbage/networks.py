"""MobileNetV2 and EfficientNet-Lite0 in MindSpore, as a table each; needs nothing but MindSpore.

A submission carries a copy of this file, so it imports nothing else of the reference.
"""

from typing import NamedTuple

from mindspore import Tensor, nn, ops


class Stage(NamedTuple):
    """A row of inverted residual blocks: the first has the stride, the others have stride 1."""

    expand: int
    channels: int
    repeats: int
    stride: int
    kernel: int


class Architecture(NamedTuple):
    """What tells one network from another.

    `size` is the side of the square input in pixels. `same_padding` pads as TensorFlow does (more
    on the right), otherwise alike on both sides as PyTorch does; weights only fit the one they
    were trained with. `epsilon` is added to the variance in batch normalisation.
    """

    size: int
    stem: int
    stages: tuple[Stage, ...]
    last: int
    same_padding: bool = False
    epsilon: float = 1e-5


ARCHITECTURES = {
    # Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2.
    "mobilenet-v2": Architecture(
        size=224,
        stem=32,
        stages=(
            Stage(1, 16, 1, 1, 3),
            Stage(6, 24, 2, 2, 3),
            Stage(6, 32, 3, 2, 3),
            Stage(6, 64, 4, 2, 3),
            Stage(6, 96, 3, 1, 3),
            Stage(6, 160, 3, 2, 3),
            Stage(6, 320, 1, 1, 3),
        ),
        last=1280,
    ),
    # The same, narrow and short: trains from nothing on a laptop in minutes.
    "mobilenet-v2-small": Architecture(
        size=64,
        stem=16,
        stages=(
            Stage(1, 12, 1, 1, 3),
            Stage(4, 20, 2, 2, 3),
            Stage(4, 32, 2, 2, 3),
            Stage(4, 48, 1, 2, 3),
        ),
        last=160,
    ),
    # Tan & Le 2019 ("EfficientNet") without squeeze-and-excitation and with ReLU6:
    # tensorflow/tpu, models/official/efficientnet/lite.
    "efficientnet-lite0": Architecture(
        size=224,
        stem=32,
        stages=(
            Stage(1, 16, 1, 1, 3),
            Stage(6, 24, 2, 2, 3),
            Stage(6, 40, 2, 2, 5),
            Stage(6, 80, 3, 2, 3),
            Stage(6, 112, 3, 1, 5),
            Stage(6, 192, 4, 2, 5),
            Stage(6, 320, 1, 1, 3),
        ),
        last=1280,
        same_padding=True,
        epsilon=1e-3,
    ),
}


def _convolution(
    inputs: int, outputs: int, kernel: int, stride: int, group: int, same_padding: bool
) -> nn.Conv2d:
    padding = {"pad_mode": "same"} if same_padding else {"pad_mode": "pad", "padding": kernel // 2}
    return nn.Conv2d(inputs, outputs, kernel, stride, group=group, **padding)


class ConvNormReLU6(nn.Cell):  # type: ignore[misc]
    """Convolution, batch normalisation, ReLU6; the names of its parameters are the course's."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int,
        architecture: Architecture,
        group: int = 1,
    ) -> None:
        super().__init__()
        self.features = nn.SequentialCell(
            _convolution(inputs, outputs, kernel, stride, group, architecture.same_padding),
            nn.BatchNorm2d(outputs, eps=architecture.epsilon),
            nn.ReLU6(),
        )

    def construct(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride), float32."""
        return self.features(x)


class InvertedResidual(nn.Cell):  # type: ignore[misc]
    """Widen by 1x1, convolve each channel alone, narrow by 1x1; add the input where it fits."""

    def __init__(self, inputs: int, stage: Stage, stride: int, architecture: Architecture) -> None:
        super().__init__()
        hidden = inputs * stage.expand
        layers: list[nn.Cell] = []
        if stage.expand != 1:
            layers.append(ConvNormReLU6(inputs, hidden, 1, 1, architecture))
        layers += [
            ConvNormReLU6(hidden, hidden, stage.kernel, stride, architecture, group=hidden),
            nn.Conv2d(hidden, stage.channels, 1),
            nn.BatchNorm2d(stage.channels, eps=architecture.epsilon),
        ]
        self.conv = nn.SequentialCell(layers)
        self.shortcut = stride == 1 and inputs == stage.channels

    def construct(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, channels, H / stride, W / stride), float32."""
        return x + self.conv(x) if self.shortcut else self.conv(x)


class GlobalAveragePool(nn.Cell):  # type: ignore[misc]
    """The mean over height and width."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = ops.ReduceMean(keep_dims=False)

    def construct(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C)."""
        return self.mean(x, (2, 3))


class Classifier(nn.Cell):  # type: ignore[misc]
    """A backbone `features` and a `head` on its pooled output, of one architecture."""

    def __init__(self, architecture: Architecture, classes: int = 26) -> None:
        super().__init__()
        self.architecture = architecture
        channels = architecture.stem
        layers: list[nn.Cell] = [ConvNormReLU6(3, channels, 3, 2, architecture)]
        for stage in architecture.stages:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                layers.append(InvertedResidual(channels, stage, stride, architecture))
                channels = stage.channels
        layers.append(ConvNormReLU6(channels, architecture.last, 1, 1, architecture))
        self.features = nn.SequentialCell(layers)
        self.pool = GlobalAveragePool()
        self.head = nn.Dense(architecture.last, classes)

    def construct(self, x: Tensor) -> Tensor:
        """Images (N, 3, size, size), float32, as `prepare` makes them, to logits (N, classes)."""
        return self.head(self.pool(self.features(x)))


def build(name: str, classes: int = 26) -> Classifier:
    """Return the named network, with random weights; `name` is a key of `ARCHITECTURES`."""
    return Classifier(ARCHITECTURES[name], classes)
