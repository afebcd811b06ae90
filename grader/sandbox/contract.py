"""The contract of a sandbox: what it is given, what it promises, how it says why a run ended.

A sandbox starts one command (a worker) inside a `SandboxSpec` and hands back a `SandboxedProcess`.
The box's three streams are the whole of its contact with the world: `stdin` and `stdout` carry
frames, everything printed goes to a log that the box drains, caps and never parses.

What every sandbox promises (tests/sandbox/test_conformance.py holds each to it):

* the command sees `SandboxSpec.shares` read-only, an empty writable scratch as cwd, HOME and
TMPDIR,
  `SandboxSpec.environment` and nothing else of the grader's files, environment, descriptors or
  network;
* the limits of `SandboxSpec.limits` are kept from outside, and `SandboxedProcess.end` leaves no
process alive;
* the death of the grader, by whatever signal, ends the box too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from grader.language import Sentence, TroubleError


class Level(str, Enum):
    """How much a sandbox keeps in; docs/security.md says what each promises."""

    STRONG = "strong"
    BASIC = "basic"
    NONE = "none"


class MemoryLimit(str, Enum):
    """Who keeps the limit of memory. The watchdog always looks; the kernel is never too late."""

    WATCHDOG = "watchdog"
    KERNEL = "kernel"  # by a control group


class Cause(str, Enum):
    """Why a box ended, told apart by who answers for it.

    `CLOSED` and `EXITED` are no fault, `UNAVAILABLE` and `KILLED` are none of the submission's, the
    rest are its own.
    """

    CLOSED = "closed"  # we ended it, having all that we wanted
    EXITED = "exited"  # it left by itself with code 0 (a student's sys.exit counts as this too)
    UNAVAILABLE = "unavailable"  # the sandbox or interpreter could not be started
    KILLED = "killed"  # ended by SIGKILL from outside of the box: no limit of ours, no code in it
    CRASHED = "crashed"  # it left with another code, or by a signal that was not ours
    TIME = "time"  # ended at a deadline of ours
    MEMORY = "memory"  # ended, by us or the kernel, for memory above the limit
    OUTPUT = "output"  # ended for printing more than the limit
    SCRATCH = "scratch"  # ended for filling its scratch folder
    FORBIDDEN = "forbidden"  # ended by the kernel for a call that no worker may make
    PROTOCOL = "protocol"  # ended by us for bytes that are no frame


class End(NamedTuple):
    """How a box ended: the cause and, for a reader, one line of detail (exit code, signal, …)."""

    cause: Cause
    detail: str


class SandboxLimits(NamedTuple):
    """What a box may use. Time limits are not here: each call of a conversation has its own.

    memory: MiB of resident memory (with shared memory) of the whole process tree. Where the kernel
        keeps it, what it holds for them counts, too; so does a scratch in memory, beyond these MiB.
    processes: processes and threads in the tree, together; frameworks start several per core.
    open_files: descriptors of one process.
    file_size: MiB that one written file may have.
    scratch: MiB that the scratch folder may hold in all.
    scratch_files: files and folders that the scratch folder may hold.
    output: MiB that may be printed from one deadline to the next; above it the box is ended.
    log: KiB of what was printed that are kept, half from the start, half from the end.
    cpu: seconds of processor time of one process, all its threads together: a net below the
        wall-clock limits.
    """

    memory: int = 4096
    processes: int = 1024
    open_files: int = 256
    file_size: int = 256
    scratch: int = 512
    scratch_files: int = 20_000
    output: int = 64
    log: int = 64
    cpu: int = 86_400


class Mount(NamedTuple):
    """A file or folder that the command may read: where it lies here, where it appears inside.

    Others than its owner have to be able to read it, as root's boxes run as another user.

    At level basic and none nothing can appear elsewhere than it lies; there `inside` is ignored
    and commands are built through `Sandbox.place`.
    """

    outside: Path
    inside: Path


class Devices(NamedTuple):
    """What of the machine's accelerators a box may see; none by default.

    nodes: device files to bind (/dev/nvidia0, /dev/davinci0, …), made visible read-write.
    mounts: driver folders and files that go with them, read-only.
    environment: variables that go with them (CUDA_VISIBLE_DEVICES, ASCEND_*, LD_LIBRARY_PATH).
    """

    nodes: Sequence[Path] = ()
    mounts: Sequence[Mount] = ()
    environment: Mapping[str, str] = {}


class SandboxSpec(NamedTuple):
    """What one run is given: shares, limits, environment and devices."""

    mounts: Sequence[Mount]
    limits: SandboxLimits
    environment: Mapping[str, str]
    devices: Devices = Devices()


class SandboxedProcess(Protocol):
    """One running confined command. Not thread-safe; owned by the thread that started it."""

    stdin: BinaryIO
    stdout: BinaryIO

    def deadline(self, seconds: float | None) -> None:
        """End the process with `Cause.TIME` when a time has passed. A watchdog keeps it, so that
        blocking reads and writes of the caller end with it.

        Args:
            seconds: from now, of the wall clock without those in which the machine had no processor
                for it (`sandbox.deadline`); None lifts the deadline.
        """

    def end(self, cause: Cause = Cause.CLOSED) -> End:
        """End the whole process tree now and remove the scratch. May be called again.

        Args:
            cause: why, where nothing else has ended it before: the first cause found stands.

        Returns:
            How it ended, the same every time. No process of the tree lives any more.
        """

    @property
    def printed(self) -> str:
        """What was printed so far (stdout and stderr of the command), decoded with replacement,
        cut in the middle to `SandboxLimits.log` with a note of how much was left out.
        """

    @property
    def ran(self) -> float:
        """Seconds of processor time that all threads had since the deadline was set, as of the last
        time that it was looked at: of use where the deadline ended the box.
        """

    @property
    def waited(self) -> float:
        """Seconds that it was ready to run and had no processor, up to about the last time that a
        deadline was lifted.
        """

    @property
    def peak_memory(self) -> int:
        """The most MiB that the watchdog has seen in use."""


ASK_DOCTOR = Sentence("Run grade doctor, mend what it names, and run the same command again.")


class SandboxUnavailableError(TroubleError):
    """This sandbox cannot work on this machine. `cure` says what to install or set, in words."""


class Sandbox(Protocol):
    """A way to confine. `level` is printed in every report."""

    level: Level

    @property
    def memory_limit(self) -> MemoryLimit:
        """Who keeps the limit of memory here."""

    @property
    def remarks(self) -> Sequence[str]:
        """Sentences about this machine that a reader of a report should know beyond the level."""

    def place(self, mount: Mount) -> Path:
        """Where a command finds what is mounted.

        Args:
            mount: what is going to be in its spec.

        Returns:
            `mount.inside`, or `mount.outside` where files cannot be made to appear elsewhere.
        """

    def start(self, command: Sequence[str], spec: SandboxSpec) -> SandboxedProcess:
        """Start a command.

        Args:
            command: absolute path of a program as the command sees it (see `place`), arguments.
            spec: what it sees, what it may use, its environment.

        Returns:
            The running process, with pipes for its input and output.

        Raises:
            SandboxUnavailableError: where the sandbox cannot be made: never the student's fault.
        """
