"""The reference's own submission: names the class of garbage on an image."""

from pathlib import Path
from typing import Any

import mindspore as ms
import numpy as np
from labels import NAMES  # type: ignore[import-not-found]
from lenet5 import LeNet5  # type: ignore[import-not-found]
from networks import build  # type: ignore[import-not-found]
from preprocessing import prepare  # type: ignore[import-not-found]

__all__ = ["LeNet5", "predict"]

ms.set_context(mode=ms.GRAPH_MODE)

_CHECKPOINT = next((Path(__file__).parent / "results").glob("*.ckpt"))
_NETWORK = build(_CHECKPOINT.stem)
ms.load_param_into_net(_NETWORK, ms.load_checkpoint(str(_CHECKPOINT)), strict_load=True)
_NETWORK.set_train(False)


def predict(image: Any) -> str:
    """Return the English name of one of the 26 classes for a uint8 image (H, W, 3), BGR."""
    batch = prepare(np.asarray(image), _NETWORK.architecture.size)[np.newaxis]
    return str(NAMES[int(_NETWORK(ms.Tensor(batch)).asnumpy().argmax())])
