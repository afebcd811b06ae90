"""The hostile corpus: submissions that mean harm, among neighbours, with bait and alarms around
them.

`run` grades all of them as one class, by the program a teacher uses, and tells what came of it. The
bait: files, variables and sockets that hold secrets; the alarms: what would change if one got out.
"""

from __future__ import annotations

import contextlib
import csv
import ctypes
import hashlib
import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

import grader
from grader.sandbox.contract import Level

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "cases"
REPOSITORY = Path(grader.__file__).parent.parent
NEIGHBOURS = ("an_honest_neighbour", "zz_an_honest_neighbour")
CLASSES = (("00_00", "Plastic Bottle"), ("00_01", "Hats"), ("00_02", "Newspaper"))
# Right about every image, as the first value of each tells its class.
HONEST = f"""print("neighbour")


def predict(image):
    return {[label for _, label in CLASSES]}[int(image[0, 0, 0]) // 80]
"""
EACH = 4  # hidden images of each class
TOKEN = Path("teacher/.ray/auth_token")  # of a cluster, in the folder of the class
SECONDS = 1500  # for the whole class
BETWEEN_LOOKS = 0.2  # seconds
CONTROLS = set("\x00\x07\x1b\u202e\u202a\u202b\u202d")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PR_SET_CHILD_SUBREAPER = 36
ASSIGNMENT = """
[assignment]
id = "hostile"
title = { en = "Hostile" }

[interface]
lenet5 = ""

[limits]
import = 10
first_answer = 4
answer = 2
total = 30
restarts = 1
memory = 700
scratch = 64
submission = 40
"""


class Case(NamedTuple):
    """A folder of `cases`: a submission (main.py) or a recipe for one (make.py), and expected.toml.

    attack: number of the kind of attack. claim: what it does, in a sentence.
    stopped_by: the measure against it, without which `control.py` shows it at work;
    stopped_at_basic_by: another one at level basic, if Landlock or the strict filter is it.
    status, stopped: what may come of it. findings: what has to be found, one of them.
    printed: what it has to print, so that it is known to have tried. correct_at_most: right answers
    that it may have. log_limit: bytes of log that may be kept. seconds: that it may
    take on a busy machine. levels: where it makes sense.
    """

    name: str
    attack: int
    claim: str
    stopped_by: str
    status: Sequence[str]
    stopped_at_basic_by: str = ""
    stopped: Sequence[str] = ()
    findings: Sequence[str] = ()
    printed: Sequence[str] = ()
    must_not: Sequence[str] = ("ESCAPED",)
    correct_at_most: int | None = None
    log_limit: int = 140_000
    seconds: float = 60.0
    levels: Sequence[str] = ("strong", "basic")

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CASES / self.name


class Outcome(NamedTuple):
    """What came of one submission. page: what its student reads, in all."""

    status: str
    evidence: Mapping[str, Any]
    log: str
    page: str

    @property
    def carried(self) -> list[str]:
        """Words that hold something of a hidden image, as it printed them."""
        return [line.split()[1] for line in self.log.splitlines() if line.startswith("CARRIED ")]


class Usage(NamedTuple):
    """What an examiner's process held at one moment: MiB resident, open descriptors."""

    pid: int
    memory: float
    descriptors: int


class Result(NamedTuple):
    """What came of the class, and every alarm that rang. honest: names of honest submissions."""

    exit_code: int
    terminal: str
    honest: Sequence[str]
    outcomes: Mapping[str, Sequence[Outcome]]  # by name of a case or an honest submission
    out: Path
    secrets: Mapping[str, str]  # where planted -> the secret
    reached: Sequence[str]  # what came in at listeners
    changed: Sequence[str]  # files of the teacher that are other than before
    mounted: Sequence[str]  # file systems that were left mounted
    usage: Sequence[Usage]  # of the grader's own processes, several times a second
    harmed: Sequence[str]  # what was done to a process that stands for the grader
    survivors: Sequence[str]  # processes that outlived the class
    left_behind: Sequence[str]  # temporary files


def cases() -> list[Case]:
    """All cases of the corpus."""
    found = []
    for path in sorted(CASES.glob("*/expected.toml")):
        found.append(Case(path.parent.name, **tomllib.loads(path.read_text(encoding="utf-8"))))
    return found


def broken(case: Case, outcome: Outcome) -> list[str]:
    """What of a case's expectations does not hold, each in a few words; none where all do."""
    evidence, log = outcome.evidence, outcome.log
    codes = {finding["code"] for finding in evidence["findings"]}
    right = right_answers(evidence)
    rules = {
        f"a fault of ours: {evidence['trouble']}": evidence["trouble"] is None,
        f"status {outcome.status}": outcome.status in case.status,
        f"stopped by {evidence['stopped']}": not case.stopped
        or evidence["stopped"] in case.stopped,
        f"findings {sorted(codes)}": not case.findings or bool(codes & set(case.findings)),
        "it did not try": all(text in log for text in case.printed),
        "it got out": not any(text in log for text in case.must_not),
        f"a log of {len(log)} bytes": len(log) <= case.log_limit,
        f"{evidence['seconds']} s": evidence["seconds"] <= case.seconds,
        "its student reads of a hidden image": not any(
            word in outcome.page for word in outcome.carried
        ),
        f"{right} right answers": case.correct_at_most is None or right <= case.correct_at_most,
    }
    return [what for what, holds in rules.items() if not holds]


def alarms(result: Result) -> list[str]:
    """Every alarm that rang around the class."""
    kinds = ("reached", "changed", "mounted", "harmed", "survivors", "left_behind")
    return [f"{kind}: {what}" for kind in kinds for what in getattr(result, kind)]


def live(out: Path, terminal: str) -> list[str]:
    """What of a submission is more than text to who reads the pages, tables and the terminal."""
    found = []
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "<script>alert(" in text or re.search(r"<(img|b|i|svg)[^>]*\son\w+\s*=", text):
            found.append(f"code in {page.name}")
        if "javascript:alert" in "".join(re.findall(r'href="([^"]*)"', text)):
            found.append(f"a link of code in {page.name}")
        if set(text) & CONTROLS:
            found.append(f"control characters in {page.name}")
    for table in out.rglob("grades.csv"):
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                if any(cell[:1] in FORMULA for cell in row if cell):
                    found.append(f"a formula in {table.name}: {row}")
                if row[:1] == ["status"]:
                    found.append(f"a row of its own in {table.name}: {row}")
    for note, code in (("*.md", "](javascript:"), ("*.tex", "\\input{")):
        for path in out.rglob(note):
            found += [f"code in {path.name}"] * (code in path.read_text(encoding="utf-8"))
    if set(terminal) & CONTROLS:
        found.append("control characters in the terminal")
    return found


def require_right(result: Result, honest: str) -> None:
    """Raises AssertionError unless the honest submission got all its marks."""
    came = [
        (one.status, right_answers(one.evidence), one.evidence["trouble"])
        for one in result.outcomes.get(honest, ())
    ]
    if came != [("graded", EACH * len(CLASSES), None)]:
        raise AssertionError(f"{honest}: {came}\n{result.terminal[-2000:]}")


def right_answers(evidence: Mapping[str, Any]) -> int:
    """How many images were answered right."""
    return sum(answer["answer"] == answer["truth"] for answer in evidence["answers"])


@contextmanager
def run(
    level: Level,
    chosen: Sequence[Case],
    program: Sequence[str] = ("grader",),
    honest: Sequence[str] = NEIGHBOURS,
) -> Iterator[Result]:
    """Grade the cases at `level`; results can be looked at until the block ends.

    program: the module that grades, with arguments of its own. honest: names of honest submissions,
    which are graded in the order of names among the cases.
    Raises ValueError for level none: these submissions are never run unconfined.
    """
    if level is Level.NONE:
        raise ValueError("hostile submissions are run confined only")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-")))
        folder.chmod(0o755)  # so that only the sandbox stands before it
        planted = Planted(folder)
        stack.callback(planted.remove)
        alarms = stack.enter_context(_listeners(folder))
        decoy = stack.enter_context(_decoy())
        bait = planted.bait | alarms.bait | {"pids": [decoy.pid]}
        home, class_ = _assignment(folder), folder / "submissions"
        submission(class_, chosen, honest, bait)
        planted.hide()
        out, temporary = folder / "out", folder / "tmp"
        temporary.mkdir()
        temporary.chmod(0o1777)
        before = fingerprint(folder, without=(out, temporary))
        words = [*("--assignment", str(home), "--out", str(out), "--require", level.value)]
        words += [
            "--device",
            "CPU",
            "--no-tune",
            "--jobs",
            str(os.cpu_count() or 1),
            "--set",
            "policy.guessing=0",
        ]
        _adopt_orphans()
        mounts = Path("/proc/self/mounts").read_text()
        graded = subprocess.Popen(
            [sys.executable, "-m", *program, str(class_), *words],
            env={
                **os.environ,
                **planted.variables,
                "TMPDIR": str(temporary),
                "PYTHONPATH": str(REPOSITORY),
            },
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        usage: list[Usage] = []
        watcher = threading.Thread(target=_watch, args=(graded.pid, usage), daemon=True)
        watcher.start()
        terminal, _ = graded.communicate(timeout=SECONDS)
        watcher.join()
        yield Result(
            exit_code=graded.returncode,
            terminal=terminal.decode("utf-8", "replace"),
            honest=honest,
            outcomes=_outcomes(out, [*honest, *(case.name for case in chosen)]),
            out=out,
            secrets=planted.secrets,
            reached=alarms.reached(),
            changed=difference(before, fingerprint(folder, without=(out, temporary))),
            mounted=[
                line
                for line in Path("/proc/self/mounts").read_text().splitlines()
                if line not in mounts
            ],
            usage=usage,
            harmed=_harm(decoy),
            survivors=_survivors(decoy),
            left_behind=[path.name for path in temporary.iterdir()],
        )


def _watch(grader_: int, usage: list[Usage]) -> None:
    """Note what the grader's examiners hold, again and again until the grader has ended."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(grader_)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            for child in process.children():
                with contextlib.suppress(psutil.Error):
                    if "spawn_main" in " ".join(child.cmdline()):
                        memory = child.memory_info().rss / 2**20
                        usage.append(Usage(child.pid, memory, child.num_fds()))
            time.sleep(BETWEEN_LOOKS)


class Planted:
    """Secrets in files, in variables of the grader, in shared folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets: dict[str, str] = {}
        self.variables = {
            name: self._secret(name)
            for name in ("GRADER_SECRET", "GITHUB_TOKEN", "HIDDEN_LABELS", "RAY_AUTH_TOKEN")
        }
        self._notes = [
            Path(shared, f"planted-note-{secrets.token_hex(8)}")
            for shared in ("/dev/shm", "/tmp", "/var/tmp")  # noqa: S108
            if os.access(shared, os.W_OK)
        ]

    @property
    def bait(self) -> dict[str, Any]:
        """What an attacker would know of it: all but the secrets."""
        folder = self.folder
        teacher, hidden = folder / "teacher", folder / "hidden_set"
        folders = [teacher, hidden, hidden / "images", folder / "submissions", folder / "out"]
        return {
            "prefix": "planted-secret-",
            "notes": "planted-note-",
            "temporary": [str(note) for note in self._notes],
            "folder": str(folder),
            "out": str(folder / "out"),
            "paths": [str(hidden / "labels.csv"), str(teacher / "grades.csv")],
            "token": str(self.folder / TOKEN),
            "folders": [str(folder), *map(str, folders)],
            "neighbour": NEIGHBOURS[0],
            "honest": HONEST,
            "neighbours": [str(folder / "submissions" / name / "main.py") for name in NEIGHBOURS],
        }

    def hide(self) -> None:
        """Write the secrets to where they belong."""
        for path in (Path("hidden_set/labels.csv"), Path("teacher/grades.csv"), TOKEN):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(self._secret(str(path)))
        for note in self._notes:
            note.write_text(self._secret(str(note)))

    def remove(self) -> None:
        """Take back what lies outside the folder."""
        for note in self._notes:
            note.unlink(missing_ok=True)

    def _secret(self, where: str) -> str:
        self.secrets[where] = f"planted-secret-{secrets.token_hex(16)}"
        return self.secrets[where]


class _Listeners:
    """Sockets of the machine that nobody in a box may reach."""

    def __init__(self, folder: Path) -> None:
        tcp = socket.create_server(("127.0.0.1", 0), backlog=100)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        stream = socket.socket(socket.AF_UNIX)
        stream.bind(str(folder / "stream"))
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagrams.bind(str(folder / "datagrams"))
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind("\0" + folder.name)
        for name in ("stream", "datagrams"):
            (folder / name).chmod(0o777)
        for listener in (stream, abstract):
            listener.listen()
        self.all = {
            "tcp": tcp,
            "udp": udp,
            "stream": stream,
            "datagrams": datagrams,
            "abstract": abstract,
        }
        with contextlib.suppress(OSError):  # where it is free and we may
            names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            names.bind(("127.0.0.1", 53))  # who asks without a configuration asks there
            self.all["names"] = names
        self.bait = {
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "stream": str(folder / "stream"),
            "datagrams": str(folder / "datagrams"),
            "abstract": folder.name,
        }

    def reached(self) -> list[str]:
        """The names of those that somebody reached, each with what was sent."""
        found = []
        for name, listener in self.all.items():
            listener.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    found.append(f"{name}: {_received(listener)!r}")
        return found

    def close(self) -> None:
        for listener in self.all.values():
            listener.close()


def _received(listener: socket.socket) -> bytes:
    """What one who reached it has sent so far. Raises BlockingIOError where nobody did."""
    if listener.type is socket.SOCK_DGRAM:
        return listener.recv(1000)
    with listener.accept()[0] as connection:
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            return connection.recv(1000)
        return b""


@contextmanager
def _listeners(folder: Path) -> Iterator[_Listeners]:
    listeners = _Listeners(folder)
    try:
        yield listeners
    finally:
        listeners.close()


@contextmanager
def _decoy() -> Iterator[subprocess.Popen[bytes]]:
    """A process to aim at, in the grader's stead; its number is too high to mean one in a box."""
    while True:
        decoy = subprocess.Popen(["sleep", str(2 * SECONDS)])
        try:
            if decoy.pid > 1000:
                yield decoy
                return
        finally:
            decoy.kill()
            decoy.wait()


def _harm(decoy: subprocess.Popen[bytes]) -> list[str]:
    """How the decoy is other than this process, whose limits and priority it had."""
    if decoy.poll() is not None:
        return [f"ended by signal {-decoy.returncode}"]
    here, there = psutil.Process(), psutil.Process(decoy.pid)
    facts: dict[str, Callable[[psutil.Process], object]] = {
        "priority": lambda process: process.nice(),
        "limits": lambda process: process.rlimit(psutil.RLIMIT_NOFILE),
        "processors": lambda process: process.cpu_affinity(),
        "stopped": lambda process: process.status() == psutil.STATUS_STOPPED,
    }
    return [name for name, fact in facts.items() if fact(here) != fact(there)]


def _assignment(folder: Path) -> Path:
    """An assignment of three classes with a few hidden images."""
    import cv2

    home = folder / "hidden_set"
    random = np.random.default_rng(7)
    text = ASSIGNMENT
    for number, (name, label) in enumerate(CLASSES):
        text += f'\n[[classes]]\nfolder = "{name}"\nen = "{label}"\n'
        (home / "images" / name).mkdir(parents=True)
        for image in range(EACH):
            pixels = random.integers(0, 256, (24, 24, 3), np.uint8)
            pixels[0, 0] = 80 * number + 40
            path = home / "images" / name / f"hidden_image_{number}_{image}.png"
            cv2.imwrite(str(path), pixels)
    (home / "assignment.toml").write_text(text)
    return home


def submission(
    class_: Path, chosen: Sequence[Case], honest: Sequence[str], bait: Mapping[str, Any]
) -> None:
    """Lay the class out: the cases, and honest submissions of the names `honest`."""
    class_.mkdir()
    for name in honest:
        (class_ / name).mkdir()
        (class_ / name / "main.py").write_text(HONEST)
    for case in chosen:
        recipe = case.folder / "make.py"
        if recipe.exists():
            _follow(recipe, class_, case.name)
            continue
        place = class_ / case.name
        shutil.copytree(case.folder, place, ignore=shutil.ignore_patterns("expected.toml"))
        shutil.copy(CASES / "bait.py", place)
        for payload in place.glob("*.hostile"):  # stored so that no tool of ours picks it up
            payload.rename(payload.with_suffix(""))
        (place / "bait.json").write_text(json.dumps({**bait, "id": case.name}))


def _follow(recipe: Path, class_: Path, name: str) -> None:
    """Make a submission by a recipe of ours."""
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", recipe)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(class_, name)


def _outcomes(out: Path, names: Sequence[str]) -> dict[str, list[Outcome]]:
    """What came of each submission, by the name that its own begins with."""
    names = sorted(names, key=len, reverse=True)
    grades = json.loads((out / "grades.json").read_text(encoding="utf-8"))
    statuses = {grade["id"]: grade["status"] for grade in _list_in(grades)}
    found: dict[str, list[Outcome]] = {}
    for path in sorted((out / "evidence").glob("*.json")):
        evidence = json.loads(path.read_text(encoding="utf-8"))
        submission = evidence["submission"]["id"]
        source = evidence["submission"]["source"]
        name = next(name for name in names if source.startswith(name))
        log = (out / "logs" / f"{submission}.txt").read_text(encoding="utf-8")
        page = (out / "report" / "student" / f"{submission}.html").read_text(encoding="utf-8")
        page += json.dumps([evidence[field] for field in ("told", "lenet5", "checks")])
        found.setdefault(name, []).append(Outcome(statuses[submission], evidence, log, page))
    return found


def _list_in(grades: Any) -> list[Any]:
    """The grades in grades.json, wherever in the document they are."""
    if isinstance(grades, list):
        return grades
    return next(value for value in grades.values() if isinstance(value, list))


def fingerprint(folder: Path, without: Sequence[Path] = ()) -> dict[str, str]:
    """Names, modes, owners, times and contents of all that is below `folder`."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        if any(path == left_out or left_out in path.parents for left_out in without):
            continue
        status = path.lstat()
        content = b""
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        facts = (status.st_mode, status.st_uid, status.st_size, status.st_nlink)
        times = status.st_mtime_ns if path != folder else 0  # `out` appears in it
        digest = hashlib.sha256(content).hexdigest()
        found[str(path.relative_to(folder))] = f"{facts[:2]} {times} {digest}"
    return found


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Paths that are other than before, or there only before or after."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def _adopt_orphans() -> None:
    """Have the kernel give us the processes whose parents have ended, so that none is lost."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _survivors(decoy: subprocess.Popen[bytes]) -> list[str]:
    """Processes below this one that should be gone; the last ones may take a moment to go."""
    until = time.monotonic() + 5
    while True:
        below = psutil.Process().children(recursive=True)
        alive = [child for child in below if child.pid != decoy.pid]
        for child in alive:  # adopted ones that have ended wait for us to notice
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
        if not alive or time.monotonic() > until:
            return [f"{child.pid} {child.name()}" for child in alive]
        threading.Event().wait(0.05)
