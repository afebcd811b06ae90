"""Keras 3, and Keras 2: within TensorFlow once, `tf_keras` today."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Iterator

import numpy as np

from ..hooks import loaded
from .base import Framework, same_sizes, strides_with_same
from .values import NetworkParameter, Training


@contextmanager
def eager_execution() -> Iterator[None]:
    """TensorFlow computes what it is told at once, also where the submission has switched that off,
    as code of 1.x does.
    """
    tensorflow = loaded("tensorflow")
    if not hasattr(tensorflow, "executing_eagerly") or tensorflow.executing_eagerly():
        yield
        return
    with import_module("tensorflow.python.eager.context").eager_mode():
        yield


class Keras(Framework):
    """Networks are `keras.Model`s, most often with channels last; arrays are turned for them."""

    name = "keras"
    channels_last = True
    networks_are_apart = False  # layers without a name are numbered across networks

    def __init__(self, module: str = "keras", *, turns: bool = True) -> None:
        """`module`: its name. `turns`: whether images are turned; else the network takes
        (N, C, H, W) and turns them itself.
        """
        self._module = module
        self._keras: Any = sys.modules[module]
        self._turns = turns

    def network_type(self) -> type:
        """`keras.layers.Layer`, of which `keras.Model` is one."""
        kind: type = self._keras.layers.Layer
        return kind

    def other_layouts(self) -> list[Framework]:
        """Networks that begin with a permutation, as the assignment's images ask for."""
        return [Keras(self._module, turns=False)]

    def entrances(self) -> list[tuple[Any, str]]:
        """Also what runs compiled code that calls no layer."""
        compiled = [(self._keras.Model, name) for name in ("predict", "predict_on_batch")]
        return [*super().entrances(), *compiled]

    def is_container(self, layer: Any) -> bool:
        """Models, and layers of the submission's own."""
        own = type(layer).__module__.partition(".")[0] not in ("keras", "tensorflow", "tf_keras")
        return own or isinstance(layer, self._keras.Model)

    def parameters(self, network: Any) -> list[NetworkParameter]:
        """Trainable weights by path, once the network was called."""
        return [
            NetworkParameter(
                str(getattr(item, "path", item.name)), tuple(int(n) for n in item.shape), item
            )
            for item in network.trainable_weights
        ]

    def names(self, network: Any) -> dict[int, str]:
        """Layers by their own names."""
        return {id(layer): str(layer.name) for layer in network._flatten_layers()}

    def forward(self, network: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """One pass with `training=False`."""
        given = np.array(array.transpose(0, 2, 3, 1) if self._wants_last(network, array) else array)
        return self.output(network(given, training=False))

    def _wants_last(self, network: Any, array: np.ndarray[Any, Any]) -> bool:
        """Whether the network wants (N, H, W, C): what it was declared with, else Keras's rule."""
        if array.ndim != 4 or not self._turns:
            return False
        shape = getattr(network, "input_shape", None)
        if isinstance(shape, tuple) and len(shape) == 4 and None not in shape[1:]:
            return bool(tuple(shape[1:]) != array.shape[1:] or array.shape[1] == array.shape[3])
        return bool(self._keras.backend.image_data_format() == "channels_last")

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Values of a tensor, channels first."""
        made = self.values(value)
        return made.transpose(0, 3, 1, 2) if made is not None and made.ndim == 4 else made

    def values(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Not turned; as float32 where NumPy lacks their kind of number."""
        if not hasattr(value, "shape") or not (
            hasattr(value, "numpy") or hasattr(value, "__array__")
        ):
            return None
        made = np.asarray(value)
        return made.astype(np.float32) if made.dtype.kind == "V" else made

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """A tensor of the backend, or an array where `other` is one."""
        if isinstance(other, np.ndarray):
            return values
        return type(self)._tensor(self._keras, values)

    def in_training(self, network: Any, options: dict[str, Any]) -> tuple[int, int]:
        """In a call with `training=True`; a frozen normalisation goes by its statistics even so."""
        if options.get("training") is not True:
            return 0, 0
        layers = [(type(layer).__name__, layer.trainable) for layer in network._flatten_layers()]
        norms = sum("BatchNormalization" in name and learns for name, learns in layers)
        return norms, sum("Dropout" in name for name, _ in layers)

    def settle(self, network: Any, options: dict[str, Any]) -> dict[str, Any]:
        """Without `training=True`."""
        return {**options, "training": False} if options.get("training") is True else options

    @staticmethod
    def _tensor(keras: Any, values: np.ndarray[Any, Any]) -> Any:
        convert = getattr(getattr(keras, "ops", None), "convert_to_tensor", None)
        if convert is None:
            convert = sys.modules["tensorflow"].convert_to_tensor
        return convert(values)

    def holds_weights(self, network: Any) -> bool:
        """Frozen ones, too."""
        return bool(network.weights)

    def stored(self, network: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """All weights, with the statistics of normalisations."""
        for item in network.weights:
            yield str(getattr(item, "path", item.name)), np.asarray(item)

    def weight(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The kernel, turned from (height, width, in, out) and (in, out); from (height, width, in,
        each) of a depthwise convolution to (in x each, 1, height, width), as other frameworks have.
        """
        kernel = _kernel_of(layer)
        if kernel is None:
            return None
        values = np.asarray(kernel)
        if _is_depthwise(layer):
            return np.array(values.transpose(2, 3, 0, 1).reshape(-1, 1, *values.shape[:2]))
        return np.array(_turned(values))

    def bias(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The weight `bias`."""
        bias = getattr(layer, "bias", None)
        return None if bias is None else np.array(bias)

    def set_weight(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """By `assign`, turned back."""
        values, kernel = same_sizes(self.weight(layer), values), _kernel_of(layer)
        if _is_depthwise(layer):
            height, width, inner, each = kernel.shape
            back = values.reshape(inner, each, height, width).transpose(2, 3, 0, 1)
        else:
            back = values.transpose(2, 3, 1, 0) if values.ndim == 4 else values.transpose()
        kernel.assign(back)

    def set_bias(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """By `assign`."""
        values = same_sizes(self.bias(layer), values)
        layer.bias.assign(values)

    @contextmanager
    def eager(self) -> Iterator[None]:
        """By TensorFlow's own switch for its compiled functions."""
        config = getattr(loaded("tensorflow"), "config", None)
        if config is None or config.functions_run_eagerly():
            yield
            return
        config.run_functions_eagerly(True)
        try:
            yield
        finally:
            config.run_functions_eagerly(False)

    def _put(self, place: Any, values: np.ndarray[Any, Any]) -> None:
        place.assign(values)

    def pads_one_side(self, layer: Any) -> bool:
        """With `padding="same"`."""
        kernel = getattr(layer, "kernel_size", getattr(layer, "pool_size", 1))
        return strides_with_same(
            getattr(layer, "padding", ""), getattr(layer, "strides", 1), kernel
        )

    def activation(self, layer: Any) -> str:
        """The layer's `activation`, which most layers of Keras can have."""
        name = getattr(getattr(layer, "activation", None), "__name__", "linear")
        own = type(layer).__name__.lower() in ("activation", "softmax", "relu")
        return "" if name == "linear" or own else str(name)

    def kind_of(self, layer: Any) -> str:
        """`Activation("relu")` is what it applies."""
        if type(layer).__name__ == "Activation":
            return str(getattr(layer.activation, "__name__", "other"))
        return type(layer).__name__

    def load(self, network: Any, path: str) -> int:
        """By `load_weights`, which loads all or raises."""
        network.load_weights(path)
        return len(self.parameters(network))

    def train(
        self,
        network: Any,
        images: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        plan: Training,
    ) -> list[float]:
        """By `compile` and `train_on_batch`, which every backend has."""
        logits = not self._ends_in_softmax(network)
        network.compile(
            optimizer=self._keras.optimizers.SGD(learning_rate=plan.rate),
            loss=self._keras.losses.SparseCategoricalCrossentropy(from_logits=logits),
        )
        last = self._wants_last(network, images)
        given = images.transpose(0, 2, 3, 1) if last else images
        losses = []
        for at in plan.batches(len(images)):
            made = network.train_on_batch(given[at], labels[at].astype(np.int32))
            losses.append(float(np.ravel(made)[0]))
        return losses

    def _ends_in_softmax(self, network: Any) -> bool:
        layers = list(getattr(network, "layers", []))
        return (
            bool(layers)
            and "softmax" in (self.activation(layers[-1]) or self.kind_of(layers[-1])).lower()
        )


def _is_depthwise(layer: Any) -> bool:
    return type(layer).__name__ in ("DepthwiseConv2D", "DepthwiseConv1D")


def _kernel_of(layer: Any) -> Any:
    """Of Keras 2 a depthwise convolution's has a name of its own."""
    own = getattr(layer, "depthwise_kernel", None) if _is_depthwise(layer) else None
    return getattr(layer, "kernel", None) if own is None else own


def _turned(kernel: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    turned: np.ndarray[Any, Any] = (
        kernel.transpose(3, 2, 0, 1) if kernel.ndim == 4 else kernel.transpose()
    )
    return turned
