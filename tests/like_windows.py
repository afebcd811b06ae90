"""Runs a program of ours as if what only Unix has were not there.

``python tests/like_windows.py MODULE WORDS…`` runs the module; ``python … FILE`` the file. No
Windows is at hand where this project is tested: to our own modules, and to them alone (libraries
have code of their own for it), the platform is "win32", the modules and names that Python does
not have there are absent, and text files have no encoding that goes without saying.
"""

from __future__ import annotations

import builtins
import os
import runpy
import select
import signal
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

OURS = str(Path(__file__).parents[1] / "grader")
MODULES = """
curses fcntl grp posix pty pwd readline resource syslog termios tty
"""
OS = """
O_CLOEXEC O_DIRECTORY O_DIRECT O_NOFOLLOW O_NONBLOCK O_PATH O_SYNC SCHED_OTHER WNOHANG chown chroot
ctermid fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp
getpriority getresuid getsid getuid initgroups killpg lchown lockf major memfd_create minor mkfifo
mknod nice openpty pidfd_open pipe2 posix_fallocate posix_spawn prctl pread preadv pwrite
register_at_fork sched_getaffinity sched_setaffinity sendfile setegid seteuid setgid setgroups
setpgid setpriority setsid setuid splice statvfs sync sysconf uname unshare wait wait3 wait4 waitid
"""
SIGNAL = """
ITIMER_REAL SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGSYS SIGUSR1 SIGUSR2 SIGXCPU
SIGXFSZ alarm getitimer pause pidfd_send_signal pthread_kill pthread_sigmask setitimer siginterrupt
sigpending sigwait
"""


class Lacking(ModuleType):
    """A module without some of its names, and with others changed."""

    def __init__(self, real: ModuleType, absent: Sequence[str], changed: Mapping[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(changed)
        self._real = real
        self._absent = absent

    def __getattr__(self, name: str) -> Any:
        if name in self._absent:
            raise AttributeError(f"{name} is not on Windows")
        return getattr(self._real, name)


STAND_INS = {
    "os": Lacking(os, OS.split(), {"O_BINARY": 0}),
    "signal": Lacking(signal, SIGNAL.split(), {}),
    "select": Lacking(select, ["poll", "epoll"], {}),
    "sys": Lacking(sys, [], {"platform": "win32"}),
}
_import = builtins.__import__


def importing(name: str, globals: Mapping[str, Any] | None = None, *more: Any, **named: Any) -> Any:
    """As `__import__`; what our modules import is as on Windows."""
    ours = str((globals or {}).get("__file__", "")).startswith(OURS)
    if ours and name.partition(".")[0] in MODULES.split():
        raise ImportError(f"{name} is not on Windows")
    module = _import(name, globals, *more, **named)
    return STAND_INS.get(name, module) if ours else module


def main(words: Sequence[str]) -> None:
    """See the module."""
    builtins.__import__ = importing
    warnings.filterwarnings("error", category=EncodingWarning, module="grader")
    program, *sys.argv[1:] = words
    if program.endswith(".py"):
        sys.path[0] = str(Path(program).parent)
        runpy.run_path(program, run_name="__main__")
        return
    sys.path[0] = str(Path(OURS).parent)
    os.environ.setdefault("SYSTEMROOT", "")
    _start_workers_like_this()
    runpy.run_module(program, run_name="__main__", alter_sys=True)


def _start_workers_like_this() -> None:
    """Workers are programs of their own: they lack the same things."""
    from grader.examine.setup import Setup

    original = Setup.command

    def command(self: Setup) -> list[str]:
        python, *options, program = original(self)
        return [python, *options, "-X", "warn_default_encoding", __file__, program]

    Setup.command = command  # type: ignore[method-assign]


if __name__ == "__main__":
    main(sys.argv[1:])
