"""Where unpacked members go: by the rules for names, counted against the limits as it fills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Protocol

from grader.readers.ignored_files import code, inside, is_ignored
from grader.readers.limits import IntakeLimits
from grader.readers.notices import ArchiveRefusedError, Notice, notice, refuse, size
from grader.readers.parsing import ArchiveMember, MemberType
from grader.readers.paths import BadNameError, LeadsOutError, Parts, new_folders, parts_of

ENTRIES_PER_ALLOWED = (
    20  # entries looked at for each that is allowed: the rest is clutter that is left out
)
MAX_NOTICES_OF_A_KIND = 3  # notices of one kind


class OpenFile(Protocol):
    """A file that is being written."""

    def write(self, data: bytes, /) -> int:
        """Write the next bytes."""

    def close(self) -> None:
        """All of it was written."""


class ExtractionTarget(Protocol):
    """What holds the files in the end. Raises ArchiveRefusedError for names that cannot be there,
    such as that of a folder.
    """

    def folder(self, parts: Parts) -> None:
        """Make a folder, and those on the way to it."""

    def file(self, parts: Parts) -> OpenFile:
        """Begin a file anew; the one before it has been closed."""


class Extraction:
    """Takes members one by one and hands what the rules allow to `target`.

    A member whose name cannot be written everywhere is left out and told. A name that leads out of
    the folder refuses the whole: it is meant for something else than to be read here.
    """

    def __init__(
        self,
        target: ExtractionTarget,
        limits: IntakeLimits,
        packed: int,
        without: frozenset[Parts] = frozenset(),
    ) -> None:
        """`packed`: bytes of the archive, for the ratio. `without`: folders to be left out."""
        self._without = without
        self._target = target
        self._limits = limits
        self._budget = _Budget(limits, packed)
        self._names = _Names()
        self._odd: list[Notice] = []
        self._left_out: Counter[str] = Counter()

    def take(self, member: ArchiveMember) -> ExtractedFile | None:
        """A file to write the member's bytes to, None where there is nothing to write."""
        self._budget.saw()
        parts = self._parts(member)
        if not parts or is_ignored(parts) or inside(parts, self._without):
            return None
        self._budget.entry(member)
        if member.type is MemberType.FOLDER:
            self._target.folder(parts)
        elif member.type is MemberType.FILE:
            content = self._names.add(parts)
            return ExtractedFile(self._target.file(parts), self._budget, content)
        else:
            self._left_out[member.type.value] += 1
        return None

    def notices(self) -> tuple[Notice, ...]:
        """What is worth telling of the members taken so far."""
        odd = [
            notice("left out: {reason}", reason=said) for said in self._odd[:MAX_NOTICES_OF_A_KIND]
        ]
        return (*self._names.notices(), *odd, *_told(self._left_out))

    def _parts(self, member: ArchiveMember) -> Parts:
        try:
            return parts_of(member.name, self._limits)
        except LeadsOutError as error:
            raise ArchiveRefusedError(error.said) from None
        except BadNameError as error:
            # macOS makes a file "Icon" with a carriage return by itself.
            if not is_ignored(member.name.split("/")):
                self._odd.append(error.said)
            return ()


class ExtractedFile:
    """A file being written, whose bytes are counted first."""

    def __init__(self, file: OpenFile, budget: _Budget, content: _Content | None) -> None:
        """content: told what is written; None where it is compared with nothing."""
        self._file = file
        self._budget = budget
        self._content = content

    def write(self, data: bytes) -> int:
        """Write `data`; raises ArchiveRefusedError where it exceeds a limit."""
        self._budget.take(len(data))
        if self._content is not None:
            self._content.update(data)
        return self._file.write(data)

    def close(self) -> None:
        """Close the file; raises ArchiveRefusedError where it is other code under one name."""
        self._file.close()
        if self._content is not None:
            self._content.compare()

    def __enter__(self) -> ExtractedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Budget:
    """Counts entries and bytes against the limits; raises ArchiveRefusedError beyond them."""

    def __init__(self, limits: IntakeLimits, packed: int) -> None:
        self._limits = limits
        self._packed = max(1, packed)
        self._seen = 0
        self._entries = 0
        self._folders: set[tuple[str, ...]] = set()
        self._total = 0
        self._of_file = 0
        self._name = ""

    def saw(self) -> None:
        self._seen += 1
        if self._seen > ENTRIES_PER_ALLOWED * self._limits.files:
            raise self._too_many(self._seen)

    def entry(self, member: ArchiveMember) -> None:
        """A new entry; its declared size is refused before a byte of it is written."""
        self._entries += 1 + new_folders(member.name.split("/"), self._folders)
        self._of_file = 0
        self._name = member.name
        if self._entries > self._limits.files:
            raise self._too_many(self._entries)
        if member.type is MemberType.FILE:
            self._check(member.size, self._total + member.size)

    def take(self, count: int) -> None:
        """`count` more bytes of the current file."""
        self._of_file += count
        self._total += count
        self._check(self._of_file, self._total)

    def _check(self, of_file: int, total: int) -> None:
        limits = self._limits
        if of_file > limits.file:
            raise refuse(
                "{name} has {found}, one file may have {limit}; hand in smaller weights",
                name=self._name,
                found=size(of_file),
                limit=size(limits.file),
            )
        if total > limits.total:
            raise refuse(
                "it unpacks to {found} or more, {limit} are allowed; leave out data sets "
                "and checkpoints that no answer needs",
                found=size(total),
                limit=size(limits.total),
            )
        if total > limits.ratio_from and total > limits.ratio * self._packed:
            raise refuse(
                "it unpacks to more than {limit} times its size, as only bombs do; "
                "leave out files that are almost empty",
                limit=f"{limits.ratio:g}",
            )

    def _too_many(self, found: int) -> ArchiveRefusedError:
        return refuse(
            "it holds {found} files or more, {limit} are allowed; leave out data sets and "
            "virtual environments",
            found=found,
            limit=self._limits.files,
        )


class _Content:
    """What a source holds, to be compared with what came before it under the same name."""

    def __init__(self, name: str, digests: dict[str, bytes]) -> None:
        """digests: of what came before, by name; this one is put there, too."""
        self._name, self._digests = name, digests
        self._digest = sha256()

    def update(self, data: bytes) -> None:
        self._digest.update(data)

    def compare(self) -> None:
        """Raises ArchiveRefusedError where it is other code."""
        digest = self._digest.digest()
        if self._digests.setdefault(self._name, digest) != digest:
            raise refuse("it holds {name} twice; make a new zip", name=self._name)


class _Names:
    """The names written so far: tells of names that differ in capitals, and of those that are there
    twice. The last counts, as with every unpacker; but of code that differs nobody could say which
    was meant: not everybody opens it by the same unpacker.
    """

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._written: set[str] = set()
        self._digests: dict[str, bytes] = {}
        self._twins: list[tuple[str, str]] = []
        self._again: list[str] = []

    def add(self, parts: Parts) -> _Content | None:
        """A new file; returns what is to be told its content, where that is code."""
        name = "/".join(parts)
        other = self._files.setdefault(name.casefold(), name)
        if other != name:
            self._twins.append((other, name))
        if name in self._written:
            self._again.append(name)
        self._written.add(name)
        return _Content(name, self._digests) if code(parts[-1]) else None

    def notices(self) -> Iterator[Notice]:
        for first, second in self._twins[:MAX_NOTICES_OF_A_KIND]:
            yield notice(
                "{first} and {second} differ in capital letters only; Windows and macOS "
                "take them for one file",
                first=first,
                second=second,
            )
        for name in list(dict.fromkeys(self._again))[:MAX_NOTICES_OF_A_KIND]:
            yield notice("it holds {name} twice; the last one was taken", name=name)


def _told(left_out: Counter[str]) -> Iterator[Notice]:
    if count := left_out[MemberType.LINK.value]:
        yield notice("{count} links were left out; hand in the files themselves", count=count)
    if count := left_out[MemberType.SPECIAL.value]:
        yield notice("{count} special files (devices, pipes) were left out", count=count)
