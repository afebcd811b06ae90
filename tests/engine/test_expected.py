"""What is expected to take longest goes first, also where nothing of a class has run yet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.engine.expected import BYTES_A_SECOND, expected_seconds
from grader.intake import FileKind, Student, Submission

USUAL = "from mindspore import load_checkpoint\nnet = load_checkpoint('x')\n"
IN_EACH_CALL = """import mindspore as ms

def predict(image):
    # the network

    net = ms.load_checkpoint("net.ckpt")
    return net(image)

def main(): ...
"""
BESIDE_THE_CALL = """import torch

def predict(image):
    return net(image)

net = torch.load("net.pth")
"""


def seconds(path: Path, images: int = 130) -> float:
    kind = FileKind.FOLDER if path.is_dir() else FileKind.ZIP
    return expected_seconds(Submission("s", Student(), path, kind), "predict", images)


def submission(folder: Path, text: str, name: str = "main.py") -> Path:
    folder.mkdir()
    (folder / name).write_text(text)
    return folder


def test_what_was_handed_in_says_what_takes_longer(tmp_path: Path) -> None:
    plain = seconds(submission(tmp_path / "plain", "def predict(image): ...\n"))
    usual = seconds(submission(tmp_path / "usual", USUAL))
    slow = seconds(submission(tmp_path / "slow", IN_EACH_CALL))
    assert plain < usual < slow
    assert seconds(submission(tmp_path / "windows", IN_EACH_CALL.replace("\n", "\r\n"))) == slow
    assert seconds(submission(tmp_path / "beside", BESIDE_THE_CALL)) == usual
    book = submission(tmp_path / "book", '{"source": ["import torch\\n"]}', "main.ipynb")
    assert seconds(book) == usual
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    assert seconds(archive) == usual, "what is in an archive is not looked at"
    assert seconds(tmp_path / "usual", images=30) < usual
    with (tmp_path / "usual" / "net.ckpt").open("wb") as weights:
        weights.truncate(20 * BYTES_A_SECOND)
    assert seconds(tmp_path / "usual") == usual + 20


def test_only_regular_files_of_the_submission_are_read(tmp_path: Path) -> None:
    outside = submission(tmp_path / "outside", IN_EACH_CALL)
    folder = submission(tmp_path / "s", "def predict(image): ...\n")
    alone = seconds(folder)
    os.mkfifo(folder / "pipe.py")
    (folder / "link.py").symlink_to(outside / "main.py")
    (folder / "gone.py").symlink_to("nowhere")
    (folder / "folder").symlink_to(outside)
    assert seconds(folder) == alone


@given(st.binary(max_size=200))
@example(b"def predict(" * 4000 + b"\n" + b"\t\r\r\n" * 4000)
def test_any_bytes_are_a_submission(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "main.py").write_bytes(text)
    assert 2 <= seconds(folder) <= 100
