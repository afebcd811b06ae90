"""Prints of weights: the same tensors in another file, and nothing that a file can do to us."""

from __future__ import annotations

import json
import struct
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.intake import LeftOut, Reading, reader_documents
from grader.readers import weight_prints as weights
from grader.readers.prints import read_prints
from grader.readers.weight_prints import file_prints
from grader.sandbox.unconfined import Unconfined
from tests.worker.runtimes import require

TORCH = """
import sys
import torch
torch.manual_seed(int(sys.argv[2]))
net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Linear(64, 26))
torch.save(net.state_dict(), sys.argv[1] + "/plain.pth")
torch.save({"epoch": 4, "model": {"module." + k: v for k, v in net.state_dict().items()}},
           sys.argv[1] + "/renamed.pt")
"""


def tensors(seed: int) -> dict[str, NDArray[np.float32]]:
    chance = np.random.default_rng(seed)
    shapes = {"conv.weight": (8, 3, 3, 3), "bn.gamma": (64,), "dense.weight": (26, 64)}
    return {name: chance.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def prints(path: Path) -> list[int]:
    return file_prints(path).found


def checkpoint(path: Path, values: dict[str, NDArray[np.float32]]) -> Path:
    mindspore = pytest.importorskip("mindspore")
    saved = [{"name": name, "data": mindspore.Tensor(value)} for name, value in values.items()]
    mindspore.save_checkpoint(saved, str(path))
    return path


def safetensors(path: Path, values: dict[str, NDArray[np.float32]]) -> Path:
    header, at = {}, 0
    for name, value in values.items():
        offsets = [at, at + value.nbytes]
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": offsets}
        at += value.nbytes
    text = json.dumps(header).encode()
    data = b"".join(value.tobytes() for value in values.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def test_each_tensor_of_mindspore_and_safetensors_counts_whatever_its_name(tmp_path: Path) -> None:
    mine = tensors(1)
    other_names = {f"backbone.{name}": value for name, value in reversed(mine.items())}
    found = prints(checkpoint(tmp_path / "a.ckpt", mine))
    assert len(found) == 3
    assert prints(checkpoint(tmp_path / "b.ckpt", other_names)) == found
    assert prints(safetensors(tmp_path / "c.safetensors", other_names)) == found
    assert not np.isin(prints(checkpoint(tmp_path / "d.ckpt", tensors(2))), found).any()


def test_torch_files_are_taken_apart_too(tmp_path: Path) -> None:
    python = require("torch")
    for seed in "12":
        (tmp_path / seed).mkdir()
        subprocess.run([python, "-I", "-c", TORCH, str(tmp_path / seed), seed], check=True)
    found = prints(tmp_path / "1" / "plain.pth")
    assert len(found) == 2  # the biases are too small to tell anything
    assert prints(tmp_path / "1" / "renamed.pt") == found
    assert not np.isin(prints(tmp_path / "2" / "plain.pth"), found).any()


def test_small_and_constant_tensors_tell_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, small=np.arange(9, dtype=np.float32), ones=np.ones(5000, np.float32))
    assert len(prints(path)) == 0
    np.savez(path, big=np.arange(900, dtype=np.float32), zeros=np.zeros(5000, np.float32))
    assert len(prints(path)) == 1


def test_another_file_counts_as_a_whole(tmp_path: Path) -> None:
    one, other = tmp_path / "net.h5", tmp_path / "copy.bin"
    one.write_bytes(b"\x89HDF\r\n\x1a\n" + np.random.default_rng(1).bytes(5000))
    other.write_bytes(one.read_bytes())
    assert len(prints(one)) == 1
    assert prints(one) == prints(other)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "MAX_UNPACKED_BYTES", 1024 * 1024)
    read = 0

    def counted(pieces: Iterable[bytes]) -> int | None:
        nonlocal read
        read += sum(map(len, pieces))
        return 1

    monkeypatch.setattr(weights, "_print", counted)
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in enumerate((1, 2, 1000, 1000, 1000)):
            archive.writestr(f"data/{name}", bytes(size * 1024))
    assert prints(path) == [1]
    assert read == 1003 * 1024


def test_weights_behind_more_than_is_looked_at_are_no_silence(tmp_path: Path) -> None:
    """More arrays, more members, a larger one, a torn one: others are loaded all the same."""
    mine = tensors(1)
    np.savez(tmp_path / "mine.npz", **mine)
    assert file_prints(tmp_path / "mine.npz").whole
    chance = np.random.default_rng(5)
    many = {f"a{n:05}": chance.integers(0, 255, 256, np.uint8) for n in range(weights.TENSORS + 9)}
    np.savez(tmp_path / "many.npz", **many, **mine)
    np.savez(tmp_path / "small.npz", **{f"a{n}": n for n in range(2 * weights.TENSORS)}, **mine)
    large = np.zeros(weights.ALWAYS_UNPACKED_BYTES, np.uint8)
    np.savez_compressed(tmp_path / "large.npz", a=large, **mine)
    torn = (tmp_path / "mine.npz").read_bytes()
    end = torn.rindex(b"\x93NUMPY")
    (tmp_path / "torn.npz").write_bytes(torn[: end + 200] + b"?" + torn[end + 201 :])
    for name in ("many", "small", "large", "torn"):
        assert not file_prints(tmp_path / f"{name}.npz").whole, name
    names = sorted(f"{name}.npz" for name in ("many", "small", "large", "torn"))
    told = reader_documents.read(reader_documents.PrintsDocument, read_prints(tmp_path, 10))
    assert sorted(told.left_out) == [(name, "parts") for name in names]
    with Reading(tmp_path, Unconfined(own_code=True)) as reading:
        assert reading.fingerprint(tmp_path).weights
    assert sorted(reading.left_out) == [LeftOut(name, "parts") for name in names]


def test_members_are_weights_whatever_they_are_called(tmp_path: Path) -> None:
    mine = tensors(1)
    np.savez(tmp_path / "mine.npz", **mine)
    for ending in ("json", "pkl", "py"):
        with zipfile.ZipFile(tmp_path / f"{ending}.npz", "w") as archive:
            archive.writestr("data.pkl", b"\x80\x02" + b"names and so on" * 99 + b".")
            archive.writestr("config.json", json.dumps({"layers": list(range(200))}))
            for name, value in mine.items():
                archive.writestr(f"{name}.{ending}", value.tobytes())
        found = file_prints(tmp_path / f"{ending}.npz")
        assert found == file_prints(tmp_path / "mine.npz"), ending


@pytest.mark.parametrize("content", [b"\x0a\x00", b"\x0a\x04\x12\x02\x1a\x00", b"\x0a\x02\x08\x01"])
def test_millions_of_empty_values_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    read, fields = weights._Checkpoint._field, 0

    def counted(self: weights._Checkpoint, end: int) -> tuple[int, int] | None:
        nonlocal fields
        fields += 1
        return read(self, end)

    monkeypatch.setattr(weights._Checkpoint, "_field", counted)
    path = tmp_path / "bomb.ckpt"
    path.write_bytes(content * 1_000_000)
    assert len(prints(path)) <= 1
    assert weights.FIELDS < fields < 2 * weights.FIELDS


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("honest")
    np.savez(folder / "a.npz", **tensors(1))
    (folder / "zip").write_bytes(b"PK\x03\x04")
    paths = [safetensors(folder / "b.safetensors", tensors(1)), folder / "a.npz"]
    paths.append(checkpoint(folder / "c.ckpt", tensors(1)))
    return [*paths, folder / "zip"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.data())
def test_whatever_a_file_holds_it_has_prints(
    tmp_path: Path, honest: list[Path], data: st.DataObject
) -> None:
    raw = bytearray(data.draw(st.sampled_from(honest)).read_bytes())
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    path = tmp_path / "any.ckpt"
    path.write_bytes(
        raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    )
    found = prints(path)
    assert all(0 <= value < 2**64 for value in found)
    assert found == sorted(set(found))
