"""Whether a submission ran out of an accelerator's memory: where others computed there at the same
time, that can be their doing.

The words are a claim like all that a submission says. Believing it costs one more examination,
alone on the accelerator, whose result stands.
"""

from __future__ import annotations

import re

from grader.engine.contract import Examined

# As PyTorch, cuBLAS and cuDNN, TensorFlow, MindSpore on a GPU, CANN and MindSpore on Ascend say it.
_SAID = re.compile(
    r"CUDA out of memory|CUDA error: out of memory|OutOfMemoryError|NPU out of memory"
    r"|CUBLAS_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED)|CUDNN_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED"
    r"|INTERNAL_ERROR)|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation"
    r"|ResourceExhaustedError|RESOURCE_EXHAUSTED|OOM when allocating|failed to allocate memory"
    r"|Memory not enough|Out of Memory|Malloc device memory failed|Alloc \w*memory.{0,40}failed"
    r"|rtMalloc\w* failed|Failed to alloc memory|EL0004",
)


def ran_out(examined: Examined) -> bool:
    """Whether anything that is known of the examination, or that was printed, says so."""
    told = examined.evidence.model_dump_json(exclude={"fingerprint", "records"})
    return bool(_SAID.search(examined.log) or _SAID.search(told))
