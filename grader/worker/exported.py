"""Exported networks opened beside the submission, and asked what its own network was asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, NamedTuple

import numpy as np

from . import faults
from .export_readers import ExportedNetwork, UnreadableError, is_torchscript, open_export
from .loading import Loading
from .network_door import Passage, door
from .operations import Array, Operation, Reply
from .protocol import Answer, Meta
from .text import clean

Ask = Callable[[Array], Answer]


class _Heard(NamedTuple):
    """What entered the submission's network for one image and what left it, and the network."""

    given: np.ndarray[Any, Any]
    made: np.ndarray[Any, Any]
    network: Any


class Exports:
    """The operations `traced` and `exported`; `ask` puts an image to the submission's function."""

    def __init__(self, loading: Loading, ask: Ask) -> None:
        self._loading, self._ask = loading, ask
        self._heard: list[_Heard] | None = None

    def operations(self) -> dict[str, Operation]:
        """By name."""
        return {"traced": self.traced, "exported": self.exported}

    def traced(self, meta: Meta, array: Array) -> Reply:
        """{files: those of the `files` that are TorchScript}, by their form alone: nothing is
        loaded.
        """
        root = self._loading.place.root
        return {"files": [name for name in meta["files"] if is_torchscript(root / name)]}, None

    def exported(self, meta: Meta, array: Array) -> Reply:
        """What an exported file answers: see `grader.examine.replies.ExportReport`. The array holds
        images, uint8 (N, H, W, 3), which the submission's function is asked first; what then
        entered its network is what the export is asked.
        """
        classes, path = int(meta["classes"]), self._loading.place.root / str(meta["file"])
        if self._heard is None:
            self._heard = self._listen(array, classes)
        report: Meta = {"heard": len(self._heard), "by": "", "why": "", "same": 0}
        own = self._heard and path in self._loading.observer.networks  # before we read it, too
        try:
            network = open_export(path, str(meta["kind"]))
        except Exception as error:  # whatever a reader makes of what may be no network at all
            return {**report, "why": self._why(error)}, None
        if network is None:
            return report, None
        report["by"] = clean(network.reader)
        if own or any(_is_the_same(one.network, network, path) for one in self._heard):
            return {**report, "own": True}, None
        try:
            report["same"] = sum(_agrees(network, one, classes) for one in self._heard)
        except Exception as error:
            report["why"] = self._why(error)
        return report, None

    def _why(self, error: Exception) -> str:
        told = faults.headline(error)
        told = told.partition(": ")[2] if isinstance(error, UnreadableError) else told
        return clean(self._loading.place.shorten(told))

    def _listen(self, images: Array, classes: int) -> list[_Heard]:
        heard = []
        for image in images if images is not None else ():
            with door(image, []) as passages:
                self._ask(image)
            heard += list(filter(None, (_of_classes(one, classes) for one in passages)))[-1:]
        return heard


def _of_classes(passage: Passage, classes: int) -> _Heard | None:
    """The passage where as many numbers left as there are classes, for one image."""
    given, made = passage.given, passage.made
    if given is None or made is None or made.size != classes or made.shape[-1] != classes:
        return None
    return _Heard(np.array(given), np.array(made, np.float32).ravel(), passage.network)


def _is_the_same(network: Any, export: ExportedNetwork, path: Path) -> bool:
    """Whether the network that the submission asks was loaded from this very file, as far as can
    be told: TorchScript does not remember its file.
    """
    if export.kind == "TorchScript":
        return type(network).__module__.startswith("torch.jit")
    file = getattr(network, "_model_path", None)  # of onnxruntime
    return isinstance(file, str) and Path(file).name == path.name


def _agrees(export: ExportedNetwork, heard: _Heard, classes: int) -> bool:
    """Whether both mean the same class. Raises UnreadableError where the export gives no numbers
    for `classes`.
    """
    made = [np.asarray(one, np.float32).ravel() for one in export.ask(heard.given)]
    fitting = [one for one in made if one.size == classes]
    if not fitting:
        sizes = ", ".join(str(one.size) for one in made[:3])
        raise UnreadableError(f"it gives {sizes} numbers for an image, expected {classes}")
    return int(fitting[0].argmax()) == int(heard.made.argmax())
