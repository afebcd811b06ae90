"""What no command in a sandbox may read, write, reach or become, at each level that works here."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
from pathlib import Path

import pytest

from grader.sandbox.contract import (
    Cause,
    Level,
    Mount,
)
from tests.sandbox.trial import Stand, open_folder

X86_64 = platform.machine() == "x86_64"


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
