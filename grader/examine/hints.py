"""What a student does about an exception: a cure for each of the faults that submissions share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.assignment import Interface
from grader.examine.replies import Failure, ForeignNames
from grader.language import Sentence


class HintRule(NamedTuple):
    """Patterns that must be found in the exception, as "type: message", and in the failing line;
    groups of the first may be named in the cure.
    """

    error: str
    line: str
    cure: Sentence


def cure(error: Failure, interface: Interface, rules: Sequence[HintRule]) -> Sentence | None:
    """What mends `error`, by the first of the `rules` that fits; None where none does."""
    if (told_apart := cure_of_names(error)) is not None:
        return told_apart
    told = f"{error.type}: {error.message}"
    for rule in rules:
        match = re.search(rule.error, told)
        if match and re.search(rule.line, error.source):
            facts = {"entry": interface.entry, "function": interface.function}
            return Sentence(rule.cure.text, {**facts, **match.groupdict("?")})
    return None


# An accelerator's memory that ran out, as PyTorch, cuBLAS and cuDNN, TensorFlow, MindSpore on a
# GPU, CANN and MindSpore on Ascend say it.
CARD_MEMORY = (
    r"CUDA out of memory|CUDA error: out of memory|OutOfMemoryError|NPU out of memory"
    r"|CUBLAS_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED)|CUDNN_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED"
    r"|INTERNAL_ERROR)|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation"
    r"|ResourceExhaustedError|RESOURCE_EXHAUSTED|OOM when allocating|failed to allocate memory"
    r"|Memory not enough|Out of Memory|Malloc device memory failed|Alloc \w*memory.{0,40}failed"
    r"|rtMalloc\w* failed|Failed to alloc memory|EL0004"
)
_WRAPPED = {  # who puts a prefix before each name
    "_orig_mod.": "torch.compile",
    "module.": "nn.DataParallel",
}


def cure_of_names(names: ForeignNames) -> Sentence | None:
    """What mends names in a checkpoint that are not the network's; None where nothing is known."""
    if names.nested:
        return Sentence(
            "The file is a record of training: the parameters are in it under '{name}', load "
            "checkpoint['{name}'].",
            {"name": names.nested},
        )
    if prefix := names.extra_prefix:
        facts = {"prefix": prefix, "by": _WRAPPED.get(prefix, "")}
        if facts["by"]:
            return Sentence(
                "{by} has put `{prefix}` before each name in the checkpoint: take it off, or wrap "
                "the network in it, too.",
                facts,
            )
        return Sentence(
            "In the checkpoint `{prefix}` stands before each name, as of a network within another "
            "one: take it off, key[len('{prefix}'):] for each key.",
            facts,
        )
    if prefix := names.lacking_prefix:
        return Sentence(
            "The network has `{prefix}` before each name, the checkpoint has not: load it into the "
            "inner network, `net.{inner}.load_state_dict(...)`; in MindSpore by "
            "`load_param_into_net(net.{inner}, ...)`.",
            {"prefix": prefix, "inner": prefix.rstrip(".")},
        )
    return None
