"""No file of a megabyte costs more than ten seconds or half a gibibyte, whatever reads it."""

from __future__ import annotations

import bz2
import io
import json
import os
import resource
import signal
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from grader.evidence import Records
from grader.intake import (
    Allowance,
    ArchiveRefusedError,
    FileKind,
    IntakeLimits,
    LeftOut,
    Reading,
    Student,
    Submission,
    stage,
)
from grader.intake.reader_faults import ReaderStarvedError
from grader.language import said_in
from grader.readers.limits import MIB
from grader.sandbox.contract import SandboxedProcess, SandboxSpec
from grader.sandbox.sandboxed_process import RunningProcess
from grader.sandbox.unconfined import Unconfined
from grader.worker import protocol

SECONDS, MEMORY = 10, 512  # of processor time; MiB
DENSE = bz2.compress(bytes(45 * MIB)) * 20  # nearly a gigabyte in a kilobyte


def raw_member(name: str, packed: bytes, method: int, size: int) -> bytes:
    """A zip with one member that declares `size` bytes."""
    numbers = struct.pack("<HHHHHIII", 20, 0, method, 0, 33, 0, len(packed), size)
    raw = name.encode()
    local = b"PK\x03\x04" + numbers + struct.pack("<HH", len(raw), 0) + raw + packed
    table = b"PK\x01\x02" + struct.pack("<H", 3 << 8) + numbers
    table += struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, 0, 0) + raw
    return (
        local
        + table
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(table), len(local), 0)
    )


def pdf() -> bytes:
    stream = b"/Type /ObjStm >> stream\n" + zlib.compress(b"x")
    return b"%PDF-1.5\n" + stream * 30_000


def event(values: int) -> bytes:
    value = b"\x0a\x07" + b"\x0a\x01l" + b"\x15" + struct.pack("<f", 1)
    value = b"\x0a" + bytes([len(value) - 2]) + value[2:]
    summary = value * values
    length = len(summary)
    size = bytes([length & 127 | 128, length >> 7 & 127 | 128, length >> 14])
    record = b"\x2a" + size + summary
    return struct.pack("<QI", len(record), 0) + record + bytes(4)


BOMBS: dict[str, Callable[[], bytes]] = {
    "report.md": lambda: b"![" * (MIB // 2),
    "实验报告.md": lambda: b"<img " * (MIB // 5),
    "report.docx": lambda: raw_member("word/document.xml", DENSE, 12, 300),
    "report2.docx": lambda: raw_member("word/document.xml", b"\x09\x04\x05\0broken", 14, 300),
    "report.pdf": pdf,
    "weights.pth": lambda: raw_member("data/0", DENSE, 12, 900 * MIB),
    "many.npz": lambda: raw_member("a.npy", zlib.compress(bytes(110 * MIB))[2:-4], 8, 110 * MIB),
    "net.safetensors": lambda: struct.pack("<Q", 500_000)
    + json.dumps({str(n): {"data_offsets": [0, 500_000]} for n in range(12_000)}).encode()[:499_999]
    + b"}" + bytes(range(256)) * 2_000,
    "net.ckpt": lambda: b"\x0a\x00" * (MIB // 2),
    "net.h5": lambda: b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 4_000,
    "train.summary.1": lambda: event(8_000) * 13,
    "train_log.csv": lambda: b"epoch,loss\n" + b"inf,1\n" * (MIB // 6),
    "train.log": lambda: b"train train loss avg epoch " * (MIB // 27),
    "history.json": lambda: b'{"loss": ' + b"[" * 200_000,
    "lab.ipynb": lambda: b'{"cells": [' + b"{}," * (MIB // 3) + b"{}]}",
    "nested.ipynb": lambda: b'{"cells": ' + b"[" * MIB,
    "run.py": lambda: b"run(" + b"pip" * 300 + b"\n" + b"run(pippip" * 100_000,
    "deep.py": lambda: b"x = " + b"-" * 900_000 + b"1",
    "letters.py": lambda: (b"a" * 4_000 + b"\n") * 260,
    "wide.py": lambda: b"x = [" + b"a," * 450_000 + b"]",
}  # fmt: skip


class Watched(Unconfined):
    """Remembers what it started, and what that cost."""

    def __init__(self) -> None:
        super().__init__(own_code=True)
        self._started: list[SandboxedProcess] = []
        self._before = _children()

    def start(self, command: Sequence[str], room: SandboxSpec) -> SandboxedProcess:
        self._started.append(super().start(command, room))
        return self._started[-1]

    @property
    def cost(self) -> tuple[float, int]:
        """Seconds of processor time of what has ended, and MiB of the largest."""
        return _children() - self._before, max(box.peak_memory for box in self._started)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_costs_no_more_than_it_may(name: str, tmp_path: Path) -> None:
    raw = BOMBS[name]()
    assert len(raw) <= 1.1 * MIB
    (tmp_path / "main.py").write_text("import cv2\n")
    (tmp_path / name).write_bytes(raw)
    mine, sandbox = time.process_time(), Watched()
    with Reading(tmp_path, sandbox) as reading:
        found = reading.scan(tmp_path, "main.py", "predict")
        reading.records(tmp_path).model_dump_json()
        reading.fingerprint(tmp_path)
    assert ("cv2", "main.py", 1, False) in found.imports
    assert time.process_time() - mine < 2, "in the grader's own process"
    seconds, memory = sandbox.cost
    assert seconds < SECONDS and 0 < memory < MEMORY, (seconds, memory, reading.left_out)


def tar(mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as opened:  # type: ignore[call-overload]
        info = tarfile.TarInfo("zeros.bin")
        info.size = 220 * MIB
        opened.addfile(info, io.BytesIO(bytes(info.size)))
    return buffer.getvalue()


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "bzip2 members that declare 300 bytes": lambda: raw_member("main.py", DENSE, 12, 300),
    "bzip2 members": lambda: raw_member("main.py", DENSE, 12, 900 * MIB),
    "tar.xz": lambda: tar("w:xz"),
    "LZMA with a dictionary of 4 GiB": lambda: raw_member(
        "main.py", b"\x09\x04\x05\0\x5d\xff\xff\xff\xff" + bytes(100), 14, 300
    ),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_refused_at_no_more_cost_than_it_may(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(ARCHIVES[name]())
    submission = Submission("a", Student(), archive, FileKind.ZIP)
    room = tmp_path / "room"
    room.mkdir()
    sandbox = Watched()
    with Reading(room, sandbox) as reading, pytest.raises(ArchiveRefusedError):
        stage(submission, room / "staged", IntakeLimits(), reading=reading)
    assert list(room.iterdir()) == []
    seconds, memory = sandbox.cost
    assert seconds < SECONDS and 0 < memory < MEMORY, (seconds, memory)


class Stopping(Unconfined):
    """Gives what it starts no processor, from the start or from the middle of its first answer."""

    def __init__(self, begun: bytes) -> None:
        """begun: what of the answer has come by then."""
        super().__init__(own_code=True)
        self._begun = begun

    def start(self, command: Sequence[str], room: SandboxSpec) -> SandboxedProcess:
        box = super().start(command, room)
        assert isinstance(box, RunningProcess)
        os.kill(box._process.pid, signal.SIGSTOP)
        box.stdout = cast(BinaryIO, Begun(box.stdout, self._begun))
        return box


class Begun:
    """A stream in which some bytes have come already."""

    def __init__(self, stream: BinaryIO, begun: bytes) -> None:
        self._stream = stream
        self._begun = begun

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, count: int = -1) -> bytes:
        begun, self._begun = self._begun, b""
        return begun or self._stream.read(count)


@pytest.mark.parametrize("begun", [b"", protocol.MAGIC], ids=["before its answer", "within it"])
def test_a_reader_that_had_no_processor_is_this_machines_fault(
    begun: bytes, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text("import cv2\n")
    with (
        Reading(tmp_path, Stopping(begun), Allowance(seconds=0.2)) as reading,
        pytest.raises(ReaderStarvedError, match="too busy") as caught,
    ):
        reading.scan(tmp_path, "main.py", "predict")
    assert reading.left_out == []
    assert "过于繁忙" in said_in("zh", caught.value.said)


@pytest.mark.parametrize("share", [0.5, 0.95, 1.05])
def test_the_clock_blames_nobody_before_the_time_was_had(
    share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.py").write_text("import cv2\n")
    seconds = 0.1  # half of what the reader has for all operations
    monkeypatch.setattr(RunningProcess, "ran", property(lambda box: share * seconds))
    with Reading(tmp_path, Stopping(b""), Allowance(seconds=2 * seconds)) as reading:
        if share < 1:
            with pytest.raises(ReaderStarvedError):
                reading.records(tmp_path)
        else:
            assert reading.records(tmp_path) == Records()
            assert reading.left_out == [LeftOut("records", "time")]


@pytest.mark.thorough
def test_honest_bulk_is_read(tmp_path: Path) -> None:
    """40 MiB of a table in a tar.bz2, and 4 MiB of what a training printed."""
    rows = "".join(f"{turn},{turn * 7919 % 10_000 / 10_000:.4f},{turn}\n" for turn in range(99_999))
    epoch = "".join(
        f"epoch: {{0}} step: {step}, loss is {step % 97 / 50:.6f}\n" for step in range(1, 1_001)
    )
    printed = "".join(epoch.format(number) for number in range(1, 111))
    with tarfile.open(tmp_path / "a.tar.bz2", "w:bz2") as archive:
        for name, text in (("table.csv", rows * 25), ("train.log", printed)):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    (into := tmp_path / "into").mkdir()
    with Reading(tmp_path, Unconfined(own_code=True)) as reading:
        assert reading.unpack(tmp_path / "a.tar.bz2", into, IntakeLimits()) == ()
        curves = reading.records(into).curves
    assert reading.left_out == []
    assert curves[0].file == "train.log"


def test_what_a_limit_stops_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_bytes(BOMBS["train.log"]() * 16)
    (tmp_path / "report.md").write_text("# A report\n")
    with Reading(tmp_path, Unconfined(own_code=True)) as reading:
        found = reading.records(tmp_path)
    assert found.reports == ("report.md",)
    assert LeftOut("train.log", "time") in reading.left_out or found.curves == ()


def test_folders_count_as_files_do(tmp_path: Path) -> None:
    """Each is made by the grader's own process, whatever little a name costs in an archive."""
    limits = IntakeLimits(files=50)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(6):
            archive.writestr(
                "/".join(f"{number}{depth}" for depth in range(9)) + "/a.py", "x = 1\n"
            )
    (tmp_path / "into").mkdir()
    with (
        Reading(tmp_path, Unconfined(own_code=True)) as reading,
        pytest.raises(ArchiveRefusedError),
    ):
        reading.unpack(path, tmp_path / "into", limits)
    assert len(list((tmp_path / "into").rglob("*"))) <= limits.files + 9
