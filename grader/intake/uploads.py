"""The entries of a class put together: what one platform's names say belongs to one submission."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from grader.evidence import Submitter
from grader.intake import teams
from grader.intake.layout import is_nobodys, label, our_output
from grader.intake.submissions import SubmissionFile, natural
from grader.platforms import FOLDERS, Claim, Platform, platform_of
from grader.platforms.folders import Student, identify, recognised
from grader.readers.file_kinds import FileKind, kind_of, named_archive, stem
from grader.readers.ignored_files import code
from grader.readers.notices import Notice, notice
from grader.readers.paths import readable_name

DOCUMENT = 32 * 1024 * 1024  # bytes of a platform's own document that are read
SOURCE_BYTES = 1024 * 1024  # of a loose source in which names of files are looked for
DOCUMENTS = 256 * 1024 * 1024  # of all of a class


@dataclass(frozen=True)
class Upload:
    """One submission before it has its id."""

    parts: tuple[SubmissionFile, ...]
    name: str  # of the entry, without an archive's suffix
    claim: Claim
    platform: Platform


def single_upload(path: Path, kind: FileKind) -> Upload:
    """What was named by itself: one submission."""
    name = readable_name(path.resolve())
    name = label(name) if kind.archive else name
    platform = platform_of([name])
    claim = platform.read([name], {})[name]
    named = claim.file if kind is FileKind.FILE else path.name
    shown = stem(name) if kind.archive else name
    return Upload((SubmissionFile(path, kind, named),), shown, claim, platform)


def uploads_in(folder: Path, notices: list[Notice]) -> Iterator[Upload]:
    """The submissions of a class."""
    entries = {
        entry: label(readable_name(entry))
        for entry in sorted(folder.iterdir(), key=lambda entry: natural(entry.name))
        if not entry.is_symlink()
        and not is_nobodys(entry.name)
        and (entry.is_file() or entry.is_dir())
    }
    if ours := [entry for entry in entries if entry.is_dir() and our_output(entry)]:
        names = [entries.pop(entry) for entry in ours]
        notices.append(
            notice(
                "passed over as results of an earlier run: {names}; if one of them is a "
                "submission, take grades.csv out of it",
                names=names,
            )
        )
    platform = platform_of(list(entries.values()))
    claims = platform.read(list(entries.values()), _documents(entries, platform))
    together: dict[tuple[str, str], list[tuple[Path, Claim]]] = {}
    loose: list[Path] = []
    for entry, name in entries.items():
        if name in claims and platform is not FOLDERS:
            together.setdefault(claims[name].attempt, []).append((entry, claims[name]))
        elif entry.is_dir():
            yield _of_folder(entry, notices)
        elif named_archive(entry.name):
            yield single_upload(entry, _kind(entry))
        elif entry.is_file():
            loose.append(entry)
    by_student, strangers = _by_student(loose)
    for files in by_student.values():
        yield _of_files(files)
    for group in together.values():
        notices += _doubts(group)
        yield _put_together(group, platform)
    if strangers:
        notices.append(
            notice(
                "{count} loose files were passed over, such as {name}; a submission is a folder or "
                "an archive, or a source that is called by its student",
                count=len(strangers),
                name=strangers[0].name,
            )
        )


def _doubts(group: Sequence[tuple[Path, Claim]]) -> Iterator[Notice]:
    """What staff are told where a student could have typed who else handed in."""
    for entry, claim in group:
        if claim.perhaps:
            yield notice(
                "{id} names several students: {who}; it is taken for the work of all of them",
                id=readable_name(entry),
                who=[_called(each) for each in claim.submitters],
            )
        if claim.denied:
            yield notice(
                "{name} names {others}, whom another entry names too; it is taken for the work of "
                "{who} alone, who may be called so",
                name=readable_name(entry),
                others=[_called(each) for each in claim.denied],
                who=[_called(each) for each in claim.submitters],
            )


def _called(who: Submitter) -> str:
    return f"{who.name} ({who.key})"


def _of_folder(folder: Path, notices: list[Notice]) -> Upload:
    """A student's folder as one submission; of the versions that Teams keeps the last."""
    upload = single_upload(folder, FileKind.FOLDER)
    version, count = teams.latest(folder)
    if count > 1:
        notices.append(
            notice(
                "of the {count} versions of {name} the last is taken, {version}",
                count=count,
                name=readable_name(folder),
                version=version.name,
            )
        )
    return replace(upload, parts=(SubmissionFile(version, FileKind.FOLDER, folder.name),))


def _by_student(loose: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Path]]:
    """Loose files of each student who has a source among them; and those that are passed over:
    sources of nobody, files of students without a source.
    """
    found: dict[str, list[Path]] = {}
    for path in loose:
        if recognised(called := PurePath(readable_name(path)).stem):
            student = identify(called)
            found.setdefault(student.number or student.name, []).append(path)
    theirs = {
        who: sorted(files, key=lambda path: not code(path.name))
        for who, files in found.items()
        if any(code(path.name) for path in files)
    }
    taken = {path for files in theirs.values() for path in files}
    lone = {path for files in found.values() for path in files}
    return theirs, [
        path for path in loose if path not in taken and (path in lone or code(path.name))
    ]


def _of_files(files: Sequence[Path]) -> Upload:
    """A student's loose files as one submission, the first of them a source. They are called as the
    student had them, without whose they are, unless the sources call them so.
    """
    name = PurePath(readable_name(files[0])).stem
    student = identify(name)
    sources = [path.read_bytes()[:SOURCE_BYTES] for path in files if code(path.name)]
    parts = []
    for path in files:
        whole = readable_name(path)
        own = _without(whole, student)
        said = any(whole.encode("utf-8", "replace") in source for source in sources)
        parts.append(SubmissionFile(path, FileKind.FILE, whole if said else own))
    if len({part.name for part in parts}) < len(parts):
        parts = [replace(part, name=readable_name(part.path)) for part in parts]
    return Upload(tuple(parts), name, FOLDERS.read([name], {})[name], FOLDERS)


def _without(name: str, student: Student) -> str:
    """A file's name without the number and name before it: "3210000001_张三_main.py"."""
    told = "|".join(re.escape(each) for each in (student.number, student.name) if each)
    match = re.match(rf"(?:(?:{told})[\W_]*)+(?=[^\W_]+[\w -]*\.)", name)
    rest = name[match.end() :] if match else ""
    return rest if PurePath(rest).suffix else name


def _put_together(group: list[tuple[Path, Claim]], platform: Platform) -> Upload:
    """Files first that students handed in, of them folders and archives; a receipt only where
    there is nothing else.
    """
    order = (
        FileKind.FOLDER,
        FileKind.ZIP,
        FileKind.TAR,
        FileKind.SEVEN,
        FileKind.RAR,
        FileKind.UNKNOWN,
        FileKind.FILE,
    )
    kinds = {entry: _kind(entry) for entry, _ in group}
    group = sorted(group, key=lambda one: (one[1].aside, order.index(kinds[one[0]])))
    first, claim = group[0]
    claim = replace(claim, late=any(said.late for _, said in group))
    kept = [one for one in group if one[0] == first or not platform.documents(one[0].name)]
    parts = tuple(
        SubmissionFile(entry, kinds[entry], said.file or entry.name) for entry, said in kept
    )
    name = readable_name(first)
    return Upload(parts, stem(name) if named_archive(name) else name, claim, platform)


def _kind(entry: Path) -> FileKind:
    if entry.is_dir():
        return FileKind.FOLDER
    return kind_of(entry) if named_archive(entry.name) else FileKind.FILE


def _documents(entries: Mapping[Path, str], platform: Platform) -> dict[str, str]:
    """The texts of the platform's own documents among the entries."""
    texts, left = {}, DOCUMENTS
    for entry, name in entries.items():
        if entry.is_file() and platform.documents(entry.name):
            with entry.open("rb") as file:
                data = file.read(min(DOCUMENT, left))
            left -= len(data)
            texts[name] = data.decode("utf-8-sig", "replace")
    return texts
