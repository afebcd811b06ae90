"""What a network does, layer by layer, read from one pass of random numbers through it.

Layers tell what they are; what a network does between them is found by their values (`flow.py`).
That works the same in every framework.
"""

from __future__ import annotations

import itertools
from typing import Any, Sequence

import numpy as np

from .flow import Flow, Layer
from .frameworks import Framework, LayerTrace, NetworkParameter, TrainingStep

# Kind of a layer by a part of its class's name in small letters; the first that fits counts.
_KINDS: tuple[tuple[str, str], ...] = (
    ("convtranspose", "transposed-convolution"),
    ("conv2dtranspose", "transposed-convolution"),
    ("conv1dtranspose", "transposed-convolution"),
    ("zeropad", "padding"),
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
    ("layernorm", "layer-norm"),
    ("groupnorm", "group-norm"),
    ("embedding", "embedding"),
    ("lstm", "lstm"),
    ("gru", "gru"),
    ("attention", "attention"),
)
WEIGHTY = ("convolution", "transposed-convolution", "dense")  # whose weights have known axes
ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6")
POOLS = ("max-pool", "average-pool")
MOST_TRIED = 20  # parameters outside of layers, whether the output depends on them


def trace_layers(
    framework: Framework, network: Any, sizes: Sequence[int]
) -> tuple[list[Layer], BaseException | None]:
    """The network's layers in order of execution for an input of `sizes` (without the batch), and
    the error that kept it from running to its end, if so: then only the layers before it.
    """
    given = drawn_input(sizes)
    trace = framework.trace(network, given)
    return layers_of(framework, given, trace), trace.error


def drawn_input(sizes: Sequence[int]) -> np.ndarray[Any, Any]:
    """Three inputs of random numbers, the same ones each time; float32 (3, ...)."""
    drawn = np.random.RandomState(0).uniform(-1, 1, (3, *sizes))
    given: np.ndarray[Any, Any] = drawn.astype(np.float32)
    return given


def layers_of(framework: Framework, given: np.ndarray[Any, Any], trace: LayerTrace) -> list[Layer]:
    """The layers of one pass of `given`, with the functions between them."""
    flow = Flow(given)
    for step in _without_wrappers(framework, trace.steps):
        if not step.inside:
            flow.reach(step.given)
        for layer in _layer(framework, step):
            flow.run(layer, step.made)
    if trace.output is not None:
        flow.reach(trace.output)
    return flow.layers


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
    weight = framework.weight(step.layer) if kind in WEIGHTY else None
    count = sum(int(np.prod(item.shape)) for item in framework.parameters(step.layer))
    work, bias = 0, False
    shape: tuple[int, ...] = ()
    if weight is not None:
        shape = weight.shape
        bias = framework.bias(step.layer) is not None
        # Each weight works once for each place of the maps on the wider side.
        maps = step.given.shape[1:] if kind == "transposed-convolution" else output
        work = weight.size * (int(np.prod(maps[1:])) if len(maps) > 1 else 1)
    sided = kind in (*WEIGHTY, *POOLS) and framework.pads_one_side(step.layer)
    window = framework.window(step.layer) if kind in POOLS and len(output) == 3 else ()
    found = [Layer(step.name, kind, output, count, work, shape, bias, step, sided, window=window)]
    activation = framework.activation(step.layer)
    if activation:
        found.append(Layer(step.name, activation.replace("_", "-"), output, 0, 0))
    return found


def outside_layers(
    framework: Framework, network: Any, given: np.ndarray[Any, Any], layers: Sequence[Layer]
) -> tuple[list[NetworkParameter], list[NetworkParameter]]:
    """Parameters of the network that none of the traced layers holds: those that its output does
    not depend on, and the others, which functions use that are not seen as layers.
    """
    held = {
        framework.identity(item.value)
        for layer in layers
        if layer.step is not None
        for item in framework.parameters(layer.step.layer)
    }
    unused: list[NetworkParameter] = []
    hidden: list[NetworkParameter] = []
    made = None
    for item in framework.parameters(network):
        if framework.identity(item.value) in held:
            continue
        if made is None:
            made = framework.forward(network, given)
        is_used = True
        if len(unused) + len(hidden) < MOST_TRIED:
            with framework.other_values(item.value):
                is_used = not np.array_equal(framework.forward(network, given), made)
        (hidden if is_used else unused).append(item)
    return unused, hidden


def first_random(before: Sequence[Layer], after: Sequence[Layer]) -> int:
    """The number, from 1, of the first layer that made something else in another pass of the same
    input; 0 if there is none.
    """
    pairs = enumerate(zip(before, after), 1)
    return next((n for n, (one, other) in pairs if not np.allclose(one.level, other.level)), 0)


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


def _flattened_as_asked(layer: Layer, given: np.ndarray[Any, Any]) -> bool:
    """Whether the maps of a layer came into the dense one as they are, channels first."""
    made = layer.step.made if layer.step is not None else np.zeros(0)
    return made.size == given.size and bool(np.array_equal(made.reshape(given.shape), given))


def put_in(
    framework: Framework,
    layers: Sequence[Layer],
    layer: Layer,
    part: str,
    values: np.ndarray[Any, Any],
) -> None:
    """Put weights ("w") or biases ("b") into a layer of the trace. Raises ValueError for other
    sizes.

    Columns of the first dense layer are in the order (channel, height, width); they are turned for
    one whose maps are flattened channels last.
    """
    if layer.step is None:
        raise ValueError("the layer has no weights")
    if part == "b":
        framework.set_bias(layer.step.layer, values)
        return
    if framework.channels_last and layer.kind == "dense":
        before = layers[: layers.index(layer)]
        maps = [made for made in before if len(made.output) == 3 and made.kind != "other"]
        fitting = values.ndim == 2 and maps and int(np.prod(maps[-1].output)) == values.shape[1]
        if fitting and not any(_flattened_as_asked(made, layer.step.given) for made in maps):
            turned = values.reshape(-1, *maps[-1].output).transpose(0, 2, 3, 1)
            values = turned.reshape(len(values), -1)
    framework.set_weight(layer.step.layer, values)
