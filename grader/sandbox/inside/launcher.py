"""Confines the process it runs in, then becomes the worker: the inside of level basic.

Run by the interpreter of a runtime as `python [options] launcher.py FD script [arguments]`, where
descriptor FD holds the confinement, a JSON object (see `landlock._Confinement`). Everything happens
before any other module is imported, as Landlock binds only the calling thread and those it starts.
Plain Python >= 3.7; whatever fails ends the process with code SETUP_FAILED.

The script runs in this very process: the filter lets no program be started any more.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from typing import Any, Iterable

SETUP_FAILED = 125
READY = b"+"

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
SECCOMP_MODE_FILTER = 2
SIGKILL = 9
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63

# The same numbers on every architecture.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

# Rights on files by the Landlock version that introduced them.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
ALL_OF_VERSION = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 4: 0, 5: 1 << 15}
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
MAKE_SPECIAL = (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11)  # devices, sockets, pipes
NETWORK_FROM, ALL_NETWORK = 4, 0b11
SCOPES_FROM, ALL_SCOPES = 6, 0b11  # abstract sockets, signals

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class Ruleset(ctypes.Structure):
    """What rules are to decide on: `struct landlock_ruleset_attr`."""

    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    ]


class PathBeneath(ctypes.Structure):
    """One rule: `struct landlock_path_beneath_attr`."""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


class FilterProgram(ctypes.Structure):
    """A BPF program: `struct sock_fprog`."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


class CapabilityHeader(ctypes.Structure):
    """Whose capabilities: `struct __user_cap_header_struct`."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def confine(given: dict[str, Any]) -> None:
    """Give everything up that `given` does not list."""
    for what, soft, hard in given["limits"]:
        resource.setrlimit(what, (soft, hard))
    rules = landlock_rules(given["read"], given["write"])
    os.chdir(given["scratch"])
    drop_rights(given["uid"])
    must(libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "be ended with the grader")
    if os.getppid() != given["parent"]:
        raise OSError("the grader has ended meanwhile")
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges")
    must(libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0), "restrict itself to its files")
    os.close(rules)
    code = bytes.fromhex(given["filter"])
    program = FilterProgram(len(code) // 8, code)
    must(
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
        "filter its system calls",
    )


def drop_rights(uid: int | None) -> None:
    """Become `uid`, if there is one; without it, keep the user but none of its capabilities."""
    if os.getuid() != 0:
        return
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(LAST_CAPABILITY + 1):  # numbers unknown here fail, harmlessly
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    must(libc.capset(ctypes.byref(header), ctypes.byref(none)), "give up capabilities")
    # A change of user hides the process from its grader's watchdog; show it again.
    must(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "stay visible")


def landlock_rules(readable: Iterable[str], writable: Iterable[str]) -> int:
    """A descriptor of rules: read below `readable`, everything below `writable`, nothing else."""
    version = must(
        libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, CREATE_RULESET_VERSION), "find Landlock"
    )
    handled = 0
    for since, rights in ALL_OF_VERSION.items():
        handled |= rights if since <= version else 0
    ruleset = Ruleset(
        handled,
        ALL_NETWORK if version >= NETWORK_FROM else 0,
        ALL_SCOPES if version >= SCOPES_FROM else 0,
    )
    size = 24 if version >= SCOPES_FROM else 16 if version >= NETWORK_FROM else 8
    rules = must(
        libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), size, 0), "make rules"
    )
    for path in readable:
        allow(rules, path, handled & (EXECUTE | READ_FILE | READ_DIR))
    for path in writable:
        allow(rules, path, handled & ~MAKE_SPECIAL & ~EXECUTE)
    return rules


def allow(rules: int, path: str, rights: int) -> None:
    """Add a rule for what is at and below `path`; none if nothing is there."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(f"/proc/self/fd/{place}"):
        rights &= ON_FILES
    rule = PathBeneath(rights, place)
    must(
        libc.syscall(LANDLOCK_ADD_RULE, rules, RULE_PATH_BENEATH, ctypes.byref(rule), 0),
        "allow " + path,
    )
    os.close(place)


def must(result: int, what: str) -> int:
    """The result of a C function, or OSError."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot {what}: {os.strerror(number)}")
    return result


def main() -> None:
    """Confine this process and run the script in the module __main__, as the interpreter would."""
    try:
        with open(int(sys.argv[1]), "rb") as source:
            given = json.load(source)
        confine(given)
        with open(sys.argv[2], "rb") as source:
            code = compile(source.read(), sys.argv[2], "exec")
        os.write(given["ready"], READY)
        os.close(given["ready"])
    except Exception as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(SETUP_FAILED)
    sys.argv[:] = sys.argv[2:]
    script = sys.argv[0]
    names = sys.modules["__main__"].__dict__  # this module's own, emptied for the script
    kept = {name: names[name] for name in ("__name__", "__builtins__", "__loader__", "__spec__")}
    names.clear()
    names.update(kept, __file__=script, __doc__=None, __package__=None)
    exec(code, names)


if __name__ == "__main__":
    main()
