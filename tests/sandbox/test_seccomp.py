"""The system-call filters as programs: that they exist, and what they do on another processor."""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator

import pytest

from grader.sandbox import seccomp
from grader.sandbox.contract import SandboxUnavailableError

try:
    seccomp.usual()
except SandboxUnavailableError as error:
    pytest.skip(str(error), allow_module_level=True)

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
X86_64, I386, AARCH64 = 0xC000003E, 0x40000003, 0xC00000B7
# name: (number on x86-64, number on aarch64), as in the kernel's tables
NUMBERS = {
    "fadvise64": (221, 223),
    "madvise": (28, 233),
    "mincore": (27, 232),
    "preadv2": (327, 286),
    "readahead": (187, 213),
    "flock": (73, 32),
    "io_setup": (206, 0),
    "read": (0, 63), "openat": (257, 56), "mmap": (9, 222), "futex": (202, 98),
    "ptrace": (101, 117), "unshare": (272, 97), "mount": (165, 40), "bpf": (321, 280),
    "io_uring_setup": (425, 425), "clone3": (435, 435), "socket": (41, 198),
    "clone": (56, 220), "execve": (59, 221), "kill": (62, 129), "memfd_create": (319, 279),
    "fchmodat": (268, 53), "prctl": (157, 167), "sendmsg": (46, 211), "sendto": (44, 206),
    "prlimit64": (302, 261), "setsid": (112, 157), "ioctl": (16, 29), "fcntl": (72, 25),
}  # fmt: skip
ARCHITECTURES = {"x86_64": (X86_64, 0), "aarch64": (AARCH64, 1)}
PID = 4321


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_usual_filter_lets_frameworks_work_and_denies_the_rest(machine: str) -> None:
    program = seccomp.usual(machine=machine)
    for name in ("read", "openat", "mmap", "futex", "execve", "kill", "setsid", "sendmsg"):
        assert outcome(program, machine, name) == ALLOW, name
    for name in ("ptrace", "unshare", "mount", "bpf", "memfd_create"):
        assert outcome(program, machine, name) == ERRNO | errno.EPERM, name
    for name in ("io_uring_setup", "clone3"):
        assert outcome(program, machine, name) == ERRNO | errno.ENOSYS, name


def test_usual_filter_leaves_drivers_their_memory(machine: str) -> None:
    program = seccomp.usual(devices=True, machine=machine)
    assert outcome(program, machine, "memfd_create") == ALLOW
    assert outcome(program, machine, "ptrace") == ERRNO | errno.EPERM


def test_usual_filter_knows_families_of_sockets(machine: str) -> None:
    program = seccomp.usual(machine=machine)
    for family, allowed in (
        (1, True),
        (2, True),
        (10, True),
        (16, False),
        (40, False),
        (17, False),
    ):
        found = outcome(program, machine, "socket", family)
        assert (found == ALLOW) == allowed, family
    assert outcome(program, machine, "socket", (1 << 32) | 16) != ALLOW


def test_usual_filter_denies_namespaces_to_clone(machine: str) -> None:
    program = seccomp.usual(machine=machine)
    assert outcome(program, machine, "clone", 0x11) == ALLOW
    for flag in seccomp.NEW_NAMESPACES:
        assert outcome(program, machine, "clone", flag | 0x11) == ERRNO | errno.EPERM


def test_strict_filter_allows_threads_but_no_process(machine: str) -> None:
    program = seccomp.strict(PID, machine)
    assert outcome(program, machine, "clone", 0x3D0F00) == ALLOW
    assert outcome(program, machine, "clone", 0x11) == ERRNO | errno.EPERM
    assert outcome(program, machine, "execve") == ERRNO | errno.EPERM


def test_strict_filter_denies_sockets(machine: str) -> None:
    program = seccomp.strict(PID, machine)
    for family in (1, 2, 10, 16):
        assert outcome(program, machine, "socket", family) == ERRNO | errno.EPERM
    assert outcome(program, machine, "sendmsg") == ERRNO | errno.EPERM
    assert outcome(program, machine, "sendto", 3, 0, 0, 0, 0) == ALLOW
    assert outcome(program, machine, "sendto", 3, 0, 0, 0, 0xDEAD) == ERRNO | errno.EPERM


def test_strict_filter_lets_a_process_signal_itself_alone(machine: str) -> None:
    program = seccomp.strict(PID, machine)
    assert outcome(program, machine, "kill", PID) == ALLOW
    for pid in (1, 0, PID + 1, -1 & (2**64 - 1), (1 << 32) | 7):
        assert outcome(program, machine, "kill", pid) == ERRNO | errno.EPERM


def test_strict_filter_lets_no_descriptor_signal_others(machine: str) -> None:
    program = seccomp.strict(PID, machine)
    for command in (8, 10, 15, 1024, (1 << 32) | 8):
        assert outcome(program, machine, "fcntl", 3, command) == ERRNO | errno.EPERM
    for request_ in (0x8901, 0x8902):
        assert outcome(program, machine, "ioctl", 3, request_) == ERRNO | errno.EPERM
    assert outcome(program, machine, "fcntl", 3, 2) == ALLOW
    assert outcome(program, machine, "fcntl", 3, 1030) == ALLOW  # F_DUPFD_CLOEXEC


def test_strict_filter_pretends_to_change_modes(machine: str) -> None:
    assert outcome(seccomp.strict(PID, machine), machine, "fchmodat") == ERRNO


def test_strict_filter_keeps_the_tie_to_the_grader(machine: str) -> None:
    program = seccomp.strict(PID, machine)
    for option in (1, 4, (1 << 32) | 1):
        assert outcome(program, machine, "prctl", option) == ERRNO | errno.EPERM
    assert outcome(program, machine, "prctl", 15) == ALLOW


def test_the_page_cache_and_locks_carry_no_word(machine: str) -> None:
    for program in (seccomp.usual(machine=machine), seccomp.strict(PID, machine)):
        for advice in (3, 4, 5, (1 << 32) | 4):
            assert outcome(program, machine, "fadvise64", 0, 0, 0, advice) == ERRNO | errno.EPERM
        assert outcome(program, machine, "fadvise64", 0, 0, 0, 2) == ALLOW
        for advice in (12, 20, 21):
            assert outcome(program, machine, "madvise", 0, 0, advice) == ERRNO | errno.EPERM
        assert outcome(program, machine, "madvise", 0, 0, 4) == ALLOW
        for flags in (8, 0x80, 1 << 20):
            told = outcome(program, machine, "preadv2", 0, 0, 0, 0, 0, flags)
            assert told == ERRNO | errno.EOPNOTSUPP
        assert outcome(program, machine, "preadv2") == ALLOW
        for name in ("mincore", "readahead"):
            assert outcome(program, machine, name) == ERRNO | errno.EPERM
        assert outcome(program, machine, "io_setup") == ERRNO | errno.ENOSYS
        assert outcome(program, machine, "flock") == ERRNO  # granted, and locks nothing
        assert outcome(program, machine, "fcntl", 0, 6) == ERRNO
        assert outcome(program, machine, "fcntl", 0, 5) == ALLOW  # who asks reads an answer
        assert outcome(program, machine, "fcntl", 0, 1026) == ERRNO | errno.EPERM


@pytest.mark.parametrize("request_", [0x5412, 0x541C, (7 << 32) | 0x5412])
def test_terminal_requests_are_denied(machine: str, request_: int) -> None:
    for program in (seccomp.usual(machine=machine), seccomp.strict(PID, machine)):
        assert outcome(program, machine, "ioctl", 0, request_) == ERRNO | errno.EPERM


def test_calls_unknown_to_us_do_not_exist(machine: str) -> None:
    architecture, _ = ARCHITECTURES[machine]
    for program in (seccomp.usual(machine=machine), seccomp.strict(PID, machine)):
        for number in (seccomp.NEWEST_KNOWN + 1, 600, 5000, 2**32 - 1):
            assert run(program, number, architecture) == ERRNO | errno.ENOSYS
    x32_of_ptrace = (1 << 30) | 521
    assert run(seccomp.usual(machine="x86_64"), x32_of_ptrace, X86_64) != ALLOW


def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    other = I386 if machine == "x86_64" else X86_64
    for program in (seccomp.usual(machine=machine), seccomp.strict(PID, machine)):
        for number in (0, 4, 20, 101, 449):
            assert run(program, number, other) == KILL


def test_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="expected machine"):
        seccomp.usual(machine="pdp11")


def test_missing_libseccomp_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr("importlib.import_module", refuse)
    with pytest.raises(SandboxUnavailableError) as caught:
        seccomp.strict(999_999)
    assert "pip install pyseccomp" in caught.value.cure


def outcome(program: bytes, machine: str, name: str, *arguments: int) -> int:
    architecture, column = ARCHITECTURES[machine]
    return run(program, NUMBERS[name][column], architecture, *arguments)


def run(program: bytes, number: int, architecture: int, *arguments: int) -> int:
    """What the kernel would find by `program`: classic BPF over `struct seccomp_data`."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    code = list(instructions(program))
    at = accumulator = 0
    while True:
        operation, yes, no, value = code[at]
        at += 1
        if operation == 0x20:  # load a word
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif operation == 0x54:  # and
            accumulator &= value
        elif operation == 0x06:  # return
            return value
        elif operation == 0x05:  # jump always
            at += value
        else:
            holds = {
                0x15: accumulator == value,
                0x25: accumulator > value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[operation]
            at += yes if holds else no


def instructions(program: bytes) -> Iterator[tuple[int, int, int, int]]:
    return struct.iter_unpack("=HBBI", program)
