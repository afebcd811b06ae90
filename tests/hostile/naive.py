"""The grader that one writes in an afternoon, without any of the measures against submissions.

It imports them into its own process, one after the other, believes what they answer, unpacks what
they send and writes what they say into its pages. `trial.py` shows what they do to it, in the
throw-away place: ``python -m tests.hostile.naive FOLDER OWN`` grades FOLDER/submissions
and keeps its own files in OWN.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import importlib
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import termios
import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import numpy as np
from numpy.typing import NDArray

from tests.hostile import place
from tests.hostile.setting import CLASSES, EACH

NAMES = [label for _, label in CLASSES]
COLUMN = 238  # bytes of an answer in the table
IMPORTS = """
import importlib, site
site.addsitedir(".")
for name in ("json", "struct", "numpy", "protocol", "serve"):
    try:
        importlib.import_module(name)
    except Exception:
        pass
"""


class Hidden(NamedTuple):
    """A hidden image and what is on it."""

    name: str
    image: NDArray[np.uint8]
    truth: str


def main(folder: Path, own: Path) -> None:
    """Grade the class, with a helper beside it and a terminal to tell what happens."""
    place.require_chamber()
    for limit, most in ((resource.RLIMIT_AS, 3 << 30), (resource.RLIMIT_NPROC, 300)):
        resource.setrlimit(limit, (most, most))
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    helper = subprocess.Popen(["sleep", "600"])
    hidden = [
        Hidden(f"hidden_image_{number}_{each}", painted(number), truth)
        for number, truth in enumerate(NAMES)
        for each in range(EACH)
    ]
    failures: list[BaseException] = []
    for submission in sorted((folder / "submissions").iterdir()):
        print(f"begin {submission.name}", flush=True)  # noqa: T201
        grade(submission, hidden, own, failures)
    left = [f"{threading.active_count() - 1} threads"] if threading.active_count() > 1 else []
    left += ["processes"] if len(list(Path("/proc").glob("[0-9]*"))) > 3 else []
    left += ["no helper"] if helper.poll() is not None else []
    (own / "left.txt").write_text("\n".join(left))


def painted(number: int) -> NDArray[np.uint8]:
    """An image that tells its class by its first value, as those of the corpus do."""
    return np.full((24, 24, 3), 80 * number + 40, np.uint8)


def grade(
    submission: Path, hidden: Sequence[Hidden], own: Path, failures: list[BaseException]
) -> None:
    """Import a submission, ask it, write down what came of it."""
    os.environ["HOME"] = tempfile.mkdtemp(dir=own / "homes")
    work = (
        submission if submission.is_dir() else unpacked(submission, own / "work" / submission.name)
    )
    os.chdir(work)
    begin(work)
    for source in sorted(work.rglob("*.py")):
        ast.parse(source.read_text())  # what does it import?
    said: list[str] = []
    marks = 0
    for one, answer in zip(hidden, answers(work, hidden, said, failures)):  # noqa: B905
        marks += right(answer, one.truth)
        if isinstance(answer, str) and one is hidden[0]:
            said.append(answer)
    show(own / "out", submission.name, marks, said)
    os.chdir("/")
    shutil.rmtree(os.environ["HOME"])


def answers(
    work: Path, hidden: Sequence[Hidden], said: list[str], failures: list[BaseException]
) -> Iterator[Any]:
    """Its answers as they come; what it says and shows goes to `said`."""
    cells = cells_of(next(work.glob("*.ipynb"), None), said)
    sys.path.insert(0, str(work))
    sys.modules.pop("main", None)
    try:
        if cells:
            module: Any = run(cells)
        else:
            said.append((work / "main.py").read_text())
            module = importlib.import_module("main")
        for one in hidden:
            yield module.predict(one.image)
    except MemoryError:
        raise  # the machine's fault
    except Exception as error:
        failures.append(error)
        said += told(error)
    finally:
        sys.path.remove(str(work))


def begin(work: Path) -> None:
    """See whether its packages can be imported, and run the tests that came with it."""
    python: str = getattr(sys, "_base_executable", sys.executable)
    beside = {**os.environ, "PYTHONPATH": str(work)}
    subprocess.run([python, "-c", IMPORTS], env=beside, check=False)
    if (work / "conftest.py").exists():
        subprocess.run([sys.executable, "-m", "pytest", "-s", "."], check=False)


def right(answer: Any, truth: str) -> bool:
    """A name of a class somewhere in the answer, or its number."""
    if isinstance(answer, str) and not answer.isdigit():
        return truth in answer or answer == truth
    return NAMES[int(answer)] == truth


def told(error: BaseException) -> list[str]:
    """The exception and all that led to it."""
    lines = []
    cause: BaseException | None = error
    while cause is not None:
        lines.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return lines


def show(out: Path, name: str, marks: int, said: Sequence[str]) -> None:
    """A page, a line of the table, a note, a letter and a word to the terminal."""
    text = "\n".join(said)
    last = said[-1] if said else ""
    page = jinja2.Template(f"<h1>{name}</h1><p>{marks}</p><pre>{text}</pre>").render()
    (out / f"{len(list(out.iterdir()))}.html").write_text(page)
    column = last.encode()[:COLUMN].decode()
    for file, line in (
        ("grades.csv", f"{name},{marks},{column}\n"),
        ("notes.md", f"* {name}: {last}\n"),
        ("letter.tex", f"Dear {name}, you answered {last}.\n"),
    ):
        with (out / file).open("a") as table:
            table.write(line)
    print(("{name} has {marks}: " + last).format(name=name, marks=marks), flush=True)  # noqa: T201
    with (out / "grades.json").open("a") as lines:
        import json as writer  # as a program does that imports where it needs

        lines.write(writer.dumps([name, marks]) + "\n")


# --- submissions ---------------------------------------------------------------------------


def unpacked(archive: Path, work: Path) -> Path:
    """What the archive says, where it says; archives inside it as well."""
    work.mkdir(parents=True)
    if ".tar" in archive.name:
        with tarfile.open(archive) as tar:
            tar.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
            tar.extractall(work)  # noqa: S202
    elif archive.suffix == ".zip":
        unzip(archive, work)
    else:
        raise ValueError(f"{archive.name} is no archive")
    for inner in sorted(work.glob("*.zip")):
        unpacked(inner, inner.with_suffix(""))
    return work


def unzip(archive: Path, work: Path) -> None:
    """Every entry, with the kind and the name that it has in the archive."""
    with zipfile.ZipFile(archive) as entries:
        for entry in entries.infolist():
            path = Path(str(work / entry.filename).replace("\\", "/"))
            kind = entry.external_attr >> 16
            path.parent.mkdir(parents=True, exist_ok=True)
            if stat.S_ISLNK(kind):
                path.symlink_to(entries.read(entry).decode())
            elif stat.S_IFMT(kind) in (0, stat.S_IFREG):
                with entries.open(entry) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
            else:
                os.mknod(path, kind)


def cells_of(notebook: Path | None, said: list[str]) -> list[list[str]]:
    """The lines of each cell; what the notebook shows goes to `said`, as its author saw it."""
    cells = []
    for cell in json.loads(notebook.read_text())["cells"] if notebook else ():
        cells.append("".join(cell["source"]).splitlines())
        for output in cell["outputs"]:
            said += output["data"]["text/html"][:1]
    return cells


def run(cells: list[list[str]]) -> Any:
    """The names that cells define; a line with "!" is a command, as in Jupyter."""
    module = type(sys)("main")
    for lines in cells:
        for line in lines:
            if line.startswith("!"):
                subprocess.run(line[1:], shell=True, check=False)  # noqa: S602
        with contextlib.suppress(SyntaxError):
            exec("\n".join(line for line in lines if line[:1] not in "!%"), vars(module))  # noqa: S102
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
