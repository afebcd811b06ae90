"""The box that all levels share: a process, a watchdog that ends it, a drain for what it prints.

The watchdog kills from its own thread, so that a caller who blocks on the box's streams finds them
closed. The first cause found is the one that stands.
"""

from __future__ import annotations

import contextlib
import select
import signal
import subprocess
import sys
import threading
import time
from typing import IO, BinaryIO, NamedTuple, Protocol, cast

from grader.sandbox.captured_output import CapturedOutput
from grader.sandbox.contract import Cause, End, SandboxLimits
from grader.sandbox.deadline import Deadline, Threads, between, waited
from grader.sandbox.process_groups import ProcessGroup

LOOK_EVERY = 0.5  # seconds, in which it is not looked again at what was waited
POLL_SECONDS = 0.025  # seconds between two looks of the watchdog
CLOSING_SECONDS = 1.0  # seconds granted to a box that closed its streams, to say how it ended
KILL_SECONDS = 10.0  # seconds within which a killed tree has to be gone
MIB = 1024 * 1024
SIGKILL = 9  # which `signal` lacks on Windows


class ScratchUse(NamedTuple):
    """What a scratch folder holds: bytes and files."""

    size: int
    files: int


class ProcessTree(Protocol):
    """What a level knows of the processes and the scratch of one box."""

    def kill(self) -> None:
        """Send SIGKILL to all of it, without waiting; harmless when repeated."""

    def wait(self, seconds: float) -> bool:
        """Whether all of it was gone within `seconds`."""

    def started(self) -> bool:
        """Whether the command was reached; asked when the process has ended."""

    @property
    def can_kill_itself(self) -> bool:
        """Whether code in it can end it by SIGKILL, so that nobody can tell who did."""

    def memory(self, limit: int) -> int:
        """Bytes in use; exact only around and above `limit` bytes."""

    def threads(self) -> Threads:
        """How long its threads ran and waited for processors; none where nobody tells."""

    def scratch(self) -> ScratchUse:
        """What the scratch holds now, or held at last."""

    def remove(self) -> None:
        """Remove the scratch and let go of everything held; called once, after the end."""


class RunningProcess:
    """A box that has been started. Implements `contract.SandboxedProcess`."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        tree: ProcessTree,
        group: ProcessGroup,
        limits: SandboxLimits,
    ) -> None:
        """`process` has pipes for its three streams; its end is the end of the command."""
        self.stdin = cast(BinaryIO, process.stdin)
        self.stdout = cast(BinaryIO, process.stdout)
        self._process = process
        self._tree = tree
        self._group = group
        self._limits = limits
        self._log = CapturedOutput(limits.log * 1024)
        self._deadline: Deadline | None = None
        self._before: Threads | None = {}  # nobody has run yet; later nobody knows
        self._printed_before = 0  # bytes
        self.waited = 0.0
        self._seen: Threads = {}
        self._looked = time.monotonic()
        self._peak = 0
        self._cause: End | None = None
        self._end: End | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._drain = threading.Thread(target=self._drain_log, name="box-log", daemon=True)
        self._watchdog = threading.Thread(target=self._watch, name="box-watchdog", daemon=True)
        self._drain.start()
        self._watchdog.start()

    def deadline(self, seconds: float | None) -> None:
        """See `contract.SandboxedProcess.deadline`."""
        if seconds is None:
            self._look_at_waiting()
        before, self._before = self._before, None
        self._printed_before = self._log.size  # the limit is of one question, not of all
        self._deadline = None if seconds is None else Deadline(seconds, before)

    def _look_at_waiting(self) -> None:
        """Add up what it waited; not after every short call, as looking has its cost, too."""
        now = time.monotonic()
        if now < self._looked + LOOK_EVERY:
            return
        seen = self._tree.threads()
        moved = self._deadline.moved if self._deadline else 0.0
        self.waited += max(waited(between(self._seen, seen)), moved)
        self._seen, self._looked = seen, now

    def end(self, cause: Cause = Cause.CLOSED) -> End:
        """See `contract.SandboxedProcess.end`."""
        if self._end is None:
            if self._cause is None and self._is_closing():
                self._exits_within(CLOSING_SECONDS)
            if self._process.poll() is None:
                self._stop(cause, "")
            self._end = self._finish()
        return self._end

    @property
    def printed(self) -> str:
        """See `contract.SandboxedProcess.printed`."""
        return self._log.text()

    @property
    def ran(self) -> float:
        """See `contract.SandboxedProcess.ran`."""
        return self._deadline.ran if self._deadline else 0.0

    @property
    def peak_memory(self) -> int:
        """See `contract.SandboxedProcess.peak_memory`."""
        return self._peak // MIB

    def _is_closing(self) -> bool:
        """Whether nobody holds the other end of stdout any more: it exits, most likely."""
        if not hasattr(select, "poll"):
            return self._process.poll() is not None
        if self.stdout.closed:
            return False
        poll = select.poll()
        poll.register(self.stdout, 0)
        return bool(poll.poll(0))

    def _exits_within(self, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def _stop(self, cause: Cause, detail: str) -> None:
        """Note the cause, if it is the first, and kill."""
        with self._lock:
            if self._cause is None:
                self._cause = End(cause, detail)
        self._kill()

    def _kill(self) -> None:
        self._tree.kill()
        self._group.kill()

    def _finish(self) -> End:
        """Collect what is left and find out how it ended."""
        self._closing.set()
        self._watchdog.join()
        self._kill()  # what a command that left by itself has left behind
        self._exits_within(KILL_SECONDS)
        gone = self._tree.wait(KILL_SECONDS)
        self._drain.join(KILL_SECONDS)
        end = self._cause or self._explain()
        for stream in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self._group.remove()
        self._tree.remove()
        return end if gone else end._replace(detail=f"{end.detail} (processes survived)".strip())

    def _explain(self) -> End:
        """How a command that nobody stopped came to its end."""
        code = self._process.returncode
        if code == -SIGKILL and (killed := self._killed()):
            return killed
        if not self._tree.started():
            return End(Cause.UNAVAILABLE, self._log.first_line() or f"exit code {code}")
        if code == 0:
            return End(Cause.EXITED, "exit code 0")
        ended_by = -code if code < 0 else code - 128
        if self._scratch_excess():
            return End(Cause.SCRATCH, self._scratch_excess())
        if ended_by == getattr(signal, "SIGSYS", None):
            return End(Cause.FORBIDDEN, "SIGSYS: a system call that no worker may make")
        if ended_by == getattr(signal, "SIGXCPU", None):
            return End(Cause.TIME, f"more than {self._limits.cpu} s of processor time")
        if ended_by == SIGKILL and (killed := self._killed()):
            return killed
        try:
            return End(Cause.CRASHED, signal.Signals(ended_by).name)
        except ValueError:
            return End(Cause.CRASHED, f"exit code {code}")

    def _killed(self) -> End | None:
        """What SIGKILL means, as far as that can be told."""
        if self._group.is_out_of_memory():
            self._peak = max(self._peak, self._limits.memory * MIB)
            return End(Cause.MEMORY, "ended by the kernel for want of memory")
        if self._tree.can_kill_itself:
            return None
        return End(Cause.KILLED, f"SIGKILL with {self._peak // MIB} MiB in use")

    def _watch(self) -> None:
        """Look at every limit until the box closes, and stop it at the first one exceeded."""
        pause = POLL_SECONDS / 16  # short at first, to see something of short runs, too
        while not self._closing.wait(self._until_next(pause)):
            if self._process.poll() is not None:
                return
            pause = min(2 * pause, POLL_SECONDS)
            excess = self._excess()
            if excess is not None:
                self._stop(*excess)
                return

    def _until_next(self, pause: float) -> float:
        """Seconds to the next look: `pause`, or less where the deadline comes first."""
        deadline = self._deadline
        return pause if deadline is None else min(pause, deadline.next_look)

    def _excess(self) -> End | None:
        deadline = self._deadline
        if deadline is not None and deadline.passed(self._tree.threads):
            return End(Cause.TIME, "ran past its deadline")
        limit = self._limits.memory * MIB
        used = self._tree.memory(limit)
        self._peak = max(self._peak, used)
        if used > limit:
            return End(Cause.MEMORY, f"{used // MIB} MiB of {self._limits.memory} MiB")
        if self._log.size - self._printed_before > self._limits.output * MIB:
            return End(Cause.OUTPUT, f"printed more than {self._limits.output} MiB at once")
        excess = self._scratch_excess()
        return End(Cause.SCRATCH, excess) if excess else None

    def _scratch_excess(self) -> str:
        use = self._tree.scratch()
        if use.size >= self._limits.scratch * MIB:
            return f"{use.size // MIB} MiB of {self._limits.scratch} MiB"
        if use.files > self._limits.scratch_files:
            return f"more than {self._limits.scratch_files} files, or folders too deep"
        return ""

    def _drain_log(self) -> None:
        stream = cast(IO[bytes], self._process.stderr)
        with stream:
            while part := stream.read1(65536):  # type: ignore[attr-defined]
                self._log.add(part)


def start(
    command: list[str],
    environment: dict[str, str],
    *,
    pass_fds: tuple[int, ...] = (),
    folder: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program with three pipes, nothing inherited but `pass_fds`, in a session of its own.

    Call it from the thread that will see the box to its end: the kernel takes the end of that
    thread for the end of the grader. Raises OSError.
    """
    return subprocess.Popen(  # noqa: S603 (the command is the grader's own)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=folder,
        pass_fds=pass_fds,
        start_new_session=sys.platform != "win32",
    )
