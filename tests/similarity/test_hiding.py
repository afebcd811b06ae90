"""A copy of another's weights is compared whatever it is called and whatever lies beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from pathlib import Path

import pytest

from grader.readers.prints import read_prints, read_weights
from tests import submissions

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


def test_what_the_code_opens_is_compared_whatever_it_is_called(tmp_path: Path) -> None:
    """A name that no code loads, one that is put together, one of a thousand, native readers."""
    hidden = submissions.colours(tmp_path / "colours", 1)
    before = "import cv2, glob\ncv2.imread(glob.glob('{}*')[0])\ndef predict"
    natively = submissions.honest().replace("def predict", before)
    lazily = "def predict(image):\n    open('da' + 'ta/x.log', 'rb').read(9)\n"
    decoys = {f"a/{n}.dat": random.Random(n + 9).randbytes(8192) for n in range(600)}
    students: dict[str, dict[str, str | bytes]] = {
        "ann": {"main.py": natively.replace("{}", "best"), "best.bin": COPY},
        "bob": {
            "main.py": submissions.honest().replace("def predict(image):\n", lazily),
            "data/x.log": COPY,
        },
        "cat": {"main.py": natively.replace("{}", "wei"), "weights.jpeg": COPY, **decoys},
    }
    for name, files in students.items():
        submissions.submission(tmp_path / "class" / name, files)
    submissions.grade(
        tmp_path / "class", "--hidden", hidden, "--out", tmp_path / "out", "--no-tune",
        "--set", "interface.lenet5=''",
    )  # fmt: skip
    found = {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in (tmp_path / "out/evidence").iterdir()
    }
    (original,) = found["ann"]["fingerprint"]["weights"]
    for name in ("bob", "cat"):
        assert original["prints"] in {
            one["prints"] for one in found[name]["fingerprint"]["weights"]
        }
    left_out = [one for one in found["cat"]["findings"] if one["code"] == "reading-stopped"]
    assert "too many" in left_out[0]["message"]
    table = json.loads((tmp_path / "out/grades.json").read_text("utf-8"))
    assert "similar-weights" in json.dumps(table)


def test_a_picture_that_is_one_is_no_weights(tmp_path: Path) -> None:
    files = {
        "a.jpg": b"\xff\xd8\xff" + COPY + b"\xff\xd9",
        "b.jpg": COPY,
        "c.jpg": b"\xff\xd8\xff" + COPY,
        "d.log": COPY,
        "e.md": base64.b64encode(COPY),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = read_weights(tmp_path, [*files, "../out", "gone"], 10)["weights"]
    assert [one["file"] for one in found] == ["b.jpg", "c.jpg", "d.log", "e.md"]


def test_weights_that_stand_in_a_source_are_compared(tmp_path: Path) -> None:
    text = base64.b64encode(COPY).decode()
    original = prints(tmp_path / "a", {"net.py": f"W = '{text}'\n".encode()}, "")
    copy = prints(tmp_path / "b", {"lib.py": f"x = 1\ndata = b'{text}'\n".encode()}, "")
    assert original and original == copy
