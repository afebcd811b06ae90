"""What every sandbox promises (grader/sandbox/contract.py), held against each that works here.

Run by root it is repeated as an ordinary user, as that is another way of confining.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from grader.sandbox import deadline
from grader.sandbox.contract import (
    Cause,
    Level,
    Mount,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)
from tests.sandbox.trial import SYSTEM_PYTHON, Stand, as_ordinary_user, open_folder

X86_64 = platform.machine() == "x86_64"


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


def test_command_inherits_no_descriptor_but_its_three_streams(stand: Stand) -> None:
    with Path("/etc/hostname").open() as held:
        os.set_inheritable(held.fileno(), True)
        answer = stand.ask(
            """
            for descriptor in range(3, 300):
                if closed(os.fstat, descriptor) == "open":
                    say(descriptor)
            """
        )
    assert answer == ""


def test_files_of_the_grader_cannot_be_read_listed_or_written(stand: Stand) -> None:
    with open_folder() as grader:
        secret = grader / "labels.csv"
        secret.write_text("secret")
        answer = stand.ask(
            f"""
            path = {str(secret)!r}
            say(closed(open, path), closed(os.listdir, os.path.dirname(path)))
            say(closed(open, path, "w"), closed(open, path + "2", "w"), closed(os.unlink, path))
            say(closed(os.truncate, path, 0), closed(os.rename, path, path + "3"))
            say(closed(os.link, path, "linked"), closed(os.mkdir, path + "4"))
            closed(os.chmod, path, 0o777), closed(os.utime, path, (0, 0))
            """
        )
        assert set(answer.split()) <= {"EACCES", "ENOENT", "EPERM", "EROFS", "EXDEV"}
        assert [p.name for p in grader.iterdir()] == ["labels.csv"]
        assert secret.read_text() == "secret"
        assert secret.stat().st_mode & 0o777 != 0o777
        assert secret.stat().st_mtime > 0


def test_shares_can_be_read_but_not_written(stand: Stand) -> None:
    with open_folder() as folder:
        (folder / "main.py").write_text("answer = 42")
        mount = Mount(folder, Path("/submission"))
        path = str(stand.sandbox.place(mount) / "main.py")
        answer = stand.ask(
            f"""
            path = {path!r}
            say(open(path).read())
            say(closed(open, path, "w"), closed(open, path + "c", "w"), closed(os.unlink, path))
            say(closed(open, __file__, "a"), closed(os.mkdir, os.path.dirname(path) + "/d"))
            """,
            mounts=[mount],
        )
        assert answer.startswith("answer = 42\n")
        assert "open" not in answer
        assert (folder / "main.py").read_text() == "answer = 42"


def test_temporary_files_of_others_are_out_of_reach(stand: Stand) -> None:
    with open_folder() as neighbour:
        (neighbour / "note").write_text("from one box to the next")
        shown = stand.ask(
            """
            seen = []
            for top in ("/tmp", "/dev/shm", "/var/tmp", "/run"):
                try:
                    seen += os.listdir(top)
                except OSError:
                    pass
            say(seen)
            """
        )
    assert neighbour.name not in shown


def test_network_of_the_machine_is_out_of_reach(stand: Stand) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
    ):
        receiver.bind(listener.getsockname())
        answer = stand.ask(
            f"""
            address = ("127.0.0.1", {listener.getsockname()[1]})
            def tcp():
                socket.create_connection(address, 1)
            def udp():
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                    one.connect(address); one.send(b"x"); one.settimeout(0.1); one.recv(1)
            say(closed(tcp), closed(udp))
            """
        )
        listener.setblocking(False)
        receiver.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
        with pytest.raises(BlockingIOError):
            receiver.recv(1)
    assert "open" not in answer


def test_names_are_looked_up_in_vain_and_at_once(stand: Stand) -> None:
    answer = stand.ask(
        """
        started = time.monotonic()
        try:
            socket.getaddrinfo("example.org", 80)
        except socket.gaierror as error:
            say("no name")
        say(time.monotonic() - started < 2)
        """
    )
    assert answer == "no name\nTrue\n"


def test_sockets_of_the_machine_are_out_of_reach(stand: Stand) -> None:
    with (
        open_folder() as folder,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
    ):
        named.bind(str(folder / "stream"))
        (folder / "stream").chmod(0o777)
        datagrams.bind(str(folder / "datagrams"))
        (folder / "datagrams").chmod(0o777)
        abstract.bind(f"\0{folder.name}")
        for listener in (named, abstract):
            listener.listen()
        answer = stand.ask(
            f"""
            def connect(address):
                with socket.socket(socket.AF_UNIX) as one:
                    one.connect(address)
            def through_a_pair(how):
                one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
                how(one)
            say(closed(connect, {str(folder / "stream")!r}))
            say(closed(connect, "\\0" + {folder.name!r}))
            datagrams = {str(folder / "datagrams")!r}
            say(closed(through_a_pair, lambda one: one.connect(datagrams)))
            say(closed(through_a_pair, lambda one: one.sendto(b"x", datagrams)))
            say(closed(through_a_pair, lambda one: one.sendmsg([b"x"], [], 0, datagrams)))
            """
        )
        datagrams.setblocking(False)
        with pytest.raises(BlockingIOError):
            datagrams.recv(1)
    assert "open" not in answer


def test_odd_families_of_sockets_are_denied(stand: Stand) -> None:
    answer = stand.ask(
        """
        for family in (0, 3, 4, 16, 17, 29, 30, 31, 38, 40, 44, (1 << 32) + 16):
            say(call(41 if os.uname().machine == "x86_64" else 198, ctypes.c_long(family), 2, 0))
        """
    )
    assert set(answer.split()) <= {"EPERM", "EAFNOSUPPORT"}


def test_pairs_of_sockets_and_pipes_still_work(stand: Stand) -> None:
    answer = stand.ask(
        """
        one, other = socket.socketpair()
        one.sendall(b"hello"); say(other.recv(9).decode())
        """
    )
    assert answer == "hello\n"


def test_the_grader_can_be_neither_seen_nor_signalled(stand: Stand) -> None:
    same = str(Path("/proc/self/ns/pid").readlink())
    answer = stand.ask(
        f"""
        grader = {os.getpid()}
        if os.readlink("/proc/self/ns/pid") == {same!r}:
            say(closed(os.kill, grader, 0), closed(os.kill, -1, 0), closed(os.killpg, 1, 0))
            for name in ("mem", "cmdline", "environ", "maps", "stat"):
                say(closed(open, "/proc/%d/%s" % (grader, name), "rb"))
            say(closed(os.listdir, "/proc/%d/fd" % grader), closed(os.listdir, "/proc"))
            say(closed(os.readlink, "/proc/%d/cwd" % grader))
            say(closed(resource.prlimit, grader, resource.RLIMIT_NOFILE))
            say(closed(os.setpriority, os.PRIO_PROCESS, grader, 19))
            say(closed(os.sched_setaffinity, grader, [0]))
        else:
            say([pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) > 9])
        """
    )
    assert "open" not in answer
    assert answer == "[]\n" or stand.sandbox.level is Level.BASIC


def test_the_grader_cannot_be_signalled_by_way_of_a_descriptor(stand: Stand) -> None:
    """A descriptor's owner gets a signal of choice when there is something to read."""
    target = subprocess.Popen(["sleep", "600"])
    try:
        stand.ask(
            f"""
            import fcntl, struct
            for one, other in (socket.socketpair(), os.pipe()):
                number = one if isinstance(one, int) else one.fileno()
                for action in (
                    lambda: fcntl.fcntl(number, fcntl.F_SETOWN, {target.pid}),
                    lambda: fcntl.ioctl(number, 0x8901, struct.pack("i", {target.pid})),
                    lambda: fcntl.fcntl(number, 15, struct.pack("ii", 1, {target.pid})),
                    lambda: fcntl.fcntl(number, 10, signal.SIGKILL),
                    lambda: fcntl.fcntl(number, fcntl.F_SETFL, os.O_ASYNC),
                ):
                    closed(action)
                os.write(other if isinstance(other, int) else other.fileno(), b"x")
            """
        )
        assert target.poll() is None
    finally:
        target.kill()
        target.wait()


def test_command_has_no_privilege_and_can_get_none(stand: Stand) -> None:
    answer = stand.ask("say(open('/proc/self/status').read())")
    status = dict(line.split(":\t", 1) for line in answer.splitlines() if ":\t" in line)
    assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {0}
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    if os.getuid() == 0:
        assert "0" not in status["Uid"].split()
        assert status["Groups"].strip() in ("", status["Gid"].split()[0])


@pytest.mark.skipif(not X86_64, reason="numbers of x86-64")
def test_calls_that_no_worker_needs_are_denied(stand: Stand) -> None:
    calls = {
        "ptrace": 101, "process_vm_readv": 310, "kcmp": 312, "unshare": 272, "setns": 308,
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "fsopen": 430,
        "open_tree": 428, "move_mount": 429, "keyctl": 250, "add_key": 248, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "pidfd_getfd": 438,
        "open_by_handle_at": 304, "init_module": 175, "reboot": 169, "swapon": 167,
        "clone3": 435, "memfd_create": 319, "shmget": 29, "mq_open": 240, "listmount": 458,
        "setxattr": 188, "quotactl": 179, "syslog": 103, "acct": 163, "unborn": 599,
    }  # fmt: skip
    answer = stand.ask(
        f"""
        for name, number in {calls!r}.items():
            say(name, call(number, 0, 0, 0, 0, 0, 0))
        """
    )
    results = dict(line.split() for line in answer.splitlines())
    assert set(results) == set(calls)
    wrong = {n: r for n, r in results.items() if r not in ("EPERM", "ENOSYS", "ENOTSUP")}
    assert not wrong


@pytest.mark.skipif(not X86_64, reason="numbers of x86-64")
def test_new_namespaces_are_denied_to_clone(stand: Stand) -> None:
    answer = stand.ask(
        """
        for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
            say(call(56, ctypes.c_long(flag | signal.SIGCHLD), 0, 0, 0, 0))
        """
    )
    assert set(answer.split()) == {"EPERM"}


def test_terminal_cannot_be_typed_into(stand: Stand) -> None:
    answer = stand.ask(
        """
        import fcntl, termios
        for request in (termios.TIOCSTI, (1 << 32) | termios.TIOCSTI, 0x541C):
            ctypes.set_errno(0)
            libc.ioctl(0, ctypes.c_ulong(request), b"x")
            say(errno.errorcode[ctypes.get_errno()])
        say(closed(open, "/dev/tty"))
        """
    )
    assert answer.split()[:3] == ["EPERM"] * 3
    assert "open" not in answer


@pytest.mark.skipif(not X86_64, reason="machine code of x86-64")
def test_calls_of_a_foreign_architecture_end_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        import mmap
        code = mmap.mmap(-1, 4096, prot=7)
        code.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")  # mov eax, 20; int 0x80; ret
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
        say("lives")
        """
    )
    assert trial.end.cause is Cause.FORBIDDEN
    assert trial.answer == ""


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


@pytest.fixture
def busy() -> Iterator[None]:
    """Three programs that never rest, on the one processor that this thread may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    endless = [sys.executable, "-c", "while True: pass"]
    # Sessions of their own, as some kernels share a processor out among sessions.
    rivals = [subprocess.Popen(endless, start_new_session=True) for _ in range(4)]
    yield
    for rival in rivals:
        rival.kill()
        rival.wait()
    os.sched_setaffinity(0, before)


def test_time_without_a_processor_does_not_count(
    stand: Stand, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "MAX_EXTENSION", 30)  # whatever else this machine does
    box = stand.start(
        """
        sys.stdin.read(1)
        until = time.process_time() + 0.5
        while time.process_time() < until: pass
        say("done")
        """
    )
    begun = time.monotonic()
    box.deadline(1.0)
    box.stdin.write(b"x")
    box.stdin.close()
    assert box.stdout.readline() == b"done\n"
    assert time.monotonic() - begun > 1.0, "there was nothing to wait for"
    box.deadline(None)
    assert box.end().cause in (Cause.CLOSED, Cause.EXITED)


def test_who_never_answers_has_no_more_than_patience_gives(stand: Stand, busy: None) -> None:
    box = stand.start("while True: pass")
    begun = time.monotonic()
    box.deadline(0.4)
    assert box.stdout.read(16) == b""
    assert box.end().cause is Cause.TIME
    assert time.monotonic() - begun < (1 + deadline.MAX_EXTENSION) * 0.4 + PASSING


def test_a_first_deadline_knows_what_was_waited_before_anyone_looked(
    stand: Stand, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "UNHURRIED", 0.9)  # of a time in which a framework is imported
    box = stand.start("while True: pass")
    begun = time.monotonic()
    box.deadline(1.0)
    assert box.stdout.read(16) == b""
    assert box.end().cause is Cause.TIME
    assert time.monotonic() - begun > 1.5


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


ALONE = "say(4); time.sleep(600)"
BROOD = """
def child(*prepare):
    if os.fork() == 0:
        for action in prepare:
            action()
        os.write(signals[1], b"x")
        time.sleep(600)
        os._exit(0)
def daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(1, 32):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN)
signals = os.pipe()
child(); child(os.setsid); child(lambda: os.setpgid(0, 0)); child(daemon)
for _ in range(4):
    os.read(signals[0], 1)
say(4)
time.sleep(600)  # the parent
"""


def test_memory_above_the_limit_ends_the_box(stand: Stand) -> None:
    trial = stand.run("kept = bytearray(500 << 20); time.sleep(600)", SandboxLimits(memory=200))
    assert trial.end.cause is Cause.MEMORY
    assert 200 <= trial.peak_memory <= 500


def test_memory_of_children_counts(strong: Stand) -> None:
    trial = strong.run(
        """
        for _ in range(5):
            if os.fork() == 0:
                kept = b"x" * (60 << 20)
                time.sleep(600)
        time.sleep(600)
        """,
        SandboxLimits(memory=200),
    )
    assert trial.end.cause is Cause.MEMORY


def test_memory_shared_by_children_counts_once(strong: Stand) -> None:
    trial = strong.run(
        """
        kept = b"x" * (100 << 20)
        for _ in range(4):
            if os.fork() == 0:
                time.sleep(0.5)
                os._exit(0)
        for _ in range(4):
            os.wait()
        """,
        SandboxLimits(memory=350),
    )
    assert trial.end.cause is Cause.EXITED


def test_shared_anonymous_memory_counts(stand: Stand) -> None:
    trial = stand.run(
        """
        import mmap
        kept = mmap.mmap(-1, 400 << 20)
        for at in range(0, 400 << 20, 4096):
            kept[at] = 1
        time.sleep(600)
        """,
        SandboxLimits(memory=200),
    )
    assert trial.end.cause is Cause.MEMORY


def test_peak_memory_is_reported(stand: Stand) -> None:
    trial = stand.run("kept = b'x' * (100 << 20); time.sleep(0.3)")
    assert trial.end.cause is Cause.EXITED
    assert 100 <= trial.peak_memory < 300


def test_flood_of_output_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        "while True: os.write(2, b'x' * 65536)", SandboxLimits(output=4, log=64, memory=200)
    )
    assert trial.end.cause is Cause.OUTPUT
    assert len(trial.printed) < 70_000


def test_log_keeps_the_start_and_the_end(stand: Stand) -> None:
    trial = stand.run(
        """
        sys.stderr.write("first\\n" + "middle\\n" * 100000 + "last\\n")
        sys.stderr.buffer.write(b"\\xff\\xfe")
        """,
        SandboxLimits(log=4),
    )
    assert trial.printed.startswith("first\n")
    assert trial.printed.endswith("last\n\ufffd\ufffd")
    assert "bytes left out" in trial.printed
    assert len(trial.printed) < 5000


def test_scratch_filled_with_data_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        for number in range(100):
            with open(str(number), "wb") as file:
                file.write(b"x" * (1 << 20))
            time.sleep(0.02)
        time.sleep(600)
        """,
        SandboxLimits(scratch=20),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        for number in range(10**6):
            os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))
        time.sleep(600)
        """,
        SandboxLimits(scratch_files=1000),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_removed_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        kept = []
        try:
            for number in range(100):
                kept.append(open("file", "wb", 0))
                kept[-1].write(b"x" * (1 << 20))
                os.unlink("file")
        finally:
            time.sleep(600)
        """,
        SandboxLimits(scratch=20),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_filled_with_removed_mapped_files_ends_the_box(stand: Stand) -> None:
    trial = stand.run(
        """
        import mmap
        kept = []
        try:
            for number in range(100):
                with open("file", "w+b") as file:
                    file.write(b"x" * (1 << 20)); file.flush()
                    kept.append(mmap.mmap(file.fileno(), 4096))
                os.unlink("file")
        finally:
            time.sleep(600)
        """,
        SandboxLimits(scratch=40, file_size=2),
    )
    assert trial.end.cause is Cause.SCRATCH


def test_scratch_of_any_shape_is_removed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as temporary:
        temporary.chmod(0o1777)
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        trial = stand.run(
            """
            top = os.getcwd()
            for depth in range(3000):
                os.mkdir("d"); os.chdir("d")
            open("deep", "w").close()
            os.chdir(top)
            os.symlink("/etc/passwd", "link"); os.symlink("/", "root"); os.mkdir("closed")
            open("closed/file", "w").close()
            open("x" * 255, "w"); open("new\\nline", "w"); open(b"\\xff\\xfe", "w")
            libc.chmod(b"closed", 0)
            """,
        )
        assert trial.end.cause in (Cause.EXITED, Cause.SCRATCH), trial
        assert list(temporary.iterdir()) == []
    assert Path("/etc/passwd").exists()


def test_scratch_of_a_killed_grader_is_gone_after_the_next_start(basic: Stand) -> None:
    with open_folder() as temporary:
        temporary.chmod(0o1777)
        variables = {**os.environ, "PYTHONPATH": os.curdir, "TMPDIR": str(temporary)}
        grader = f"""
            import sys
            from grader.sandbox import canary
            from grader.sandbox.contract import Level
            sandbox = canary.choose(Level.BASIC).sandbox
            if sys.argv[1:]:
                from tests.sandbox.trial import Stand, open_folder
                with open_folder() as folder:
                    box = Stand(sandbox, folder).start({"open('a', 'w').close();" + ALONE!r})
                    print(box.stdout.readline().decode().strip(), flush=True)
                    sys.stdin.read()
        """
        command = [sys.executable, "-c", textwrap.dedent(grader)]
        with subprocess.Popen(
            [*command, "start"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"4\n"
            process.kill()
        left = list(temporary.glob("*/a"))
        assert left  # as long as nobody sweeps
        subprocess.run(command, env=variables, check=True)
        assert not any(path.parent.exists() for path in left)


def test_file_above_its_size_cannot_be_written(stand: Stand) -> None:
    answer = stand.ask(
        "say(closed(lambda: open('big', 'wb', 0).write(b'x' * (3 << 20)) == 1 << 20 or "
        "open('big', 'ab', 0).write(b'x')))",
        limits=SandboxLimits(file_size=1),
    )
    assert answer in ("EFBIG\n", "open\n")


def test_fork_bomb_is_bounded(stand: Stand) -> None:
    trial = stand.run(
        """
        count = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(600)
                count += 1
        except OSError:
            say(count)
        os._exit(3)
        """,
        SandboxLimits(processes=40),
    )
    assert trial.end == (Cause.CRASHED, "exit code 3")
    assert 0 <= int(trial.answer) < 40
    assert (int(trial.answer) == 0) == (stand.sandbox.level is Level.BASIC)


def test_programs_cannot_be_started_at_level_basic(basic: Stand) -> None:
    answer = basic.ask(
        """
        import subprocess
        say(closed(os.fork), closed(subprocess.run, ["/bin/true"]))
        say(closed(os.execv, "/bin/true", ["true"]), os.system("true") != 0)
        """
    )
    assert answer == "EPERM EPERM\nEPERM True\n"


def test_processor_time_above_the_limit_ends_the_box(stand: Stand) -> None:
    trial = stand.run("while True: pass", SandboxLimits(cpu=1))
    assert trial.end.cause is Cause.TIME


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


@pytest.mark.thorough
@pytest.mark.skipif(os.getuid() != 0, reason="repeats all as another user, which takes root")
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap opens closed folders")
def test_all_of_this_as_an_ordinary_user() -> None:
    with open_folder() as folder:
        folder.chmod(0o1777)
        command = as_ordinary_user(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x"),
                *("--basetemp", str(folder / "base"), __file__),
            ]
        )
        run = subprocess.run(
            command, env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed, run.stdout[-2000:]  # all skipped is not all well
    assert int(passed[1]) > 40


def bearing(mark: str) -> list[int]:
    """Processes with TRIAL=`mark` in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                environment = (process / "environ").read_bytes()
            except OSError:
                continue
            if f"TRIAL={mark}".encode() in environment.split(b"\0"):
                found.append(int(process.name))
    return found


def eventually(claim: object) -> bool:
    """Whether `claim` comes true within some seconds; it is the kernel's doing, in its own time."""
    assert callable(claim)
    until = time.monotonic() + 10
    while not claim():
        if time.monotonic() > until:
            return False
    return True
