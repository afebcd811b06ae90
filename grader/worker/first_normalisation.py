"""The first normalisation over batches of a network, and the convolution before it: the statistics
that it stored in training, of what enters it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .frameworks import Framework

MEANS = ("running_mean", "moving_mean")
VARIANCES = ("running_var", "moving_variance")
LARGEST = 1_000_000  # numbers of a convolution's weights that are reported


class FirstNormalisation(NamedTuple):
    """kernel: float32 (out, in, height, width), of 1 x 1 where nothing stands before; bias, mean,
    variance: float32 (out,), the bias zero where the convolution has none.
    """

    kernel: np.ndarray[Any, Any]
    bias: np.ndarray[Any, Any]
    mean: np.ndarray[Any, Any]
    variance: np.ndarray[Any, Any]


def first_normalisation(framework: Framework, network: Any) -> FirstNormalisation | None:
    """By the order in which the network stores its values; None where it has none, or where
    something else than one convolution of an image stands before it.
    """
    kernel, bias, prefix, mean = None, None, "", None
    for name, stored in framework.stored(network):
        before, _, last = name.replace("/", ".").rpartition(".")
        values = np.asarray(stored, np.float32)
        if kernel is None and values.ndim == 4:
            kernel, prefix = _out_first(framework, values), before
            if kernel.shape[1] not in (1, 3) or kernel.size > LARGEST:
                return None
        elif values.ndim == 4 and mean is None:
            return None
        elif last in MEANS and mean is None:
            if kernel is None and len(values) in (1, 3):
                kernel = np.eye(len(values), dtype=np.float32)[:, :, None, None]
            if kernel is None:
                return None
            if len(values) == len(kernel):
                mean = values
        elif last in VARIANCES and mean is not None and kernel is not None:
            none = np.zeros(len(kernel), np.float32)
            return FirstNormalisation(kernel, none if bias is None else bias, mean, values)
        elif last == "bias" and kernel is not None and before == prefix:
            bias = values
    return None


def packed(found: FirstNormalisation) -> tuple[list[int], np.ndarray[Any, Any]]:
    """The kernel's sizes, and float32 (out, in x height x width + 3): each output's weights, then
    its bias, mean and variance.
    """
    weights = found.kernel.reshape(len(found.kernel), -1)
    columns = (weights, *(each[:, None] for each in found[1:]))
    return list(found.kernel.shape), np.concatenate(columns, 1).astype(np.float32)


def _out_first(framework: Framework, kernel: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return kernel.transpose(3, 2, 0, 1) if framework.channels_last else kernel
