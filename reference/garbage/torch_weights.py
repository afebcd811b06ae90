"""Reads the weights in a PyTorch file of the old form (before 1.6) without PyTorch.

Such a file is a pickle, and a pickle can run any program when it is read. The reader here admits
the four names that a dictionary of tensors needs, and nothing else.
"""

import pickle
from collections import OrderedDict
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

Array = npt.NDArray[Any]


class UnsafeWeightsError(ValueError):
    """The file holds something else than tensors; nothing of it was used."""


class _Storage(NamedTuple):
    key: str
    dtype: np.dtype[Any]
    items: int


class _Tensor(NamedTuple):
    """A tensor whose numbers come later in the file."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def _rebuild_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> _Tensor:
    if not isinstance(storage, _Storage) or len(shape) != len(stride):
        raise UnsafeWeightsError("expected tensors on storages")
    if any(number < 0 for number in (offset, *shape, *stride)):
        raise UnsafeWeightsError("a tensor reaches before its storage")
    return _Tensor(storage, offset, shape, stride)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return one of the four admitted things; raises `UnsafeWeightsError` for every other."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise UnsafeWeightsError(f"expected tensors only, found {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        """Note a storage, which the file refers to as ('storage', type, key, device, items, _)."""
        match pid:
            case ("storage", np.dtype() as dtype, str(key), str(), int(items), None):
                return _Storage(key, dtype, items)
        raise UnsafeWeightsError(f"expected a storage, found {pid!r}")


def _next(file: IO[bytes]) -> Any:
    try:
        return _Reader(file).load()
    except UnsafeWeightsError:
        raise
    except Exception as error:
        raise UnsafeWeightsError(f"not a PyTorch file of the old form: {error}") from error


def _storages(file: IO[bytes], wanted: dict[str, _Storage]) -> dict[str, Array]:
    """Read what follows the pickles: for each key its number of items (int64), then the items."""
    keys = _next(file)
    if not isinstance(keys, list) or set(keys) != set(wanted):
        raise UnsafeWeightsError("the list of storages does not fit the tensors")
    found: dict[str, Array] = {}
    for key in keys:
        storage = wanted[key]
        length = storage.items * storage.dtype.itemsize
        header, content = file.read(8), file.read(length)
        if int.from_bytes(header, "little") != storage.items or len(content) != length:
            raise UnsafeWeightsError(f"storage {key} is cut short")
        found[key] = np.frombuffer(content, storage.dtype)
    return found


def read_tensors(path: Path) -> dict[str, Array]:
    """Return name to array (float32 or int64) of a state dictionary saved by PyTorch before 1.6.

    Raises `UnsafeWeightsError` where the file holds anything else, or is cut short.
    """
    with path.open("rb") as file:
        if _next(file) != _MAGIC or _next(file) != _PROTOCOL:
            raise UnsafeWeightsError(f"{path.name}: not a PyTorch file of the old form")
        _next(file)  # sizes of types on the machine that wrote it
        state = _next(file)
        if not isinstance(state, OrderedDict) or not all(
            isinstance(name, str) and isinstance(tensor, _Tensor) for name, tensor in state.items()
        ):
            raise UnsafeWeightsError(f"{path.name}: expected a dictionary of tensors")
        storages = _storages(file, {each.storage.key: each.storage for each in state.values()})
    return {name: _take(tensor, storages[tensor.storage.key]) for name, tensor in state.items()}


def _take(tensor: _Tensor, content: Array) -> Array:
    last = tensor.offset + sum(
        (length - 1) * step for length, step in zip(tensor.shape, tensor.stride, strict=True)
    )
    # as_strided itself checks nothing and would read whatever lies in memory there; a stride of 0
    # could ask for more memory than there is.
    if 0 in tensor.shape or last >= len(content) or prod(tensor.shape) > len(content):
        raise UnsafeWeightsError("a tensor reaches beyond its storage")
    steps = tuple(step * content.itemsize for step in tensor.stride)
    view = np.lib.stride_tricks.as_strided(content[tensor.offset :], tensor.shape, steps)
    return np.array(view)
