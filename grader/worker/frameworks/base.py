"""What the worker asks of a framework."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from typing import Any, Callable, Iterator, Mapping

import numpy as np

from .function_steps import FunctionSteps
from .functions import Function, Watch
from .values import LayerTrace, NetworkParameter, Norm, Training, TrainingStep

NO_TENSOR = "what the network returns is no tensor"  # which the grader knows it by


def same_sizes(expected: Any, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """`values` as float32, reshaped where only the shape differs. Raises ValueError otherwise."""
    if expected is None:
        raise ValueError("the layer has no such values")
    if expected.size != values.size or expected.shape[0] != values.shape[0]:
        raise ValueError(f"expected {tuple(expected.shape)}, got {values.shape}")
    fitting: np.ndarray[Any, Any] = values.reshape(expected.shape).astype(np.float32)
    return fitting


def strides_with_same(padding: Any, strides: Any, kernel: Any) -> bool:
    """Whether a layer with these settings pads "same" with an odd number of rows, so that one side
    gets more: windows that overlap by an odd number, over sizes that the strides divide.
    """
    stride, size = (max(np.ravel(np.asarray(each)).tolist() or [1]) for each in (strides, kernel))
    return (
        str(padding).lower() == "same" and stride > 1 and size > stride and (size - stride) % 2 == 1
    )


def _pair(sizes: Any) -> tuple[int, ...]:
    """Two sizes as a pair, of four those after (batch, channels); () for what is neither."""
    try:
        each = [int(size) for size in np.ravel(np.asarray(sizes)).tolist()]
    except (TypeError, ValueError):
        return ()
    each = each * 2 if len(each) == 1 else each
    return tuple(each[-2:]) if len(each) in (2, 4) and each[:-2] in ([], [1, 1]) else ()


class Framework:
    """One framework. Networks are its own objects; arrays are float32 in (N, C, H, W)."""

    name = ""
    channels_last = False  # whether it flattens (H, W, C)
    takes = ""  # the method that is given the image, where it is not the one that asks
    given_at = 0  # which argument the image is
    # How a normalisation over batches calls what it holds.
    norm_names: Mapping[str, str] = {
        "gamma": "gamma",
        "beta": "beta",
        "mean": "moving_mean",
        "variance": "moving_variance",
    }
    networks_are_apart = True  # whether to build one changes nothing of those that are built later

    def network_type(self) -> type:
        """The class that networks and layers derive from."""
        raise NotImplementedError

    def entrances(self) -> list[tuple[Any, str]]:
        """Methods by which a network is asked: all frameworks have a base class whose `__call__`
        runs a layer.
        """
        return [(self.network_type(), "__call__")]

    def other_layouts(self) -> list[Framework]:
        """The same framework for networks that take images in another order of axes; each is tried
        on a network of its own, since layers may take their sizes from the first image.
        """
        return []

    def is_container(self, layer: Any) -> bool:
        """Whether a layer only runs others: what a submission wrote itself, or a sequence."""
        raise NotImplementedError

    def parameters(self, network: Any) -> list[NetworkParameter]:
        """Trainable parameters in the network's order."""
        raise NotImplementedError

    def forward(self, network: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The network's output in evaluation mode. Raises what the network raises, and TypeError
        for an output that is no tensor.
        """
        raise NotImplementedError

    def output(self, value: Any) -> np.ndarray[Any, Any]:
        """The values of what a network returns. Raises TypeError for what is no tensor."""
        made = self.array(value)
        if made is None:
            kind = type(value).__name__
            told = f"a {kind} of {len(value)}" if isinstance(value, (tuple, list, dict)) else kind
            raise TypeError(f"{NO_TENSOR}: {told}")
        return made

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """A tensor's values; None for what is no tensor."""
        raise NotImplementedError

    def values(self, value: Any) -> np.ndarray[Any, Any] | None:
        """A tensor's or an array's values in their own order of axes; None for what is neither."""
        return value if isinstance(value, np.ndarray) else self.array(value)

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """`values` as the kind of tensor that `other` is: its numbers and its device."""
        raise NotImplementedError

    def identity(self, value: Any) -> int:
        """The same number for a parameter and for what shares its numbers, as long as it lives."""
        return id(value)

    @contextmanager
    def functions_watched(self, watch: Watch) -> Iterator[None]:
        """For the duration functions of tensors that may stand for a layer go through `watch`,
        which is given the function's name, positional and named arguments, and the call to make.
        """
        yield

    def holds_weights(self, network: Any) -> bool:
        """Whether there is anything in it that was trained."""
        return bool(self.parameters(network))

    def in_training(self, network: Any, options: dict[str, Any]) -> tuple[int, int]:
        """How many layers of normalisation over batches, and of dropout, are in training mode in a
        call with these named arguments.
        """
        return 0, 0

    def settle(self, network: Any, options: dict[str, Any]) -> dict[str, Any]:
        """Put the network into evaluation mode; the named arguments that leave it there."""
        return options

    def stored(self, network: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """All values that a checkpoint of the network holds, by name."""
        return iter(())

    def names(self, network: Any) -> dict[int, str]:
        """Names of the layers in the network by the layers' ids."""
        raise NotImplementedError

    def weight(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """Weights of a convolution (out, in, height, width) or dense layer (out, in), if any."""
        raise NotImplementedError

    def bias(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """Biases of a convolution or dense layer, if it has them."""
        raise NotImplementedError

    def set_weight(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """Put new weights in, in the order that `weight` has. Raises ValueError for other sizes."""
        raise NotImplementedError

    def set_bias(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """Put new biases in. Raises ValueError for other sizes or a layer without biases."""
        raise NotImplementedError

    @contextmanager
    def eager(self) -> Iterator[None]:
        """For the duration layers run as Python, one by one, also where the submission compiled
        them.
        """
        yield

    def norm(self, layer: Any) -> Norm | None:
        """What a normalisation over batches holds; None for another layer, and for one that goes by
        the batch.
        """
        held = {
            key: self.values(getattr(layer, name, None)) for key, name in self.norm_names.items()
        }
        mean, variance = held["mean"], held["variance"]
        if getattr(layer, "training", False) is True or mean is None or variance is None:
            return None
        return Norm(mean, variance, held["gamma"], held["beta"]) if mean.ndim == 1 else None

    def set_norm(self, layer: Any, values: dict[str, np.ndarray[Any, Any]]) -> None:
        """Put "gamma", "beta", "mean" and "variance" into a normalisation over batches, as far as
        it has them. Raises ValueError for other sizes.
        """
        for key, name in self.norm_names.items():
            place = getattr(layer, name, None)
            if place is not None:
                self._put(place, same_sizes(self.values(place), values[key]))

    @contextmanager
    def other_values(self, parameter: Any) -> Iterator[None]:
        """For the duration a parameter has other values."""
        held = self.values(parameter)
        if held is None:
            raise ValueError("no parameter")
        held = np.array(held)
        drawn = np.random.RandomState(0).uniform(1, 2, held.shape)
        self._put(parameter, (held + drawn).astype(held.dtype))
        try:
            yield
        finally:
            self._put(parameter, held)

    def _put(self, place: Any, values: np.ndarray[Any, Any]) -> None:
        """Give a parameter new values of its sizes."""
        raise NotImplementedError

    def pads_one_side(self, layer: Any) -> bool:
        """Whether a convolution or pooling pads below and to the right alone where sizes are even,
        as "same" with strides does.
        """
        return False

    def window(self, layer: Any) -> tuple[int, ...]:
        """Height and width of a pooling's windows and both strides; () where that is not known."""
        names = (("kernel_size", "pool_size"), ("stride", "strides"))
        given = [
            next((getattr(layer, n) for n in each if hasattr(layer, n)), None) for each in names
        ]
        pairs = [_pair(one) for one in given]
        return (*pairs[0], *pairs[1]) if all(pairs) else ()

    def fitting(self, network: Any, values: Any) -> dict[str, Any]:
        """Those of a checkpoint's `values` that have a parameter's name and sizes."""
        return {
            item.name: values[item.name]
            for item in self.parameters(network)
            if item.name in values and tuple(values[item.name].shape) == item.shape
        }

    def load(self, network: Any, path: str) -> int:
        """Load a checkpoint; how many of `parameters` it gave a value. Raises what the framework
        raises for a file that it cannot read.
        """
        raise NotImplementedError

    def kind_of(self, layer: Any) -> str:
        """The name that says what a layer does: most often its class's."""
        return layer.kind if isinstance(layer, Function) else type(layer).__name__

    def activation(self, layer: Any) -> str:
        """Name of a function that the layer applies to its own result; "" for none.

        Only where the function is no layer of its own, which would be traced.
        """
        return ""

    def train(
        self,
        network: Any,
        images: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        plan: Training,
    ) -> list[float]:
        """Train by plain stochastic gradient descent on cross-entropy; the loss of each step."""
        raise NotImplementedError

    def trace(self, network: Any, array: np.ndarray[Any, Any]) -> LayerTrace:
        """The layers in order of execution for one pass in evaluation mode, with the functions that
        stand for layers, where to watch these changes nothing.
        """
        watched = self._traced(network, array, functions=True)
        if watched.error is None:
            return watched
        alone = self._traced(network, array, functions=False)
        return alone if alone.error is None else watched

    def _traced(self, network: Any, array: np.ndarray[Any, Any], *, functions: bool) -> LayerTrace:
        steps: list[TrainingStep] = []
        names = self.names(network)
        running: list[Any] = []

        def watch(layer: Any, call: Callable[[], Any], given: Any) -> Any:
            if self.is_container(layer):
                return call()
            inside = bool(running)
            running.append(layer)
            before = self.array(given)
            before = None if before is None else np.array(before)
            place, begun = len(steps), time.perf_counter()
            try:
                made = call()
            finally:
                running.pop()
            after = self.array(made)  # which waits for what is computed behind Python's back
            took = time.perf_counter() - begun
            if before is not None and after is not None:
                name = names.get(id(layer), type(layer).__name__)
                step = TrainingStep(layer, name, before, np.array(after), inside, took)
                steps.insert(place, step)
            return made

        seen = FunctionSteps(self, network, steps, running)
        with calls_watched(self.network_type(), "__call__", watch), (
            self.functions_watched(seen.watch) if functions else nullcontext()
        ):
            try:
                return LayerTrace(steps, self.forward(network, array), None)
            except BaseException as error:
                return LayerTrace(steps, None, error)


@contextmanager
def calls_watched(
    owner: Any, name: str, watch: Callable[[Any, Callable[[], Any], Any], Any]
) -> Iterator[None]:
    """For the duration every call of the method goes through `watch`, which is given the object,
    the call to make, and its first argument.
    """
    original = getattr(owner, name)

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        given = arguments[0] if arguments else next(iter(options.values()), None)
        return watch(self, lambda: original(self, *arguments, **options), given)

    setattr(owner, name, call)
    try:
        yield
    finally:
        setattr(owner, name, original)
