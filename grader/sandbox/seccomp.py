"""System-call filters: what no worker may ask of the kernel, built by libseccomp.

`usual` goes with namespaces (level strong) and with accelerators. `strict` has to make up for what
Landlock leaves open (level basic): it also denies new processes, programs and sockets.

Both allow what they do not name, so that frameworks run unchanged; but calls newer than
`NEWEST_KNOWN` do not exist in the box, and calls of a foreign architecture end it.
"""

from __future__ import annotations

import errno
import functools
import importlib
import os
import struct
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from grader.sandbox.contract import SandboxUnavailableError

NEWEST_KNOWN = 450  # set_mempolicy_home_node; from 424 on, numbers are the same everywhere
FIRST_COMMON = 424

# Denied everywhere, with the errno that lets programs fall back on something else.
NOT_IMPLEMENTED_CALLS = (
    "clone3",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "userfaultfd",
)
OTHER_PROCESSES = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd "
    "migrate_pages move_pages"
)
NAMESPACES = (
    "unshare setns mount umount umount2 pivot_root chroot move_mount open_tree fsopen fsmount "
    "fsconfig fspick mount_setattr"
)
MACHINE = (
    "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff "
    "quotactl quotactl_fd acct settimeofday stime clock_settime clock_settime64 clock_adjtime "
    "clock_adjtime64 adjtimex syslog vhangup iopl ioperm modify_ldt nfsservctl sysfs _sysctl "
    "uselib ustat vm86 vm86old lookup_dcookie sethostname setdomainname"
)
KERNEL_SURFACE = (
    "bpf perf_event_open keyctl add_key request_key fanotify_init fanotify_mark "
    "open_by_handle_at name_to_handle_at"
)
# Memory that outlives the process or is in nobody's resident set. Drivers may need these.
HIDDEN_MEMORY = (
    "memfd_create memfd_secret shmget shmat shmctl msgget msgsnd semget semop semtimedop mq_open"
)
# What tells which pages of a shared file are in memory, or throws them out: by these, boxes that
# run one after the other would write and read messages. cachestat is newer than NEWEST_KNOWN.
PAGE_CACHE = "mincore readahead sync_file_range splice tee vmsplice"
# Takes the flags of preadv2 from memory, where no filter sees them.
ASYNCHRONOUS = "io_setup io_submit io_getevents io_pgetevents io_cancel io_destroy"
WHOLE_MACHINE = "sync syncfs"
XATTRS = "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"
# Beyond the above for `strict`:
PROGRAMS = "fork vfork execve execveat setsid setpgid pidfd_open pidfd_send_signal tkill"
SOCKETS = "socket connect bind listen accept accept4 sendmsg sendmmsg"
FOLLOWING = "inotify_init inotify_init1 inotify_add_watch"
WATCHING = f"{FOLLOWING} truncate truncate64"
DEVICES_AND_PIPES = "mknod mknodat"
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW and the same of open files
# Harmless when they do nothing, and libraries give up when they fail.
PRETENDED = (
    "chmod fchmod fchmodat chown lchown fchown fchownat chown32 lchown32 fchown32 "
    "utime utimes utimensat futimesat"
)

CLONE_THREAD = 0x00010000
NEW_NAMESPACES = (
    0x00020000,  # CLONE_NEWNS
    0x02000000,  # CLONE_NEWCGROUP
    0x04000000,  # CLONE_NEWUTS
    0x08000000,  # CLONE_NEWIPC
    0x10000000,  # CLONE_NEWUSER
    0x20000000,  # CLONE_NEWPID
    0x40000000,  # CLONE_NEWNET
)
AF_INET6 = 10
FAMILIES_BELOW_INET6 = range(3, AF_INET6)  # AF_UNIX 1 and AF_INET 2 stay
TERMINAL_REQUESTS = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD
F_SETLEASE = 1024
# Ways to have the kernel send a signal to whoever is named as a descriptor's owner.
SIGNALLING_FCNTL = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
SIGNALLING_IOCTL = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP
F_NOTIFY = 1026  # signals when a folder's files are read
FADVISE = (3, 4, 5)  # POSIX_FADV_WILLNEED, DONTNEED, NOREUSE
# MADV_MERGEABLE (pages that are shared with other boxes), COLD, PAGEOUT
MADVISE = (12, 20, 21)
PR_SET_MEMORY_MERGE = 67
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
SIGKILL = 9
EXIT_LIKE_SIGKILL = 128 + SIGKILL  # what bubblewrap reports for a child that the signal ended
FIRST_IN_NAMESPACE = 2  # the command's number in bubblewrap's process namespace; 1 is bubblewrap
RLIMIT_CPU = 0  # its hard limit ends a process by SIGKILL
F_SETSIG = 10
S_IFMT, S_IFCHR, S_IFBLK = 0o170000, 0o020000, 0o060000
EXIT_SIGNAL = 0xFF  # the part of `clone`'s flags that names it
NEGATIVE = 0x80000000  # the sign of an int argument
INT = 0xFFFFFFFF  # the kernel looks at the lower 32 bits of an int argument only

# An argument of a call: position, operator, values.
Compared = tuple[int, str, int] | tuple[int, str, int, int]

INSTALL_HINT = "install libseccomp (Debian: apt install libseccomp2) and: pip install pyseccomp"


@functools.lru_cache(maxsize=8)
def usual(devices: bool = False, machine: str | None = None) -> bytes:
    """The filter of level strong; with `devices` it leaves drivers the memory calls they need.

    machine: "x86_64" or "aarch64"; None is this machine. Returns a BPF program, as
    `bwrap --seccomp` reads it. Raises SandboxUnavailableError without libseccomp.
    """
    rules = _Rules(machine)
    _deny_everywhere(rules)
    if not devices:
        rules.deny(HIDDEN_MEMORY)
        _pretend_locks(rules)
        rules.deny(FOLLOWING)  # who reads a shared file, beside this box
    for family in FAMILIES_BELOW_INET6:
        rules.deny_if("socket", (0, "EQ", family), code=errno.EAFNOSUPPORT)
    rules.deny_if("socket", (0, "GT", AF_INET6), code=errno.EAFNOSUPPORT)
    rules.deny_if("sched_setaffinity", (0, "NE", 0), code=0)  # a process of this box, or none
    for kind in (S_IFCHR, S_IFBLK):
        rules.deny_if("mknod", (1, "MASKED_EQ", S_IFMT, kind))
        rules.deny_if("mknodat", (2, "MASKED_EQ", S_IFMT, kind))
    _tell_own_sigkill(rules, FIRST_IN_NAMESPACE)
    return rules.program()


@functools.lru_cache(maxsize=8)
def strict(pid: int, machine: str | None = None) -> bytes:
    """The filter of level basic for the process `pid`, the only one that it may send signals to.

    Arguments, result and errors as for `usual`.
    """
    rules = _Rules(machine)
    _deny_everywhere(rules)
    for names in (HIDDEN_MEMORY, PROGRAMS, SOCKETS, WATCHING, DEVICES_AND_PIPES):
        rules.deny(names)
    rules.deny(PRETENDED, code=0)
    _pretend_locks(rules)
    rules.deny_if("clone", (0, "MASKED_EQ", CLONE_THREAD, 0))
    rules.deny_if("sendto", (4, "NE", 0))  # an address: reaches sockets that a pair cannot
    for call in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        rules.deny_if(call, (0, "NE", pid))
    for call in ("prlimit64", "sched_setaffinity", "sched_setattr"):
        rules.deny_if(call, (0, "NE", 0))
    for call in ("sched_setscheduler", "sched_setparam"):
        rules.deny_if(call, (0, "NE", 0))
    rules.deny_if("setpriority", (1, "NE", 0))
    rules.deny_if("ioprio_set", (1, "NE", 0))
    for command in SIGNALLING_FCNTL:
        rules.deny_if("fcntl", (1, "MASKED_EQ", INT, command))
    for request in SIGNALLING_IOCTL:
        rules.deny_if("ioctl", (1, "MASKED_EQ", INT, request))
    for option in (PR_SET_PDEATHSIG, PR_SET_DUMPABLE):
        rules.deny_if("prctl", (0, "MASKED_EQ", INT, option))
    _tell_own_sigkill(rules, pid)
    return rules.program()


def _deny_everywhere(rules: _Rules) -> None:
    for name in NOT_IMPLEMENTED_CALLS:
        rules.deny(name, code=errno.ENOSYS)
    for names in (OTHER_PROCESSES, NAMESPACES, MACHINE, KERNEL_SURFACE):
        rules.deny(names)
    rules.deny(XATTRS, code=errno.ENOTSUP)
    for flag in NEW_NAMESPACES:
        rules.deny_if("clone", (0, "MASKED_EQ", flag, flag))
    for request in TERMINAL_REQUESTS:
        rules.deny_if("ioctl", (1, "MASKED_EQ", INT, request))
    rules.deny(PAGE_CACHE)
    rules.deny(ASYNCHRONOUS, code=errno.ENOSYS)
    rules.deny(WHOLE_MACHINE, code=0)
    # Frameworks bind their threads and go on; a box keeps to the processors that it was given.
    rules.deny_if("sched_setaffinity", (0, "EQ", 0), code=0)
    for advice in FADVISE:
        rules.deny_if("fadvise64", (3, "MASKED_EQ", INT, advice))
    for advice in MADVISE:
        rules.deny_if("madvise", (2, "MASKED_EQ", INT, advice))
    for call in ("preadv2", "pwritev2"):  # RWF_NOWAIT, RWF_DONTCACHE and what comes after them
        rules.deny_if(call, (5, "NE", 0), code=errno.EOPNOTSUPP)
    rules.deny_if("fcntl", (1, "MASKED_EQ", INT, F_NOTIFY))
    rules.deny_if("prctl", (0, "MASKED_EQ", INT, PR_SET_MEMORY_MERGE))
    # The worker may own, under another mount, the files that the grader writes.
    rules.deny_if("fcntl", (1, "MASKED_EQ", INT, F_SETLEASE))


def _tell_own_sigkill(rules: _Rules, pid: int) -> None:
    """Let nothing in the box end the process `pid` by SIGKILL, nor leave as if it had been so
    ended: who tries ends by SIGSYS instead. Then a box that is found ended by SIGKILL was ended
    from outside: by the machine's want of memory, or by a person.
    """
    killed = (1, "MASKED_EQ", INT, SIGKILL)
    for target in (pid, 0):  # itself, its group
        rules.end_if("kill", (0, "MASKED_EQ", INT, target), killed)
    # Groups by number and everybody: it may have joined any group.
    rules.end_if("kill", (0, "MASKED_EQ", NEGATIVE, NEGATIVE), killed)
    rules.end_if("clone", (0, "MASKED_EQ", EXIT_SIGNAL, SIGKILL))  # sent when the child ends
    rules.end_if("tkill", killed)
    rules.end_if("tgkill", (2, "MASKED_EQ", INT, SIGKILL))
    rules.end_if("rt_sigqueueinfo", killed)
    rules.end_if("rt_tgsigqueueinfo", (2, "MASKED_EQ", INT, SIGKILL))
    for call in ("exit", "exit_group"):
        rules.end_if(call, (0, "MASKED_EQ", 0xFF, EXIT_LIKE_SIGKILL))
    # Roundabout ways to the same signal.
    rules.deny_if("pidfd_send_signal", killed)
    rules.deny("timer_create")
    rules.deny_if("setrlimit", (0, "MASKED_EQ", INT, RLIMIT_CPU))
    rules.deny_if("prlimit64", (1, "MASKED_EQ", INT, RLIMIT_CPU), (2, "NE", 0))
    rules.deny_if("fcntl", (1, "MASKED_EQ", INT, F_SETSIG), (2, "MASKED_EQ", INT, SIGKILL))


def _pretend_locks(rules: _Rules) -> None:
    """Locks are granted and lock nothing: on files that boxes share they would be signals. Who asks
    for one (F_GETLK) is told the truth: there is none.
    """
    rules.deny("flock", code=0)
    for command in LOCKS:
        rules.deny_if("fcntl", (1, "MASKED_EQ", INT, command), code=0)


class _Rules:
    """A filter being built: allows everything but what is denied."""

    def __init__(self, machine: str | None) -> None:
        self._seccomp: Any = _libseccomp()
        self._filter = self._seccomp.SyscallFilter(self._seccomp.ALLOW)
        arch = self._seccomp.Arch
        self._filter.set_attr(self._seccomp.Attr.ACT_BADARCH, self._seccomp.KILL_PROCESS)
        native = self._seccomp.system_arch()
        wanted = {None: native, "x86_64": arch.X86_64, "aarch64": arch.AARCH64}.get(machine)
        if wanted is None:
            raise ValueError(f"expected machine x86_64 or aarch64, found {machine!r}")
        if wanted != native:
            self._filter.add_arch(wanted)
            self._filter.remove_arch(native)

    def deny(self, names: str, code: int = errno.EPERM) -> None:
        """Let each of the calls fail with `code`; with code 0, succeed without doing anything."""
        for name in names.split():
            self._add(name, self._seccomp.ERRNO(code), ())

    def deny_if(self, name: str, *compared: Compared, code: int = errno.EPERM) -> None:
        """Let the call fail where all its arguments compare so: (position, operator, values…)."""
        self._add(name, self._seccomp.ERRNO(code), compared)

    def end_if(self, name: str, *compared: Compared) -> None:
        """End the process by SIGSYS where all arguments of the call compare so."""
        self._add(name, self._seccomp.KILL_PROCESS, compared)

    def _add(self, name: str, action: Any, compared: Sequence[Compared]) -> None:
        arguments = [
            self._seccomp.Arg(position, getattr(self._seccomp, operator), *values)
            for position, operator, *values in compared
        ]
        number = self._seccomp.resolve_syscall(self._seccomp.Arch.NATIVE, name)
        if number == -1:  # too new for this libseccomp: `program` makes it absent altogether
            return
        self._filter.add_rule(action, number, *arguments)

    def program(self) -> bytes:
        """The BPF program, preceded by a test that makes calls too new for it absent."""
        with os.fdopen(os.memfd_create("filter"), "w+b") as file:
            self._filter.export_bpf(file)
            file.seek(0)
            return _absent_from(_newest_known(self._seccomp) + 1) + file.read()


def _absent_from(number: int) -> bytes:
    """Three BPF instructions: calls from `number` up fail with ENOSYS, others go on below.

    x32 numbers have bit 30 set, so they are absent too.
    """
    load_word, jump_if_at_least, give_back = 0x20, 0x35, 0x06
    refused = 0x00050000 | errno.ENOSYS
    return (
        struct.pack("=HBBI", load_word, 0, 0, 0)
        + struct.pack("=HBBI", jump_if_at_least, 0, 1, number)
        + struct.pack("=HBBI", give_back, 0, 0, refused)
    )


def _newest_known(seccomp: Any) -> int:
    """The newest call that both this module and the installed libseccomp know by name."""
    for number in range(FIRST_COMMON, NEWEST_KNOWN + 1):
        try:
            seccomp.resolve_syscall(seccomp.Arch.NATIVE, number)
        except ValueError:
            return number - 1
    return NEWEST_KNOWN


def _libseccomp() -> ModuleType:
    try:
        pyseccomp = importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        raise SandboxUnavailableError(f"no system-call filter: {error}", INSTALL_HINT) from None
    return pyseccomp
