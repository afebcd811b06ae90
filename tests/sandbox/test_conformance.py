"""What every sandbox promises (grader/sandbox/contract.py), held against each that works here.

Run by root it is repeated as an ordinary user, as that is another way of confining.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from grader.sandbox.contract import (
    Cause,
    Level,
    Mount,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)
from tests.processes import eventually
from tests.sandbox.processes import ALONE, BROOD, bearing
from tests.sandbox.trial import SYSTEM_PYTHON, Stand, as_ordinary_user, open_folder


def test_scratch_is_empty_writable_and_home_cwd_and_tmpdir(stand: Stand) -> None:
    answer = stand.ask(
        """
        import tempfile
        say(os.listdir("."))
        open("a", "w").write("x"); os.mkdir("b"); os.rename("a", "b/a"); os.symlink("b", "c")
        say(open("c/a").read(), len({os.getcwd(), os.environ["HOME"], os.environ["TMPDIR"]}))
        say(tempfile.gettempdir() == os.getcwd())
        """
    )
    assert answer.split("\n")[:3] == ["[]", "x 1", "True"]


def test_environment_is_what_the_room_gives(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRET", "planted")
    answer = json.loads(stand.ask("say(json.dumps(dict(os.environ)))", environment={"GIVEN": "1"}))
    assert answer["GIVEN"] == "1"
    assert "planted" not in answer.values()
    assert set(answer) <= {
        *("GIVEN", "HOME", "TMPDIR", "PATH", "LANG", "LC_CTYPE", "USER", "LOGNAME", "PWD"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE", "PYTHONHASHSEED"),
    }


def test_a_data_base_that_asks_for_locks_waits_for_nobody(stand: Stand) -> None:
    """ONNX Runtime keeps one, and waits for 20 s where its file seems to be locked."""
    answer = stand.ask(
        """
        import fcntl, sqlite3, struct, time
        begun = time.monotonic()
        with sqlite3.connect("a.db", timeout=8) as base:
            say(base.execute("pragma journal_mode=wal").fetchone()[0])
            base.execute("create table words (word text)")
            base.execute("insert into words values ('kept')")
        say(sqlite3.connect("a.db").execute("select word from words").fetchone()[0])
        say(time.monotonic() - begun < 6)
        asked = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 1, 0)
        told = fcntl.fcntl(open("a.db", "r+"), fcntl.F_GETLK, asked)
        say(struct.unpack("hhqqi", told)[0] == fcntl.F_UNLCK)
        """
    )
    assert answer.split("\n")[:4] == ["wal", "kept", "True", "True"]


def test_ordinary_python_works(stand: Stand) -> None:
    answer = stand.ask(
        """
        import getpass, shutil, tempfile, zipfile, pathlib, uuid, random, hashlib, logging
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "a").write_text("text"); shutil.copy2(place / "a", place / "b")
            (place / "b").chmod(0o600); os.utime(place / "b", (1, 1))
            with zipfile.ZipFile(place / "z", "w") as archive:
                archive.write(place / "a", "a")
            shutil.unpack_archive(place / "z", place / "out", "zip")
            say((place / "out" / "a").read_text())
        threads = [threading.Thread(target=time.sleep, args=(0,)) for _ in range(8)]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
        say(getpass.getuser(), len(os.urandom(4)), os.cpu_count() > 0)
        """
    )
    assert answer == "text\nstudent 4 True\n"


def test_deadline_ends_the_box_and_frees_a_blocked_reader(stand: Stand) -> None:
    box = stand.start("signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(600)")
    started = time.monotonic()
    box.deadline(0.3)
    assert box.stdout.read(16) == b""
    assert box.end(Cause.PROTOCOL).cause is Cause.TIME
    assert time.monotonic() - started < 10


def test_deadline_frees_a_blocked_writer(stand: Stand) -> None:
    box = stand.start("time.sleep(600)")
    box.deadline(0.3)
    with pytest.raises(OSError):
        while True:
            box.stdin.write(b"x" * 65536)
            box.stdin.flush()
    assert box.end().cause is Cause.TIME


def test_deadline_can_be_lifted(stand: Stand) -> None:
    box = stand.start("say('ready'); sys.stdin.read(1); say('still here')")
    box.deadline(PASSING)
    assert box.stdout.readline() == b"ready\n"
    box.deadline(0.2)
    box.deadline(None)
    threading.Event().wait(0.4)
    box.stdin.write(b"x")
    box.stdin.flush()
    assert box.stdout.readline() == b"still here\n"
    assert box.end().cause in (Cause.CLOSED, Cause.EXITED)


PASSING = 30.0


def test_entire_process_tree_killed_on_timeout(strong: Stand) -> None:
    box = strong.start(BROOD, environment={"TRIAL": "brood-of-timeout"})
    box.deadline(PASSING)
    assert box.stdout.readline() == b"4\n"
    assert len(bearing("brood-of-timeout")) >= 5
    box.deadline(0.0)
    box.stdout.read()
    assert box.end().cause is Cause.TIME
    assert bearing("brood-of-timeout") == []


def test_entire_process_tree_killed_when_the_command_leaves_it_behind(strong: Stand) -> None:
    program = BROOD.replace("time.sleep(600)  # the parent", "os._exit(0)")
    assert strong.run(program, environment={"TRIAL": "brood-left"}).end.cause is Cause.EXITED
    assert bearing("brood-left") == []


def test_entire_process_tree_killed_when_the_grader_is_killed(stand: Stand) -> None:
    """SIGKILL leaves the grader no chance to clean up."""
    grader = f"""
        import pathlib, sys
        from grader.sandbox import canary
        from grader.sandbox.contract import Level
        from tests.sandbox.trial import Stand, open_folder
        with open_folder() as folder:
            stand = Stand(canary.choose(Level({stand.sandbox.level.value!r})).sandbox, folder)
            program = {BROOD if stand.sandbox.level is Level.STRONG else ALONE!r}
            box = stand.start(program, environment={{"TRIAL": "orphans"}})
            print(box.stdout.readline().decode().strip(), flush=True)
            sys.stdin.read()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(grader)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.curdir},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"4\n"
    assert bearing("orphans")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert eventually(lambda: bearing("orphans") == [])
    process.stdin.close()
    process.stdout.close()


@pytest.mark.parametrize(
    ("last", "cause", "detail"),
    [
        ("pass", Cause.EXITED, "exit code 0"),
        ("sys.exit(0)", Cause.EXITED, "exit code 0"),
        ("sys.exit(7)", Cause.CRASHED, "exit code 7"),
        ("os._exit(99)", Cause.CRASHED, "exit code 99"),
        ("raise ValueError", Cause.CRASHED, "exit code 1"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", Cause.CRASHED, "SIGSEGV"),
        ("os.abort()", Cause.CRASHED, "SIGABRT"),
        ("ctypes.string_at(0)", Cause.CRASHED, "SIGSEGV"),
    ],
)
def test_end_of_the_commands_own_is_told(
    stand: Stand, last: str, cause: Cause, detail: str
) -> None:
    assert stand.run(last).end == (cause, detail)


OWN_SIGKILLS = (
    "os.kill(os.getpid(), 9)",
    "os.kill(0, 9)",
    "os.kill(-os.getpgid(0), 9)",
    "signal.pthread_kill(threading.get_ident(), 9)",
    "os._exit(137)",
)


@pytest.mark.parametrize("last", OWN_SIGKILLS)
def test_a_box_that_ends_itself_by_sigkill_does_not_look_killed_from_outside(
    stand: Stand, last: str
) -> None:
    if stand.sandbox.level is Level.NONE:
        pytest.skip("at level none nobody can tell who did it")
    end = stand.run(f"import threading; {last}; os._exit(3)").end
    assert end.cause in (Cause.FORBIDDEN, Cause.CRASHED), end


def test_a_box_that_is_killed_from_outside_is_said_to_be(stand: Stand) -> None:
    if stand.sandbox.level is Level.NONE:
        pytest.skip("at level none nobody can tell who did it")
    others = set(psutil.Process().children(recursive=True))  # of tests before this one
    box = stand.start("say('ready'); time.sleep(600)")
    assert box.stdout.readline() == b"ready\n"
    *_, innermost = (
        child for child in psutil.Process().children(recursive=True) if child not in others
    )
    innermost.kill()
    assert box.stdout.read() == b""
    assert box.end().cause is Cause.KILLED


def test_end_by_the_grader_is_told_once_and_for_all(stand: Stand) -> None:
    box = stand.start("say('ready'); time.sleep(600)")
    assert box.stdout.readline() == b"ready\n"
    end = box.end(Cause.PROTOCOL)
    assert end.cause is Cause.PROTOCOL
    assert box.end() is end
    assert box.end(Cause.TIME) is end


def test_box_that_left_by_itself_is_not_said_to_be_closed(stand: Stand) -> None:
    box = stand.start("os._exit(5)")
    assert box.stdout.read() == b""
    assert box.end(Cause.PROTOCOL) == (Cause.CRASHED, "exit code 5")


def test_missing_interpreter_is_our_fault(stand: Stand) -> None:
    spec = SandboxSpec([], SandboxLimits(), {})
    try:
        box = stand.sandbox.start(["/nowhere/python", "-I", "/nowhere/main.py"], spec)
    except SandboxUnavailableError as error:
        assert error.cure
        return
    box.stdout.read()
    assert box.end().cause in (Cause.UNAVAILABLE, Cause.CRASHED)


def test_share_that_is_missing_is_our_fault(stand: Stand) -> None:
    gone = Mount(Path("/nowhere/submission"), Path("/submission"))
    if stand.sandbox.level is Level.BASIC:
        pytest.skip("nothing needs to be mounted")
    try:
        end = stand.run("say(1)", mounts=[gone]).end
    except SandboxUnavailableError as error:
        assert error.cure
    else:
        assert end.cause is Cause.UNAVAILABLE


def test_two_boxes_at_once_know_nothing_of_each_other(stand: Stand) -> None:
    mark = """
        open("note", "w").write("secret")
        say(os.getcwd()); sys.stdin.read(1)
    """
    first = stand.start(mark)
    place = first.stdout.readline().decode().strip()
    try:
        answer = stand.ask(
            f"""
            say(closed(open, {place!r} + "/note"))
            same = os.getcwd() == {place!r}
            say(os.listdir(".") == [] if same else closed(os.listdir, {place!r}) != "open")
            """
        )
    finally:
        assert first.end().cause is Cause.CLOSED
    assert answer.split()[0] != "open"
    assert answer.split()[1] == "True"


def test_bytes_go_both_ways_unchanged(stand: Stand) -> None:
    box = stand.start(
        """
        while True:
            part = os.read(0, 65536)
            if not part:
                break
            os.write(1, part)
        """
    )
    box.deadline(PASSING)
    for size in (1, 16, 65536):
        data = os.urandom(size)
        box.stdin.write(data)
        box.stdin.flush()
        assert box.stdout.read(size) == data
    box.stdin.close()
    assert box.stdout.read() == b""
    assert box.end().cause is Cause.EXITED


@pytest.mark.skipif(os.getuid() != 0, reason="about root")
def test_interpreter_in_a_closed_folder_works_for_root(stand: Stand) -> None:
    if stand.python != SYSTEM_PYTHON:
        pytest.skip("this interpreter is in an open folder")
    answer = stand.ask(
        """
        status = open("/proc/self/status").read()
        say(status.split("CapEff:")[1].split()[0], status.split("CapBnd:")[1].split()[0])
        say(os.getuid() == 0, closed(open, "/etc/shadow"))
        """,
        python=Path(sys.executable),
    )
    root_stays = stand.sandbox.level is Level.BASIC  # docs/security.md says why
    assert answer.split() in (
        [f"{0:016x}", f"{0:016x}", str(root_stays), word] for word in ("EACCES", "ENOENT")
    )


ALL = [
    Path(__file__).with_name(f"test_{part}.py")
    for part in ("busy_machine", "conformance", "limits_kept", "out_of_reach")
]


@pytest.mark.thorough
@pytest.mark.skipif(os.getuid() != 0, reason="repeats all as another user, which takes root")
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap opens closed folders")
def test_all_of_this_as_an_ordinary_user() -> None:
    with open_folder() as folder:
        folder.chmod(0o1777)
        command = as_ordinary_user(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x"),
                *("--basetemp", str(folder / "base"), *map(str, ALL)),
            ]
        )
        run = subprocess.run(
            command, env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed, run.stdout[-2000:]  # all skipped is not all well
    assert int(passed[1]) > 40
