"""Classes and modules of earlier releases of torchvision and PyTorch, which code was copied from
and whole pickled networks name.
"""

from __future__ import annotations

import collections.abc
import math
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Callable

WEIGHTS = "https://download.pytorch.org/models"


class _Addresses(dict):  # type: ignore[type-arg]
    """`model_urls`, for the sentence that names what was to be downloaded."""

    def __missing__(self, name: str) -> str:
        return f"{WEIGHTS}/{name}.pth"


def _conv_bn_relu(module: ModuleType) -> type:
    """A convolution, batch normalisation and ReLU6, as torchvision 0.4 to 0.12 called them."""
    nn: Any = import_module("torch").nn

    class ConvBNReLU(nn.Sequential):  # type: ignore[misc]
        def __init__(
            self,
            in_planes: int,
            out_planes: int,
            kernel_size: int = 3,
            stride: int = 1,
            groups: int = 1,
            norm_layer: Any = None,
            activation_layer: Any = None,
            dilation: int = 1,
        ) -> None:
            padding = (kernel_size - 1) // 2 * dilation
            super().__init__(
                nn.Conv2d(
                    *(in_planes, out_planes, kernel_size, stride, padding, dilation, groups),
                    bias=False,
                ),
                (norm_layer or nn.BatchNorm2d)(out_planes),
                (activation_layer or nn.ReLU6)(inplace=True),
            )

    return _belongs(ConvBNReLU, module)


def _squeeze_excitation(module: ModuleType) -> type:
    """That of torchvision 0.9 and 0.10: its parts have other names today."""
    torch: Any = import_module("torch")

    class SqueezeExcitation(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, input_channels: int, squeeze_factor: int = 4) -> None:
            super().__init__()
            squeezed = import_module("torchvision.models._utils")._make_divisible(
                input_channels // squeeze_factor, 8
            )
            self.fc1 = torch.nn.Conv2d(input_channels, squeezed, 1)
            self.relu = torch.nn.ReLU(inplace=True)
            self.fc2 = torch.nn.Conv2d(squeezed, input_channels, 1)

        def forward(self, images: Any) -> Any:
            functional = torch.nn.functional
            scale = self.fc2(self.relu(self.fc1(functional.adaptive_avg_pool2d(images, 1))))
            return functional.hardsigmoid(scale, inplace=True) * images

    return _belongs(SqueezeExcitation, module)


def _belongs(made: type, module: ModuleType) -> type:
    """The class as one that `module` defines."""
    made.__module__, made.__qualname__ = module.__name__, made.__name__
    return made


def _inverted_residual(module: ModuleType) -> Any:
    return import_module("torchvision.models.mobilenetv2").InvertedResidual


_BLOCKS = dict.fromkeys(("ConvBNReLU", "ConvBNActivation", "_DeprecatedConvBNAct"), _conv_bn_relu)
_URLS: dict[str, Callable[[ModuleType], Any]] = {"model_urls": lambda module: _Addresses()}

OLD_NAMES: dict[str, dict[str, Callable[[ModuleType], Any]]] = {
    "torchvision.models.mobilenet": {**_URLS, **_BLOCKS, "InvertedResidual": _inverted_residual},
    "torchvision.models.mobilenetv2": {**_URLS, **_BLOCKS},
    "torchvision.models.mobilenetv3": {
        **_URLS,
        **_BLOCKS,
        "SqueezeExcitation": _squeeze_excitation,
    },
    **{
        f"torchvision.models.{name}": _URLS
        for name in ("alexnet", "densenet", "resnet", "shufflenetv2", "squeezenet", "vgg")
    },
}


def _six(module: ModuleType) -> None:
    """`torch._six`, gone with 2.0."""
    vars(module).update(
        container_abcs=collections.abc,
        string_classes=(str, bytes),
        int_classes=int,
        inf=math.inf,
        nan=math.nan,
        PY3=True,
        PY37=sys.version_info >= (3, 7),
    )


def _utils(module: ModuleType) -> None:
    """`torchvision.models.utils`, gone with 0.13."""
    vars(module).update(
        load_state_dict_from_url=import_module("torch.hub").load_state_dict_from_url
    )


MODULES: dict[str, Callable[[ModuleType], None]] = {
    "torch._six": _six,
    "torchvision.models.utils": _utils,
}
