"""What a submission does to the naive grader, between honest neighbours, in a chamber of its
own.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox import scratch
from tests.hostile import bait, corpus, expectations, place
from tests.hostile.expectations import Case
from tests.hostile.setting import CLASSES, EACH, NEIGHBOURS

STARTING = 300.0  # seconds that the naive grader may take to come to the case; it takes one
SECONDS = 6.0  # that it may take from there on; it takes one, and else it hangs
LARGEST_PAGE = 500_000  # bytes
MOST = 10_000  # files of a submission
HELPER = 3  # its number in the chamber, as process 1 starts the grader, and the grader the helper
BESIDE = ("planted_by_*", "[0-9]*")  # as the cases call what they put elsewhere

# measure: the harm that a submission must do where it is missing, any of them
HARM = {
    "process": ("died", "hung", "neighbour", "left", "escaped", "fooled"),
    "answers": ("died", "fooled", "hung"),
    "order": ("fooled",),
    "escaping": ("died", "live", "large", "hung"),
    "scratch": ("died", "full"),
    "intake": ("died", "hung", "changed", "special", "escaped", "accepted", "many"),
    "isolation": ("escaped", "died"),
    "rights": ("escaped",),
}


def harm(case: Case) -> list[str]:
    """What the naive grader suffers from the case; nothing from an honest submission."""
    with _folder() as folder, _folder() as own:
        planted = bait.Planted(folder)
        class_ = folder / "submissions"
        told = {**planted.bait, "pids": [HELPER], "tcp": 0, "udp": 0, "id": case.name}
        corpus.submission(class_, [case], NEIGHBOURS, told)
        planted.hide()
        (folder / "labels.csv").write_text("labels")
        for name in ("out", "work", "homes"):
            (own / name).mkdir()
        before = bait.fingerprint(folder)
        try:
            code, terminal = _grade(case, folder, own)
            changed = bait.difference(before, bait.fingerprint(folder))
            return _judge(case, own, code, terminal, changed)
        finally:
            planted.remove()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A new folder; all that was put into it, or beside it, is gone in the end."""
    folder = Path(tempfile.mkdtemp(dir=place.FOLDER))
    try:
        yield folder
    finally:
        scratch.remove(folder)
        for path in _beside():
            path.unlink()


def _beside() -> list[Path]:
    """What was written outside of the folders that were meant for it."""
    places = (Path("/"), *map(Path, place.EMPTY))
    return [path for each in places for name in BESIDE for path in each.glob(name)]


def _grade(case: Case, folder: Path, own: Path) -> tuple[int | None, str]:
    """The exit code, or None where it hung, and what the terminal showed."""
    ours, theirs = pty.openpty()
    terminal = own / "terminal"
    command = [sys.executable, "-B", "-m", "tests.hostile.naive", str(folder), str(own)]
    with terminal.open("wb") as output:
        run = subprocess.Popen(
            place.chamber(command, as_root=case.stopped_by == "rights"),
            stdin=theirs,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            cwd=corpus.REPOSITORY,
        )
        until = time.monotonic() + STARTING
        while f"begin {case.name}".encode() not in terminal.read_bytes():
            if run.poll() is not None or time.monotonic() > until:
                break
            time.sleep(0.02)
        code: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = run.wait(SECONDS)
        run.kill()  # and with it the whole chamber
        run.wait()
    os.close(ours)
    os.close(theirs)
    return code, terminal.read_text("utf-8", "surrogateescape")


def _judge(case: Case, own: Path, code: int | None, terminal: str, changed: list[str]) -> list[str]:
    out = own / "out"
    table = out / "grades.json"
    marks = [json.loads(line) for line in table.read_text().splitlines()] if table.exists() else []
    full = [[name, len(CLASSES) * EACH] for name in NEIGHBOURS]
    if full[0] not in marks or f"begin {case.name}" not in terminal:
        raise RuntimeError(
            f"the naive grader did not get as far as {case.name}: {terminal[-2000:]}"
        )
    graded = Counter(name for name, _ in marks)
    names = [name for name in graded if name.startswith(case.name)]
    mine = max((count for name, count in marks if name in names), default=0)
    unpacked = [path for path in (own / "work").rglob("*") if path.name != "main.py"]
    free = [os.statvfs(each) for each in place.EMPTY]
    found = {
        "hung": code is None,
        "died": code not in (None, 0),
        "neighbour": any(one not in marks for one in full) or max(graded.values()) > 1,
        "fooled": mine > (12 if case.correct_at_most is None else case.correct_at_most),
        "escaped": "ESCAPED" in terminal,
        "live": bool(expectations.live(out, terminal)),
        "large": any(page.stat().st_size > LARGEST_PAGE for page in out.iterdir()),
        "changed": bool(changed or _beside()),
        "special": any(not stat.S_ISREG(p.lstat().st_mode) and not p.is_dir() for p in unpacked),
        "many": len(unpacked) > MOST,
        "accepted": bool(names) and "graded" not in case.status,
        "full": any(each.f_bavail == 0 or each.f_ffree == 0 for each in free),
        "left": bool((own / "left.txt").exists() and (own / "left.txt").read_text()),
    }
    return [what for what, happened in found.items() if happened]
