"""MindSpore 1.x and 2.x."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Any, Iterator

import numpy as np

from .base import Framework, same_sizes, strides_with_same
from .functions import Function, Watch, is_watched, methods_watched
from .values import NetworkParameter, Training

_METHODS = ("__matmul__", "matmul", "__add__", "__iadd__", "add")  # of tensors


class MindSpore(Framework):
    """Networks are `mindspore.nn.Cell`s; they run in PyNative mode here, whatever mode is set."""

    name = "mindspore"

    def __init__(self) -> None:
        self._ms: Any = sys.modules["mindspore"]

    def network_type(self) -> type:
        """`mindspore.nn.Cell`."""
        kind: type = self._ms.nn.Cell
        return kind

    def is_container(self, layer: Any) -> bool:
        """Cells of the submission's own, and sequences and lists of cells."""
        own = not f"{type(layer).__module__}.".startswith("mindspore.")
        return own or isinstance(layer, (self._ms.nn.SequentialCell, self._ms.nn.CellList))

    def parameters(self, network: Any) -> list[NetworkParameter]:
        """Trainable parameters by their full names."""
        return [
            NetworkParameter(str(item.name), tuple(int(size) for size in item.shape), item)
            for item in network.trainable_params()
        ]

    def names(self, network: Any) -> dict[int, str]:
        """Cells by `cells_and_names`."""
        return {id(cell): name for name, cell in network.cells_and_names()}

    def forward(self, network: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """One pass with `set_train(False)`."""
        with self.eager():
            network.set_train(False)
            return self.output(network(self._ms.Tensor(np.ascontiguousarray(array))))

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Values of a Tensor; as float32 where NumPy lacks their kind of number."""
        if not isinstance(value, self._ms.Tensor):
            return None
        short = "bfloat" in str(value.dtype).lower()
        values: np.ndarray[Any, Any] = (
            value.astype(self._ms.float32) if short else value
        ).asnumpy()
        return values

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """A Tensor of the same kind of numbers, where that can hold them."""
        if not isinstance(other, self._ms.Tensor):
            return values
        floating = "loat" in str(other.dtype)
        made = self._ms.Tensor(np.ascontiguousarray(values))
        return made.astype(other.dtype) if floating else made

    @contextmanager
    def functions_watched(self, watch: Watch) -> Iterator[None]:
        """By the classes of operations, and the methods of tensors that most releases compute
        without one.
        """

        def operation(self: Any, name: str, arguments: Any, options: Any, call: Any) -> Any:
            if getattr(self, "transpose_a", False):
                return call()
            named = "linear" if getattr(self, "transpose_b", False) else type(self).__name__
            sizes = {key: getattr(self, key, None) for key in ("kernel_size", "strides")}
            return watch(named, arguments, {**options, **sizes}, call)

        def method(self: Any, name: str, arguments: Any, options: Any, call: Any) -> Any:
            return watch(name, (self, *arguments), options, call)

        operations = [
            (kind, "__call__")
            for kind in _below(self._ms.ops.Primitive)
            if is_watched(kind.__name__)
        ]
        methods = [(self._ms.Tensor, name) for name in _METHODS if hasattr(self._ms.Tensor, name)]
        with methods_watched(operations, operation), methods_watched(methods, method):
            yield

    def holds_weights(self, network: Any) -> bool:
        """Frozen ones, too."""
        return next(iter(network.get_parameters()), None) is not None

    def in_training(self, network: Any, options: dict[str, Any]) -> tuple[int, int]:
        """By the cells' own `training`."""
        at_it = [type(cell).__name__ for _, cell in network.cells_and_names() if cell.training]
        return (
            sum("BatchNorm" in name for name in at_it),
            sum(name.startswith("Dropout") for name in at_it),
        )

    def settle(self, network: Any, options: dict[str, Any]) -> dict[str, Any]:
        """By `set_train(False)`."""
        network.set_train(False)
        return options

    def stored(self, network: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """All parameters, with the statistics of normalisations."""
        for item in network.get_parameters():
            values = self.array(item)
            if values is not None:
                yield str(item.name), values

    def weight(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The parameter `weight`; one-dimensional convolutions keep their own form."""
        values = self._values(layer, "weight")
        is_turned = isinstance(layer, Function) and layer.turned and values is not None
        return values.transpose() if values is not None and is_turned else values

    def bias(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The parameter `bias`, where `has_bias` was asked for."""
        return self._values(layer, "bias") if getattr(layer, "has_bias", True) else None

    def set_weight(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """By `set_data`."""
        fitting = same_sizes(self.weight(layer), values)
        if isinstance(layer, Function) and layer.turned:
            fitting = np.ascontiguousarray(fitting.transpose())
        layer.weight.set_data(self._ms.Tensor(fitting))

    def set_bias(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """By `set_data`."""
        values = same_sizes(self.bias(layer), values)
        layer.bias.set_data(self._ms.Tensor(values))

    def _put(self, place: Any, values: np.ndarray[Any, Any]) -> None:
        place.set_data(self._ms.Tensor(values))

    def pads_one_side(self, layer: Any) -> bool:
        """With `pad_mode="same"`."""
        return strides_with_same(
            getattr(layer, "pad_mode", ""),
            getattr(layer, "stride", 1),
            getattr(layer, "kernel_size", 1),
        )

    def _values(self, layer: Any, name: str) -> np.ndarray[Any, Any] | None:
        values = getattr(layer, name, None)
        return self.array(values)

    def load(self, network: Any, path: str) -> int:
        """By `load_checkpoint`, parameters of the same name and shape."""
        values = self._ms.load_checkpoint(path)
        fitting = self.fitting(network, values)
        self._ms.load_param_into_net(network, fitting)
        return len(fitting)

    def train(
        self,
        network: Any,
        images: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        plan: Training,
    ) -> list[float]:
        """By `TrainOneStepCell`, which all releases have."""
        ms, nn = self._ms, self._ms.nn
        with self.eager():
            loss = nn.WithLossCell(
                network, nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
            )
            optimizer = nn.SGD(network.trainable_params(), learning_rate=plan.rate)
            step = nn.TrainOneStepCell(loss, optimizer)
            step.set_train(True)
            losses = []
            for at in plan.batches(len(images)):
                given = ms.Tensor(images[at]), ms.Tensor(labels[at].astype(np.int32))
                losses.append(float(step(*given).asnumpy()))
            network.set_train(False)
        return losses

    @contextmanager
    def eager(self) -> Iterator[None]:
        """PyNative mode, in which a cell runs as Python; the submission's mode comes back after."""
        mode = self._ms.get_context("mode")
        self._ms.set_context(mode=self._ms.PYNATIVE_MODE)
        try:
            yield
        finally:
            if mode != self._ms.PYNATIVE_MODE:
                self._ms.set_context(mode=mode)


def _below(kind: type) -> set[type]:
    """The classes that derive from it."""
    found: set[type] = set(kind.__subclasses__())
    for one in list(found):
        found |= _below(one)
    return found
