"""Zeros at the beginning of a roster's numbers, which spreadsheets drop, put back where it is sure
how long the numbers are: by those that stand in the submissions' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.evidence import Roster
from grader.intake.roster_lookup import SHORT_NUMBER_DIGITS
from grader.intake.roster_matching import laid_name
from grader.intake.submissions import Submission
from grader.readers.notices import Notice, notice

SURE = 2  # numbers of one length that show what was dropped


def with_zeros(
    submissions: Sequence[Submission], roster: Roster
) -> tuple[Roster, tuple[Notice, ...]]:
    """The roster with the numbers that it had before a spreadsheet took their zeros, and what is
    told of it; the roster as it is where that is not sure.
    """
    own = [person.number for person in roster.people if person.number]
    if not all(map(str.isdecimal, own)) or any(number.startswith("0") for number in own):
        return roster, ()
    shown = {number for one in submissions for number in _numbers(one) if number.lstrip("0") in own}
    lengths = {len(number) for number in shown}
    if len(shown) < min(SURE, len(own)) or len(lengths) != 1:
        return roster, ()
    length = lengths.pop()
    if max(map(len, own)) > length:
        return roster, ()
    changed = [number for number in own if len(number) < length]
    people = tuple(
        person.model_copy(update={"number": person.number.zfill(length)})
        if person.number
        else person
        for person in roster.people
    )
    told = notice(
        "zeros at the beginning of numbers, which spreadsheets drop, were put back in {file}: as "
        "in the submissions' names they have {length} digits ({first} → {whole}, {count} in all)",
        file=roster.file,
        length=length,
        first=changed[0],
        whole=changed[0].zfill(length),
        count=len(changed),
    )
    return roster.model_copy(update={"people": people}), (told,)


def _numbers(submission: Submission) -> Iterator[str]:
    """Numbers that begin with a zero, in what a platform or a teacher says of a submission."""
    texts = [laid_name(submission)] if not submission.origin.platform else []
    for person in submission.origin.submitters:
        texts += [person.number, person.login, person.name]
    for text in texts:
        yield from (
            number
            for number in re.findall(r"(?<![0-9A-Za-z])0\d+(?![0-9A-Za-z])", text)
            if len(number) >= SHORT_NUMBER_DIGITS
        )
