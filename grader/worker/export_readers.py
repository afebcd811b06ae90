"""Exported networks, opened by what the runtime has: a framework, ONNX Runtime, OpenCV."""

from __future__ import annotations

import importlib
import importlib.util
import zipfile
from pathlib import Path
from typing import Any, Callable, NamedTuple

import numpy as np

from .hooks import STAND_IN

Values = Any  # an array of numbers: NumPy's own type has no arguments down to CPython 3.7


class UnreadableError(Exception):
    """An export that is not what it should be; the message is told."""


class ExportedNetwork(NamedTuple):
    """An export that was opened: what it is, who opened it, and how it is asked: given what entered
    the submission's network for one image, what it gives.
    """

    kind: str
    reader: str
    ask: Callable[[Values], list[Values]]


def open_export(path: Path, kind: str) -> ExportedNetwork | None:
    """The network of that kind in the file or folder; None where nothing here reads it. Raises
    whatever the reader raises.
    """
    for package, read in _READERS.get(kind, ()):
        if _is_there(package):
            ask = read(path)
            release = getattr(importlib.import_module(package), "__version__", "")
            return ExportedNetwork(kind, f"{package} {release}".strip(), ask)
    return None


def is_torchscript(path: Path) -> bool:
    """Whether it is the zip of a traced or scripted network: a state or a pickle has no code."""
    try:
        with zipfile.ZipFile(str(path)) as archive:
            return any("/code/" in name for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _is_there(package: str) -> bool:
    try:
        spec = importlib.util.find_spec(package)
    except ValueError:  # a module of that name that was made by hand
        return False
    return spec is not None and spec.origin != STAND_IN


def fitting(given: Values, sizes: Any) -> Values:
    """A batch of one image in the order of axes that `sizes` ask for, in which what is no number
    above zero is open. Raises UnreadableError where no order fits.
    """
    batch = given if given.ndim != 3 else given[None]
    wanted = [size if isinstance(size, int) and size > 0 else None for size in sizes]
    orders = [batch]
    if batch.ndim == 4:
        orders += [np.moveaxis(batch, 1, 3), np.moveaxis(batch, 3, 1)]
    for order in orders:
        if len(wanted) == order.ndim and all(
            size in (None, there) for size, there in zip(wanted, order.shape)
        ):
            return np.ascontiguousarray(order)
    raise UnreadableError(
        f"it takes {_told(wanted)}, the network that is asked is given {_told(batch.shape)}"
    )


def _told(sizes: Any) -> str:
    return " x ".join("?" if size is None else str(size) for size in sizes)


def _by_onnxruntime(path: Path) -> Callable[[Values], list[Values]]:
    runtime = importlib.import_module("onnxruntime")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    first = session.get_inputs()[0]
    numbers = {"tensor(float16)": np.float16, "tensor(uint8)": np.uint8}.get(first.type, np.float32)

    def ask(given: Values) -> list[Values]:
        made = fitting(given, first.shape).astype(numbers)
        return list(session.run(None, {first.name: made}))

    return ask


def _by_opencv(read: str) -> Callable[[Path], Callable[[Values], list[Values]]]:
    def opened(path: Path) -> Callable[[Values], list[Values]]:
        cv2 = importlib.import_module("cv2")
        network = getattr(cv2.dnn, read)(str(path))

        def ask(given: Values) -> list[Values]:
            network.setInput(np.ascontiguousarray(given, np.float32))
            return [network.forward()]

        return ask

    return opened


def _by_mindspore(path: Path) -> Callable[[Values], list[Values]]:
    mindspore = importlib.import_module("mindspore")
    network = mindspore.nn.GraphCell(mindspore.load(str(path)))

    def ask(given: Values) -> list[Values]:
        made = network(mindspore.Tensor(np.asarray(given)))
        return [one.asnumpy() for one in (made if isinstance(made, tuple) else (made,))]

    return ask


def _by_torch(path: Path) -> Callable[[Values], list[Values]]:
    torch = importlib.import_module("torch")
    network = torch.jit.load(str(path), map_location="cpu")
    network.eval()

    def ask(given: Values) -> list[Values]:
        with torch.no_grad():
            made = network(torch.from_numpy(np.array(given)))
        return [one.numpy() for one in (made if isinstance(made, tuple) else (made,))]

    return ask


def _by_tensorflow_lite(path: Path) -> Callable[[Values], list[Values]]:
    lite = importlib.import_module("tensorflow").lite
    network = lite.Interpreter(model_path=str(path), num_threads=1)
    network.allocate_tensors()
    (first, *_), outputs = network.get_input_details(), network.get_output_details()

    def ask(given: Values) -> list[Values]:
        made = fitting(given, first["shape_signature"].tolist())
        if list(made.shape) != list(first["shape"]):
            network.resize_tensor_input(first["index"], made.shape)
            network.allocate_tensors()
        network.set_tensor(first["index"], _quantized(made, first))
        network.invoke()
        return [network.get_tensor(one["index"]) for one in outputs]

    return ask


def _quantized(values: Values, details: Any) -> Values:
    """Numbers of the kind that an input takes: whole ones are scaled as it says."""
    numbers = np.dtype(details["dtype"])
    scale, zero = details["quantization"]
    if numbers.kind not in "iu" or not scale or values.dtype.kind in "iu":
        return values.astype(numbers)
    least, most = np.iinfo(numbers).min, np.iinfo(numbers).max
    return np.clip(np.round(values / scale + zero), least, most).astype(numbers)


def _by_tensorflow(path: Path) -> Callable[[Values], list[Values]]:
    tensorflow = importlib.import_module("tensorflow")
    model = tensorflow.saved_model.load(str(path))
    signatures = list(model.signatures)
    if not signatures:
        raise UnreadableError("it has no signature by which it can be asked")
    served = "serving_default" if "serving_default" in signatures else signatures[0]
    inputs = model.signatures[served].structured_input_signature[1]
    if len(inputs) != 1:
        raise UnreadableError(f"it takes {len(inputs)} values, expected one image")
    ((name, first),) = inputs.items()

    def ask(given: Values) -> list[Values]:
        sizes = first.shape.as_list() if first.shape.rank is not None else [None] * given.ndim
        made = tensorflow.cast(fitting(given, sizes), first.dtype)
        # Asked by the model: the variables live as long as that does.
        return [one.numpy() for one in model.signatures[served](**{name: made}).values()]

    return ask


_READERS: dict[str, tuple[tuple[str, Callable[[Path], Any]], ...]] = {
    "ONNX": (("onnxruntime", _by_onnxruntime), ("cv2", _by_opencv("readNetFromONNX"))),
    "MindIR": (("mindspore", _by_mindspore),),
    "TorchScript": (("torch", _by_torch),),
    "TFLite": (("tensorflow", _by_tensorflow_lite), ("cv2", _by_opencv("readNetFromTFLite"))),
    "SavedModel": (("tensorflow", _by_tensorflow),),
    "TensorFlow graph": (("cv2", _by_opencv("readNetFromTensorflow")),),
}
