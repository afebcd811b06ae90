"""What a network does, layer by layer, read from one pass of random numbers through it.

Layers tell what they are; what a network does between them by plain functions (`relu(x)`,
`x.view(...)`) is found by comparing what one layer made with what the next one was given. That
works the same in every framework.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np

from .frameworks import Framework, TrainingStep
from .text import clean

TOLERANCE = 1e-4  # of the largest value, below which two results are the same

# Kind of a layer by a part of its class's name in small letters; the first that fits counts.
_KINDS: tuple[tuple[str, str], ...] = (
    ("conv", "convolution"),
    ("dense", "dense"),
    ("linear", "dense"),
    ("adaptiveavgpool", "global-average-pool"),
    ("globalaverage", "global-average-pool"),
    ("maxpool", "max-pool"),
    ("avgpool", "average-pool"),
    ("averagepool", "average-pool"),
    ("logsoftmax", "log-softmax"),
    ("softmax", "softmax"),
    ("leakyrelu", "leaky-relu"),
    ("relu6", "relu6"),
    ("relu", "relu"),
    ("sigmoid", "sigmoid"),
    ("tanh", "tanh"),
    ("flatten", "flatten"),
    ("reshape", "flatten"),
    ("dropout", "dropout"),
    ("batchnorm", "batch-norm"),
    ("batchnormalization", "batch-norm"),
)
ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6")
POOLS = ("max-pool", "average-pool")


class Layer(NamedTuple):
    """One layer. `output` is without the batch; convolutions and dense layers have `weight`, in
    the order (out, in, height, width) or (out, in), whatever the framework's own order is.
    """

    name: str
    kind: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int  # for one image
    weight: tuple[int, ...] = ()
    bias: bool = False
    step: TrainingStep | None = None  # None for what was found between two layers

    def report(self) -> dict[str, Any]:
        """The layer as a reply has it."""
        return {
            "name": clean(self.name),
            "kind": self.kind,
            "output": list(self.output),
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "weight": list(self.weight),
            "bias": self.bias,
        }


def trace_layers(
    framework: Framework, network: Any, sizes: Sequence[int]
) -> tuple[list[Layer], BaseException | None]:
    """The network's layers in order of execution for an input of `sizes` (without the batch), and
    the error that kept it from running to its end, if so: then only the layers before it.
    """
    given = np.random.RandomState(0).uniform(-1, 1, (3, *sizes)).astype(np.float32)
    trace = framework.trace(network, given)
    layers: list[Layer] = []
    before = given
    for step in _without_wrappers(framework, trace.steps):
        if not step.inside:
            layers += _between(before, step.given)
        layers += _layer(framework, step)
        before = step.made
    if trace.output is not None:
        layers += _between(before, trace.output)
    return layers, trace.error


def _without_wrappers(framework: Framework, steps: list[TrainingStep]) -> list[TrainingStep]:
    """Steps without layers that only run other layers with weights, such as a conv-norm block."""
    kept = []
    for index, step in enumerate(steps):
        inner = list(itertools.takewhile(lambda other: other.inside, steps[index + 1 :]))
        wraps = any(kind_of(framework, other.layer) in ("convolution", "dense") for other in inner)
        if step.inside or not wraps:
            kept.append(step)
    return kept


def kind_of(framework: Framework, layer: Any) -> str:
    """Kind of a layer by its class; "other" for one that is not known."""
    name = framework.kind_of(layer).lower().replace("_", "")
    return next((kind for part, kind in _KINDS if part in name), "other")


def _layer(framework: Framework, step: TrainingStep) -> list[Layer]:
    kind = kind_of(framework, step.layer)
    output = step.made.shape[1:]
    weight = framework.weight(step.layer) if kind in ("convolution", "dense") else None
    count = sum(int(np.prod(item.shape)) for item in framework.parameters(step.layer))
    work, bias = 0, False
    shape: tuple[int, ...] = ()
    if weight is not None:
        shape = weight.shape
        bias = framework.bias(step.layer) is not None
        work = weight.size * (int(np.prod(output[1:])) if len(output) == 3 else 1)
    found = [Layer(step.name, kind, output, count, work, shape, bias, step)]
    activation = framework.activation(step.layer)
    if activation:
        found.append(Layer(step.name, activation.replace("_", "-"), output, 0, 0))
    return found


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _windows(x: Any) -> Any:
    """(N, C, H, W) as windows of 2 x 2: (N, C, H/2, W/2, 4)."""
    n, c, h, w = x.shape
    if h < 2 or w < 2:
        raise ValueError("too small to pool")
    x = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    return x.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)


_FUNCTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("relu", _relu),
    ("tanh", np.tanh),
    ("sigmoid", _sigmoid),
    ("relu6", lambda x: np.clip(x, 0, 6)),
    ("leaky-relu", lambda x: np.where(x > 0, x, 0.01 * x)),
    ("softmax", _softmax),
    ("log-softmax", lambda x: np.log(_softmax(x))),
    ("max-pool", lambda x: _windows(x).max(axis=-1)),
    ("average-pool", lambda x: _windows(x).mean(axis=-1)),
    ("global-average-pool", lambda x: x.mean(axis=(2, 3))),
)
_LONGEST_CHAIN = 2


def _between(before: Any, after: Any) -> list[Layer]:
    """The functions that make `after` out of `before`: none, one, two, or "other"."""
    for length in range(_LONGEST_CHAIN + 1):
        for chain in itertools.product(_FUNCTIONS, repeat=length):
            made = _applied(chain, before)
            if made and _same(made[-1] if chain else before, after):
                found = [
                    Layer("", name, value.shape[1:], 0, 0) for (name, _), value in zip(chain, made)
                ]
                last = made[-1] if chain else before
                if last.ndim != after.ndim:
                    found.append(Layer("", "flatten", after.shape[1:], 0, 0))
                return found
    return [Layer("", "other", after.shape[1:], 0, 0)]


def _applied(chain: Sequence[tuple[str, Callable[[Any], Any]]], value: Any) -> list[Any]:
    """The value after each function; empty where one cannot be applied."""
    made = [value] if not chain else []
    for _, function in chain:
        try:
            with np.errstate(all="ignore"):
                value = function(value)
        except (ValueError, IndexError):  # numpy's AxisError is both
            return []
        made.append(value)
    return made


def _same(one: Any, other: Any) -> bool:
    """Whether two arrays hold the same values in the same order, or in that of channels last."""
    if one.size != other.size or len(one) != len(other):
        return False
    limit = TOLERANCE * max(float(np.abs(other).max()), 1e-6)
    orders = [one]
    if one.ndim == 4 and other.ndim != 4:
        orders.append(one.transpose(0, 2, 3, 1))
    flat = other.reshape(len(other), -1)
    return any(bool(np.abs(x.reshape(len(x), -1) - flat).max() <= limit) for x in orders)


def variant(layers: Sequence[Layer], size: int) -> dict[str, Any]:
    """Facts by which versions of LeNet5 differ.

    input: height of the images. pool: "max", "average", "mixed" or "none". conv_activation and
    dense_activation: what follows convolutions, and dense layers but the last; "none" if nothing,
    "mixed" if not always the same. c5: whether the third layer with 120 outputs is a
    "convolution", "dense", or missing (""). dropout, batch_norm, softmax (at the end): whether
    there is one.
    """
    kinds = [layer.kind for layer in layers]
    weighty = [index for index, kind in enumerate(kinds) if kind in ("convolution", "dense")]
    following: dict[str, list[str]] = {"convolution": [], "dense": []}
    for index, after in zip(weighty, weighty[1:]):
        acts = [kind for kind in kinds[index + 1 : after] if kind in ACTIVATIONS]
        following[kinds[index]].append(acts[0] if acts else "none")
    c5 = [layers[i].kind for i in weighty if layers[i].weight and layers[i].weight[0] == 120]
    return {
        "input": size,
        "pool": _common([kind.replace("-pool", "") for kind in kinds if kind in POOLS]),
        "conv_activation": _common(following["convolution"]),
        "dense_activation": _common(following["dense"]),
        "c5": c5[0] if c5 else "",
        "dropout": "dropout" in kinds,
        "batch_norm": "batch-norm" in kinds,
        "softmax": bool(weighty) and bool({"softmax", "log-softmax"} & set(kinds[weighty[-1] :])),
    }


def _common(kinds: Sequence[str]) -> str:
    if not kinds:
        return "none"
    return kinds[0] if len(set(kinds)) == 1 else "mixed"


def put_in(
    framework: Framework,
    layers: Sequence[Layer],
    layer: Layer,
    part: str,
    values: np.ndarray[Any, Any],
) -> None:
    """Put weights ("w") or biases ("b") into a layer of the trace. Raises ValueError for other
    sizes.

    Columns of the first dense layer are in the order (channel, height, width); a framework that
    flattens channels last gets them turned.
    """
    if layer.step is None:
        raise ValueError("the layer has no weights")
    if part == "b":
        framework.set_bias(layer.step.layer, values)
        return
    if framework.channels_last and layer.kind == "dense":
        maps = [made.output for made in layers[: layers.index(layer)] if len(made.output) == 3]
        if maps and values.ndim == 2 and int(np.prod(maps[-1])) == values.shape[1]:
            turned = values.reshape(-1, *maps[-1]).transpose(0, 2, 3, 1)
            values = turned.reshape(len(values), -1)
    framework.set_weight(layer.step.layer, values)
