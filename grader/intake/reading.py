"""Reading what a submission holds: asked of a confined process, whose every word is checked.

Nothing of a submission is parsed in the grader's own process. A `Reading` starts `grader.readers`
in the sandbox of the run, once for all that is to be read, and gets back files, which it writes
itself, and documents of a fixed form. Where a limit ends the reader, that follows from what it
read: it is told as the submission's, never as a fault of this machine.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TypeVar

import grader
from grader.evidence import Fingerprint, Records
from grader.intake import reader_documents
from grader.intake.folder import OutputFolder
from grader.intake.reader_faults import (
    LeftOut,
    ReaderEndedError,
    ReaderStarvedError,
    require_machine,
)
from grader.intake.receiving import receive
from grader.intake.unpackers import missing
from grader.language import Sentence
from grader.readers.limits import MIB, IntakeLimits
from grader.readers.notices import ArchiveRefusedError, Notice, notice, refuse
from grader.sandbox import canary
from grader.sandbox.contract import (
    ASK_DOCTOR,
    Cause,
    End,
    Mount,
    Sandbox,
    SandboxedProcess,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)
from grader.worker import protocol

PACKAGE_FOLDER = Path(grader.__file__).parent
PROGRAM = Mount(PACKAGE_FOLDER, Path("/reader/grader"))
INSIDE = Path("/submission")
CLUTTER = 4  # times what a submission may hold that its archive may have, with what is left out
ARCHIVE = "archive"  # name of the copy that is unpacked, in the folder that the reader sees
# Seconds more for each MiB that an operation reads: an honest archive unpacks to ten times its
# size, a log of training is parsed line by line, and weights are hashed.
PER_MIB = {
    "unpack": 1.0,
    "names": 1.0,
    "scan": 0.1,
    "plain": 0.1,
    "records": 0.6,
    "show": 1.0,
    "prints": 0.25,
    "weights": 0.25,
}
WAITING = 2  # times its processor time that a reader may take by the clock; a busy machine adds
OPERATION_SHARE = 0.5  # of the seconds that are left which one operation may take
FILE_SHARE = 0.7  # of the time for files of one kind that a single one may take

D = TypeVar("D", bound=reader_documents.ReaderDocument)
R = TypeVar("R", bound=reader_documents.StagedDocument)


class Allowance(NamedTuple):
    """What reading one submission may take.

    seconds: of processor time, of all operations together, for one that is small; PER_MIB more in
        each operation for each MiB of it.
    memory: MiB of the reader's address space.
    output: MiB of one document that it hands back; files have limits of their own.
    """

    seconds: float = 8
    memory: int = 448
    output: int = 4


@cache
def strongest() -> Sandbox:
    """The strongest sandbox of this machine, where nobody has chosen one yet.

    Raises SandboxUnavailableError where there is none.
    """
    return canary.choose().sandbox


class Reading:
    """A reader of what lies in `folder`, started when it is first asked.

    Not thread-safe. Raises SandboxUnavailableError where no reader can be started, or where
    somebody else has ended it, as ReaderStarvedError where the machine was too busy for it.
    """

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        """folder: all that the reader sees beside its own program; others have to be able to read
        it. sandbox: of the run, or None for the strongest of this machine.
        """
        self._folder = folder.resolve()
        self._sandbox = sandbox
        self._allowance = allowance or Allowance()
        self._box: SandboxedProcess | None = None
        self._number = 0
        self._left = self._allowance.seconds  # of processor time
        self.left_out: list[LeftOut] = []
        self.log = ""

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def unpack(self, archive: Path, into: Path, limits: IntakeLimits) -> tuple[Notice, ...]:
        """Unpack `archive` into the empty folder `into`; what is worth telling.

        Raises ArchiveRefusedError (what was written until then stays in `into`),
        UnpackerMissingError, or OSError for faults of this machine.
        """
        report = self._of_archive("unpack", archive, limits, OutputFolder(into))
        return report.notices() if isinstance(report, reader_documents.UnpackDocument) else ()

    def names(self, archive: Path, limits: IntakeLimits) -> list[str]:
        """The names of the files in `archive`, unchecked; errors as in `unpack`."""
        report = self._of_archive("names", archive, limits, None)
        return report.names if isinstance(report, reader_documents.ArchiveNames) else []

    def scan(self, staged: Path, entry: str, function: str) -> reader_documents.ScanDocument:
        """What the sources of the submission at `staged` import; see `runtimes.imports`.

        By syntax tree, and where that ends the reader, by lines; empty where that does, too.
        """
        about = {"entry": entry, "function": function}
        for parse in (True, False):
            call = {**about, "parse": parse}
            found = self.of_staged(reader_documents.ScanDocument, "scan", staged, call)
            if found is not None:
                return found
        return reader_documents.ScanDocument()

    def plain(self, staged: Path, into: Path, limits: IntakeLimits) -> list[Notice]:
        """Write what overlays the sources of the submission at `staged` that only a notebook, or
        a newer Python, understands into the empty folder `into`; see `readers.plain_sources`.
        """
        found = self.of_staged(
            reader_documents.PlainDocument, "plain", staged, {}, OutputFolder(into), limits
        )
        for path in (into, *into.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        if not found or not found.newer:
            return []
        return [
            notice("written so that older versions of Python read it: {files}", files=found.newer)
        ]

    def records(self, staged: Path) -> Records:
        """The lab reports and records of training in the submission at `staged`."""
        found = self.of_staged(reader_documents.RecordsDocument, "records", staged, {})
        return found.records() if found else Records()

    def fingerprint(self, staged: Path) -> Fingerprint:
        """What the submission at `staged` can be compared with others by."""
        found = self.of_staged(reader_documents.PrintsDocument, "prints", staged, {})
        return found.fingerprint() if found else Fingerprint()

    def weights(self, staged: Path, files: Collection[str]) -> Fingerprint:
        """The same of some files of the submission, whatever they are called, without its code."""
        about = {"files": sorted(files)}
        found = self.of_staged(reader_documents.PrintsDocument, "weights", staged, about)
        return found.fingerprint() if found else Fingerprint()

    def close(self) -> None:
        """End the reader, if there is one."""
        if self._box is not None:
            self._end(Cause.CLOSED)

    # --- asking -------------------------------------------------------------------------

    def _of_archive(
        self, operation: str, archive: Path, limits: IntakeLimits, target: OutputFolder | None
    ) -> reader_documents.ReaderDocument:
        """What the reader reports of an archive. It reads a copy: ours to open to its user."""
        size = archive.stat().st_size
        if size > CLUTTER * limits.total:
            raise refuse("it unpacks to far more than is allowed; leave data sets out")
        copy = self._folder / ARCHIVE
        shutil.copyfile(archive, copy)
        copy.chmod(0o644)
        seconds = self._seconds(operation, size)
        meta = {"archive": self._place(copy), "limits": vars(limits)}
        kind = (
            reader_documents.UnpackDocument
            if operation == "unpack"
            else reader_documents.ArchiveNames
        )
        try:
            report = self._ask(operation, size, meta, target, limits)
            return self._checked(lambda: _taken(kind, report, seconds))
        except ReaderEndedError as ended:
            self.left_out.append(LeftOut(operation, ended.end.cause.value))
            raise _refused(ended.end, seconds) from None
        finally:
            copy.unlink(missing_ok=True)

    def of_staged(
        self,
        kind: type[R],
        operation: str,
        staged: Path,
        meta: protocol.Meta,
        target: OutputFolder | None = None,
        limits: IntakeLimits | None = None,
    ) -> R | None:
        """What the reader reports of a staged submission; None where it could not, and `left_out`
        says why.
        """
        size = sum(path.stat().st_size for path in staged.rglob("*") if path.is_file())
        each = FILE_SHARE * self._seconds(operation, size)
        about = {"folder": self._place(staged), "each": each, **meta}
        try:
            report = self._ask(operation, size, about, target, limits)
            require_machine(report)
            if over := report.get("over"):
                self.left_out.append(LeftOut(operation, reader_documents.limit(over)))
                return None
            if failed := report.get("failed"):
                self.log += f"--- reader, {operation}\n{reader_documents.text(failed)}\n"
                self.left_out.append(LeftOut(operation, "failed"))
                return None
            found = self._checked(lambda: reader_documents.read(kind, report))
        except ReaderEndedError as ended:
            self.left_out.append(LeftOut(operation, ended.end.cause.value))
            return None
        self.left_out += [LeftOut(what, limit) for what, limit in found.left_out]
        return found

    def _checked(self, read: Callable[[], D]) -> D:
        """What `read` makes of a report; a report of another form ends the reader."""
        try:
            return read()
        except protocol.FrameError as error:
            raise self._gone(Cause.PROTOCOL, str(error)) from None

    def _ask(
        self,
        operation: str,
        size: int,
        meta: protocol.Meta,
        target: OutputFolder | None = None,
        limits: IntakeLimits | None = None,
    ) -> protocol.Meta:
        """The reader's report of one operation on `size` bytes, after the files that it sends on
        the way.

        What it takes is missing from the time of those to come, so that all together keep within
        the allowance and each has far more than an honest submission needs. How much that was the
        reader says itself: one that a parser's fault turned into a liar still has its deadlines.
        """
        seconds, part = self._seconds(operation, size), OPERATION_SHARE * self._left
        self._left -= part
        box = self._box or self._start()
        self._number += 1
        call = protocol.pack_message({"op": operation, "seconds": seconds, **meta})
        box.deadline(WAITING * seconds)
        try:
            protocol.write_frame(box.stdin, protocol.CALL, self._number, call)
            report = receive(box.stdout, self._number, self._output, target, limits)
        except protocol.FrameError as error:
            raise self._gone(Cause.PROTOCOL, str(error), seconds) from None
        except ArchiveRefusedError:  # by what is there already: no more of it
            self._end(Cause.CLOSED)
            raise
        except BrokenPipeError:
            report = None
        if report is None:
            raise self._gone(Cause.CLOSED, "", seconds)
        box.deadline(None)
        spent = reader_documents.seconds(report.pop("spent", None)) - (seconds - part)
        self._left += part - min(max(spent, 0), part)
        return report

    def _seconds(self, operation: str, size: int) -> float:
        """Of processor time that the next operation may take, on `size` bytes."""
        return OPERATION_SHARE * self._left + PER_MIB[operation] * size / MIB

    def _gone(self, cause: Cause, detail: str, seconds: float = 0) -> ReaderEndedError:
        """The error to raise once the reader is not to be asked any more.

        seconds: of processor time that it was to have. One that the clock ended before it had them
        says nothing of what it read, wherever in its answer it was.
        """
        box = self._box
        end = self._end(cause) if box is not None else End(cause, detail)
        if box is not None and end.cause is Cause.TIME and box.ran < seconds:
            raise ReaderStarvedError
        if end.cause in (Cause.UNAVAILABLE, Cause.KILLED):
            raise SandboxUnavailableError(
                Sentence(
                    "The process that reads submissions ended: {why}",
                    {"why": f"{end.cause.value} {end.detail}"},
                ),
                ASK_DOCTOR,
            )
        return ReaderEndedError(End(end.cause, detail or end.detail))

    def _end(self, cause: Cause) -> End:
        assert self._box is not None  # noqa: S101 - asked of one that runs
        box, self._box = self._box, None
        end = box.end(cause)
        if printed := box.printed.strip():
            self.log += f"--- reader: {end.cause.value} {end.detail}\n{printed}\n"
        return end

    @property
    def _output(self) -> int:
        return self._allowance.output * MIB

    # --- the process --------------------------------------------------------------------

    def _start(self) -> SandboxedProcess:
        sandbox = self._sandbox = self._sandbox or strongest()
        packages = [path for path in sys.path if Path(path).name.endswith("-packages")]
        prefixes = {sys.prefix, sys.base_prefix, *packages}
        mounts = [Mount(path, path) for path in sorted(map(Path, prefixes)) if path.is_dir()]
        memory = self._allowance.memory
        spec = SandboxSpec(
            mounts=[PROGRAM, *mounts, Mount(self._folder, INSIDE)],
            limits=SandboxLimits(
                memory=memory,
                processes=32,
                open_files=64,
                file_size=1,
                scratch=1,
                scratch_files=100,
                output=1,
                log=16,
            ),
            environment={"MALLOC_ARENA_MAX": "1"},  # others reserve address space for each thread
        )
        program = sandbox.place(PROGRAM) / "readers" / "__main__.py"
        command = [sys.executable, "-I", "-S", "-B", str(program), str(memory), *packages]
        self._box = sandbox.start(command, spec)
        return self._box

    def _place(self, path: Path) -> str:
        """Where the reader finds a path of the folder."""
        self._sandbox = self._sandbox or strongest()
        inside = self._sandbox.place(Mount(self._folder, INSIDE))
        return str(inside / path.resolve().relative_to(self._folder))


def _refused(end: End, seconds: float) -> ArchiveRefusedError:
    """What the end of a reader says of the archive that it was unpacking."""
    if end.cause is Cause.TIME:
        return refuse("it took longer than {seconds} s to unpack; make a zip instead",
                      seconds=f"{seconds:.0f}")  # fmt: skip
    if end.cause is Cause.MEMORY:
        return refuse("it needs too much memory; make a zip instead")
    return refuse("it is damaged; make a new zip and upload it again")


def _taken(kind: type[D], report: protocol.Meta, seconds: float) -> D:
    """The report of an archive that was opened. Raises what any other report says."""
    if refused := report.get("refused"):
        raise ArchiveRefusedError(
            reader_documents.read(reader_documents.SaidSentence, refused).notice()
        )
    if format_ := report.get("unknown"):
        raise missing(reader_documents.text(format_))
    if over := report.get("over"):
        cause = Cause.TIME if reader_documents.limit(over) == "time" else Cause.MEMORY
        raise _refused(End(cause, ""), seconds)
    require_machine(report)
    if report.get("failed"):
        raise _refused(End(Cause.CRASHED, ""), seconds)
    return reader_documents.read(kind, report)
