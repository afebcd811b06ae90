"""The submission's function that gives LeNet5's data set, tried on digits in MNIST's own files."""

from __future__ import annotations

import inspect
import struct
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import faults
from .building import location
from .network_search import NetworkSearch
from .operations import Array, Operation, Reply
from .protocol import Meta
from .text import clean
from .workdir import Workdir

BATCH_IMAGES = 32
MAX_VALUES = 4_000_000  # values of a batch that is sent

# Arguments by a part of their name, where they must be given or the default may be another.
_GUESSES: tuple[tuple[str, Any], ...] = (
    ("batch", BATCH_IMAGES),
    ("repeat", 1),
    ("worker", 1),
    ("parallel", 1),
    ("train", True),
    ("usage", "train"),
    ("size", (32, 32)),
    ("shuffle", False),
)


class Datasets:
    """The operation `dataset`."""

    def __init__(self, place: Workdir) -> None:
        self._place = place

    def operations(self) -> dict[str, Operation]:
        """Operations by name."""
        return {"dataset": self.first_batch}

    def first_batch(self, meta: Meta, array: Array) -> Reply:
        """The first batch of what the function `name` gives for a folder with the array's digits,
        uint8 (N, 28, 28), and `labels`: {found, file, line, images, labels, error}, the latter two
        as {shape, dtype}; and the images as float32.
        """
        nothing: Meta = {"found": False, "error": None}
        if array is None:
            return nothing, None
        folder = write_mnist(array, np.array(meta["labels"], np.uint8))
        search, trouble = NetworkSearch(self._place, str(meta["name"])), None
        for candidate in search.functions():
            file, line = location(candidate, self._place)
            told: Meta = {"found": True, "file": file, "line": line}
            try:
                images, labels = _first_batch(_call(candidate.thing, folder))
            except BaseException as error:
                error_told = faults.describe(error, self._place, [])
                trouble = trouble or dict(told, error=error_told)
                continue
            told.update(images=_form(images), labels=_form(labels), error=None)
            return told, images.astype(np.float32) if images.size <= MAX_VALUES else None
        if trouble is None and search.trouble is not None:
            trouble = dict(nothing, error=faults.describe(search.trouble, self._place, []))
        return trouble or nothing, None


def write_mnist(images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> Path:
    """A new folder with MNIST's files, wherever below it a submission may look: in itself, in
    ``train`` and ``test`` as in the lecture, in ``MNIST/raw`` as in torchvision.
    """
    folder = Path(tempfile.mkdtemp())
    both = ("train", "t10k")
    for name, kinds in (("", both), ("train", both[:1]), ("test", both[1:]), ("MNIST/raw", both)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for kind in kinds:
            (folder / name / (kind + "-images-idx3-ubyte")).write_bytes(_idx(images))
            (folder / name / (kind + "-labels-idx1-ubyte")).write_bytes(_idx(labels))
    return folder


def _idx(array: np.ndarray[Any, Any]) -> bytes:
    """The array of bytes in MNIST's own form: two zeros, type 8, the sizes, the values."""
    sizes = struct.pack(">" + "I" * array.ndim, *array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes()


def _call(function: Callable[..., Any], folder: Path) -> Any:
    """What the function gives for the folder, or where it finds nothing there for the part of the
    folder that has the training set alone. Raises what it raises, and TypeError for an argument
    that cannot be guessed.
    """
    arguments: dict[str, Any] = {}
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters[1:]:
        known = [value for part, value in _GUESSES if part in parameter.name.lower()]
        needed = parameter.default is parameter.empty
        if needed and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            if not known:
                raise TypeError(f"it needs {parameter.name!r}, which says nothing")
            arguments[parameter.name] = known[0]
        elif "batch" in parameter.name.lower():
            arguments[parameter.name] = BATCH_IMAGES
    if not parameters:
        return function()
    try:
        return function(str(folder), **arguments)
    except Exception:
        return function(str(folder / "train"), **arguments)


def _first_batch(found: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Images and labels of the first batch, of a data set of any framework or of the first of
    several. Raises what the data set raises, and TypeError where it gives no pair.
    """
    if isinstance(found, (tuple, list)) and found and not isinstance(found[0], np.ndarray):
        found = found[0]
    if hasattr(found, "create_tuple_iterator"):  # MindSpore's
        batch: Any = next(iter(found.create_tuple_iterator(num_epochs=1, output_numpy=True)))
    else:
        batch = next(iter(found))
    values = list(batch.values()) if isinstance(batch, dict) else list(batch)
    if len(values) < 2:
        raise TypeError("a batch has no images and labels")
    images, labels = (np.asarray(value) for value in values[:2])
    return images, labels


def _form(array: np.ndarray[Any, Any]) -> Meta:
    return {"shape": list(array.shape[:8]), "dtype": clean(str(array.dtype))}
