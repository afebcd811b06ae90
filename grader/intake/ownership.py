"""Whose submissions are: ids, several of one student, several claims on one number.

Who handed in is said by the platform, or by the name that the teacher laid; names that a student
chose give hints, which decide nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.evidence import Origin, Submitter
from grader.intake.ids import id_for, safe_id, unique
from grader.intake.submissions import Submission, SubmissionFile, natural
from grader.intake.uploads import Upload
from grader.platforms import FOLDERS
from grader.platforms.folders import NAME_LENGTH, Student, clean, identify, numbers
from grader.readers.file_kinds import FileKind, stem
from grader.readers.notices import Notice, notice
from grader.readers.paths import readable_name


def named(uploads: Iterable[Upload], notices: list[Notice]) -> list[Submission]:
    """Submissions with ids that differ; what a path names twice is there once.

    Of several by one student the first in time has the plain id. Students whom a platform gives
    the same name have its keys in their ids, so that an id means the same student in every run.
    """
    once: dict[Path, Upload] = {}
    for upload in uploads:
        once.setdefault(upload.parts[0].path.resolve(), upload)
    wanted = [(upload, _origin(upload)) for upload in once.values()]
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for upload, origin in wanted:
        owners[_plain_id(upload, origin).casefold()].add(upload.claim.owner)
    taken: dict[str, Submission] = {}
    for upload, origin in sorted(wanted, key=lambda each: each[1].time):
        wish = _plain_id(upload, origin)
        if upload.platform is not FOLDERS and len(owners[wish.casefold()]) > 1:
            wish = safe_id(f"{wish}_{upload.claim.owner}")
        submission = _submission(unique(wish, taken), upload, origin)
        if submission.id != wish:
            notices.append(
                notice(
                    "{first} and {second} seem to be of one student; both are graded, as {one} and "
                    "{two}",
                    first=readable_name(taken[wish.casefold()].path),
                    second=readable_name(submission.path),
                    one=wish,
                    two=submission.id,
                )
            )
        taken[submission.id.casefold()] = submission
    return list(taken.values())


def _origin(upload: Upload) -> Origin:
    claim = upload.claim
    people = [_submitter(each, upload) for each in claim.submitters]
    files = [part.name for part in upload.parts if part.kind is not FileKind.FOLDER]
    chosen = files if upload.platform is not FOLDERS else []
    return Origin(
        platform=upload.platform.name,
        submitters=tuple(people),
        upload=claim.upload,
        time=claim.time,
        late=claim.late,
        hints=hints([*chosen, *_inner(upload.parts)], people),
    )


def _submitter(told: Submitter, upload: Upload) -> Submitter:
    """The person with what is safe to show; a number may stand in the platform's own name."""
    if upload.platform is FOLDERS:
        return told
    found = identify(told.name)
    number = clean(told.number, NAME_LENGTH) or found.number
    name = found.name if found.number else clean(told.name, NAME_LENGTH)
    return told.model_copy(update={"number": number, "name": name})


def hints(chosen: Iterable[str], people: Sequence[Submitter]) -> tuple[str, ...]:
    """Numbers in names that the student chose, but for the students' own: at most 5."""
    own = {person.number for person in people}
    found = dict.fromkeys(number for name in chosen for number in numbers(name))
    return tuple(number for number in found if number not in own)[:5]


def _inner(parts: Sequence[SubmissionFile]) -> list[str]:
    """Names at the top of folders: the teacher laid the folder, the student what is in it."""
    folders = [part.path for part in parts if part.kind is FileKind.FOLDER]
    return [entry.name for folder in folders for entry in sorted(folder.iterdir())[:100]]


def _plain_id(upload: Upload, origin: Origin) -> str:
    """The id that the submission has where no other wants it."""
    first = origin.submitters[0] if origin.submitters else Submitter()
    if upload.platform is FOLDERS:
        return id_for(Student(first.number, first.name), upload.name)
    told = "_".join(part for part in (first.number, first.name) if part)
    if told:
        return safe_id(told)
    return safe_id(f"Participant_{first.key}" if first.key else upload.name)


def _submission(made: str, upload: Upload, origin: Origin) -> Submission:
    part, *beside = upload.parts
    first = origin.submitters[0] if origin.submitters else Submitter()
    student = Student(first.number, first.name or ("" if first.number else made))
    if upload.platform is FOLDERS and not first.number and made == safe_id(upload.name):
        student = Student(name=made)  # no name for sure: people see what the folder says
    beside_it = tuple(beside)
    return Submission(made, student, part.path, part.kind, origin, part.name, beside_it)


def without_contested_numbers(
    submissions: Sequence[Submission], notices: list[Notice]
) -> list[Submission]:
    """The submissions with no number that several people claim: who shares a number but not a
    name has it taken away, until a person says whose it is.
    """
    claims: defaultdict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        for submitter in submission.origin.submitters:
            if submitter.number:
                claims[submitter.number].append(submission)
    contested: dict[str, str] = {}
    for number, those in claims.items():
        if len(_names(those, number)) > 1:
            contested |= {submission.id: number for submission in those}
            notices.append(contest(number, "", those))
    return [
        without_number(submission, contested[submission.id])
        if submission.id in contested
        else submission
        for submission in submissions
    ]


def _names(submissions: Sequence[Submission], number: str) -> set[str]:
    """Names that submissions give to whom has the number."""
    return {
        submitter.name.casefold()
        for submission in submissions
        for submitter in submission.origin.submitters
        if submitter.number == number and submitter.name
    }


def contest(number: str, name: str, submissions: Sequence[Submission]) -> Notice:
    """What staff are told of several claims on one number."""
    return notice(
        "{who} is claimed by {ids}; those are graded, and have no number in any table until you "
        "say whose they are: rename what is wrong and run the same command again",
        who=f"{number} {name}".strip(),
        ids=[submission.id for submission in sorted(submissions, key=lambda one: natural(one.id))],
    )


def without_number(submission: Submission, number: str) -> Submission:
    """The submission without its number, which somebody else claims too."""
    people = tuple(
        each.model_copy(update={"number": ""}) if each.number == number else each
        for each in submission.origin.submitters
    )
    origin = submission.origin.model_copy(update={"submitters": people, "contested": number})
    student = submission.student
    if student.number == number:
        student = Student(name=student.name or stem(readable_name(submission.path)))
    return replace(submission, origin=origin, student=student)
