"""Which layers of a network play a role in it, in an order in which two can be compared: pure
functions over layer reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from grader.assignment import AskedLayer
from grader.examine.layer_reports import (
    ACTIVATIONS,
    CONVOLUTION,
    DENSE,
    GLOBAL_POOL,
    JOINTS,
    OTHER,
    POOLS,
    WEIGHTY,
    LayerReport,
    comparable_order,
)

MONOTONE = ("relu", "tanh", "sigmoid", "leaky-relu", "relu6")
PASSING = ("flatten", "dropout")  # what a function number by number may change places with


def in_comparable_order(layers: Sequence[LayerReport]) -> list[LayerReport]:
    """The layers that lead to the output, whatever order the code runs branches in; a max-pool
    after what bends number by number, and without pools that change nothing.
    """
    ordered = [layers[index] for index in comparable_order(layers)]
    kept: list[LayerReport] = []
    for layer in ordered:
        if layer.kind == GLOBAL_POOL and kept and kept[-1].output == layer.output:
            continue
        at = len(kept)
        while layer.kind in MONOTONE and at and kept[at - 1].kind in PASSING:
            at -= 1
        is_after_pool = layer.kind in MONOTONE and at > 0 and kept[at - 1].kind == "max-pool"
        kept.insert(at - 1 if is_after_pool else len(kept), layer)
    return kept


def asked_layers(layers: Sequence[LayerReport]) -> tuple[AskedLayer, ...]:
    """What a reference asks for, with what is the same in other words."""
    ordered = in_comparable_order(layers)
    found = [index for index, layer in enumerate(ordered) if plays(layer)]
    roles = []
    for at, index in enumerate(found):
        end = found[at + 1] if at + 1 < len(found) else len(ordered)
        before = ordered[found[at - 1]].output if at else []
        layer = ordered[index]
        if not any(map(str.isalpha, layer.name)):  # only its place in a sequence
            same = sum(ordered[other].kind == layer.kind for other in found[: at + 1])
            layer = layer.model_copy(update={"name": f"{layer.kind} {same}"})
        roles.append(_asked(layer, before, ordered[index + 1 : end]))
    return tuple(roles)


def _asked(layer: LayerReport, before: Sequence[int], after: Sequence[LayerReport]) -> AskedLayer:
    kinds, weights, outputs = [layer.kind], [tuple(layer.weight)], [tuple(layer.output)]
    whole = tuple(before) if len(before) == 3 else ()
    if layer.kind == CONVOLUTION and layer.output[1:] == [1, 1] and len(layer.weight) == 4:
        kinds.append(DENSE)
        weights.append((layer.weight[0], prod(layer.weight[1:])))
        outputs.append((layer.output[0],))
    elif layer.kind == DENSE and whole and layer.weight[1:] == [prod(whole)]:
        kinds.append(CONVOLUTION)
        weights.append((layer.weight[0], *whole))
        outputs.append((layer.weight[0], 1, 1))
    elif layer.kind in (GLOBAL_POOL, "average-pool") and prod(layer.output[1:]) == 1:
        kinds = [layer.kind, *({GLOBAL_POOL, "average-pool"} - {layer.kind})]
        outputs = [(layer.output[0],), (layer.output[0], 1, 1)]
    bends = [item.kind for item in after if item.kind in ACTIVATIONS]
    if not bends and not any(item.kind == OTHER for item in after):
        bends = ["none"]
    has_sizes = layer.kind in WEIGHTY and layer.weight
    return AskedLayer(
        name=layer.name[:100],
        kinds=tuple(kinds),
        weights=tuple(weights) if has_sizes else (),
        outputs=tuple(outputs),
        followed_by=tuple(bends[:1]),
        needs_bias=layer.bias,
        parameters=0 if has_sizes else layer.parameters,
    )


def plays(layer: LayerReport) -> bool:
    """Whether it is a pool, a joint, or has weights."""
    return layer.kind in (*WEIGHTY, *POOLS, GLOBAL_POOL, *JOINTS) or layer.parameters > 0
