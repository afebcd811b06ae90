"""A copy of another's weights is compared whatever it is called and whatever lies beside it."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from grader.readers.prints import read_prints

COPY = random.Random(3).randbytes(4096)


def prints(folder: Path, names: dict[str, bytes], loads: str) -> set[str]:
    folder.mkdir()
    (folder / "main.py").write_text(f"weights = load({loads!r})\n", "utf-8")
    for name, data in names.items():
        (folder / name).write_bytes(data)
    return {each["prints"] for each in read_prints(folder, 10)["weights"]}


@pytest.mark.parametrize("name", ["best-0a1b2c3d.pth", "best.dat", "best", "notes.txt"])
def test_a_copy_hides_behind_no_name(tmp_path: Path, name: str) -> None:
    original = prints(tmp_path / "a", {"best.pth": COPY}, "best.pth")
    assert prints(tmp_path / "b", {name: COPY}, name) == original


def test_a_copy_hides_behind_no_decoys(tmp_path: Path) -> None:
    original = prints(tmp_path / "a", {"best.pth": COPY}, "best.pth")
    decoys = {f"decoy{n}.pth": random.Random(n + 9).randbytes(8192) for n in range(80)}
    assert original <= prints(tmp_path / "b", {**decoys, "best.dat": COPY}, "best.dat")


def test_true_public_weights_are_nobodys(tmp_path: Path) -> None:
    name = f"resnet18-{hashlib.sha256(COPY).hexdigest()[:8]}.pth"
    assert prints(tmp_path / "a", {name: COPY}, name) == set()
