"""The grader's side of a conversation with a worker, as plain as it can be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

import numpy as np

from grader.intake.folder import OutputFolder
from grader.readers.plain_sources import make_plain
from grader.worker import protocol

PROGRAM = Path(protocol.__file__).parent / "__main__.py"
MARKER = "生成 main.py 时请勾选此 cell"
SECONDS = 60.0  # for one call; a hanging worker is ended

OUTCOMES = {protocol.WORD: "word", protocol.WRONG_TYPE: "wrong-type", protocol.RAISED: "raised"}


class WorkerDiedError(Exception):
    """The worker closed its end of the conversation; the message is what it had printed."""


class Worker:
    """One worker process over pipes, in an empty folder that is its home and scratch."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.work = folder / "work"
        self.log = folder / "log.txt"
        folder.mkdir(parents=True, exist_ok=True)
        # As in a sandbox, a path so short that the name of a unix socket below it fits.
        self._temporary = tempfile.TemporaryDirectory(prefix="w-")
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "TMPDIR": self._temporary.name,
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "http_proxy": "http://127.0.0.1:9",  # no test downloads anything
            "https_proxy": "http://127.0.0.1:9",
            "GLOG_v": "3",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "LD_LIBRARY_PATH": ":".join(map(str, cuda_runtime(python))),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [python, "-s", "-B", "-u", str(PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env=environment,
            )
        self._number = 0

    def call(
        self, operation: str, array: Any = None, **meta: Any
    ) -> tuple[protocol.Meta, np.ndarray[Any, Any] | None]:
        """A call that is answered by a REPORT."""
        frame = self._exchange(protocol.pack_message(dict(meta, op=operation), array))
        assert frame.kind == protocol.REPORT
        return protocol.unpack_message(frame.payload)

    def ask(self, operation: str, array: Any = None, **meta: Any) -> protocol.Meta:
        """A call whose report alone matters."""
        return self.call(operation, array, **meta)[0]

    def load(self, submission: Path, **changes: Any) -> protocol.Meta:
        """Load a submission with the settings of the lab."""
        settings = {
            "submission": str(submission),
            "work": str(self.work),
            "entry": "main.py",
            "function": "predict",
            "marker": MARKER,
            "provided": None,
            "plain": str(self._plain(submission)),
            "device": "CPU",
            "threads": 1,
        }
        return self.ask("load", **{**settings, **changes})

    def _plain(self, submission: Path) -> Path:
        """What the grader's reader makes of its sources, which only a notebook understands."""
        into = self.work.parent / "plain"
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        make_plain(submission, OutputFolder(into), 9)
        return into

    def predict(self, image: Any = None) -> tuple[str, str]:
        """Outcome ("word", "wrong-type", "raised") and word for an image, a black one if none."""
        image = np.zeros((32, 32, 3), np.uint8) if image is None else image
        frame = self._exchange(protocol.pack_message({"op": "predict"}, image))
        assert frame.kind == protocol.ANSWER
        answer = protocol.unpack_answer(frame.payload)
        return OUTCOMES[answer.outcome], answer.word

    def printed(self) -> str:
        """What went to the log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _exchange(self, payload: bytes) -> protocol.Frame:
        requests = cast("BinaryIO", self.process.stdin)
        replies = cast("BinaryIO", self.process.stdout)
        self._number += 1
        alarm = threading.Timer(SECONDS, self.process.kill)
        alarm.start()
        try:
            protocol.write_frame(requests, protocol.CALL, self._number, payload)
            frame = protocol.read_frame(replies, protocol.MAX_META + protocol.MAX_ARRAY)
        except BrokenPipeError:
            frame = None
        finally:
            alarm.cancel()
        if frame is None:
            self.process.wait()
            raise WorkerDiedError(self.printed()[-2000:])
        assert frame.number == self._number
        return frame

    def close(self) -> int:
        """End the worker by a bye; its exit code."""
        if self.process.poll() is None:
            self.call("bye")
        return self.process.wait(10)

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self._temporary.cleanup()


def cuda_runtime(python: str) -> list[Path]:
    """Folders with the CUDA runtime that MindSpore 1 for GPU needs, even to run on the CPU."""
    prefix = Path(python).parent.parent
    return sorted(prefix.glob("lib/python3*/site-packages/nvidia/cuda_runtime/lib"))


def write(folder: Path, **sources: str) -> Path:
    """A submission with a Python file for each name; "__" in a name is a folder's end."""
    for name, text in sources.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
