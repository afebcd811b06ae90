"""Moodle's assignment: "Download all submissions", the offline grading worksheet.

Rules: `Full name_participant_assignsubmission_file[_]`, a folder or, without folders, the start of
a file's name; `…_onlinetext` is a text of the same participant; under blind marking the name is
"Participant" in the site's language; "_" in a full name becomes a blank. The worksheet is matched
by `Identifier`, the word and the participant's id, and its columns by their headings in the
teacher's language (Moodle, mod/assign: downloader.php, feedback/offline/importgradeslib.php): the
words of the site's own worksheet are kept. A team's entry has the group's name and id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evidence import Submitter
from grader.platforms.values import Claim, Mark, Platform, Row, Sheet

_ENTRY = re.compile(
    r"(?P<who>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
BLIND_WORDS = ("participant", "参与人", "参与者", "teilnehmer", "teilnehmerin", "participante")
# What the import needs, in English; "before" stands before each id.
WORDS = {
    "before": "Participant ",
    "key": "Identifier",
    "name": "Full name",
    "grade": "Grade",
    "possible": "Maximum grade",
    "changed": "Last modified (grade)",
    "feedback": "Feedback comments",
}
_IDENTIFIER = re.compile(r"(?P<before>\D*[^\W\d_]\D*)(?P<key>\d+)")
_NUMBER = re.compile(r"\d+(?P<point>[.,])?\d*")
_BRACKET = re.compile(r"[^(（]+[(（][^)）]+[)）]")


def _marks(name: str) -> int:
    match = _ENTRY.fullmatch(name)
    return match.end("kind") if match else 0


def _read(names: Sequence[str], documents: Mapping[str, str]) -> dict[str, Claim]:
    found = {name: match for name in names if (match := _ENTRY.fullmatch(name))}
    people = {match["id"]: _name(match) for match in found.values() if match["id"]}
    # Where all are called the same, that is the site's word for a participant.
    words = {
        *BLIND_WORDS,
        *(people.values() if len(people) > len(set(people.values())) == 1 else ()),
    }
    claims = {}
    for name, match in found.items():
        who = _name(match)
        who = "" if who.casefold() in words or who in words else who
        claims[name] = Claim(
            submitters=(Submitter(name=who, key=match["id"] or ""),),
            owner=match["id"] or who,
            file=match["file"] or "",
            aside=match["kind"] != "file",
        )
    return claims


def _name(match: re.Match[str]) -> str:
    """The full name, without the participant's id that some sites repeat in it. "Default group",
    of whom is in none, has no id.
    """
    return match["who"].replace("_", " ").removesuffix(match["id"] or "\0").strip()


def worksheet(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """The parts of a grading worksheet by what its columns hold, since their headings are in any
    language: ids behind one word; one maximum for all, before which the grade stands; of the
    headings behind it with something in brackets, which are of times, the last; feedback behind it.
    """
    told = [_IDENTIFIER.fullmatch(row[0]) if row else None for row in rows]
    ids = [match for match in told if match]
    words = {match["before"] for match in ids}
    if not ids or len(ids) < len(rows) or len(words) > 1 or not _is_word(*words):
        return None
    if len({match["key"] for match in ids}) < len(ids):
        return None
    columns = [[row[at] if at < len(row) else "" for row in rows] for at in range(len(heads))]
    times = [
        at
        for at, cells in enumerate(columns)
        if _BRACKET.fullmatch(heads[at]) and not any(map(_NUMBER.fullmatch, cells))
    ]
    changed = times[-1:]
    most = [
        at
        for at, cells in enumerate(columns)
        if at > 1 and len(set(cells)) == 1 and _NUMBER.fullmatch(cells[0])
    ]
    if not changed or not (most := [at for at in most if at < changed[0]]):
        return None
    found = {"key": 0, "grade": most[-1] - 1, "possible": most[-1], "changed": changed[0]}
    if changed[0] + 1 < len(heads):
        found["feedback"] = changed[0] + 1
    if len(set(columns[1])) > max(1, len(rows) / 2) and all(columns[1]):
        found["name"] = 1
    mail = [at for at, cells in enumerate(columns[:-1]) if all("@" in cell for cell in cells)]
    return found | ({"email": mail[0]} if mail else {})


def _is_word(before: str) -> bool:
    """Whether it is a word, and not the letters that a student number may begin with."""
    letters = [c for c in before if c.isalpha()]
    return len(letters) > (4 if before.isascii() else 2)


def _table(marks: Iterable[Mark], sheet: Sheet) -> Iterator[Row]:
    """Where the participants' ids are known, the worksheet, in the words of the site's own where
    that was given; else a table for "Import grades", in which a person pairs the columns: "ID
    number" with the user's. Anybody without an id is nobody in a worksheet.

    A cell must not begin with a sign that a formula begins with, nor end in a backslash.
    """
    known = list(marks)
    own = [mark for mark in known if mark.submitter.key]
    if own and (sheet.words or len(own) == len(known)):
        words = sheet.words or WORDS
        parts = [part for part in WORDS if part in words and part != "before"]
        yield [words[part] for part in parts]
        possible = sheet.words.get("most", sheet.possible)
        point = match["point"] if (match := _NUMBER.fullmatch(possible)) else None
        for mark in own:
            cells = {
                "key": words["before"] + mark.submitter.key,
                "name": mark.submitter.name,
                "grade": mark.score.replace(".", point or "."),
                "possible": possible,
                "changed": mark.changed,
                "feedback": mark.feedback.rstrip("\\"),
            }
            yield [cells[part] for part in parts]
        return
    yield ["ID number", "Full name", sheet.title, "Maximum grade", "Feedback"]
    for mark in known:
        who = mark.submitter
        row = [who.number, who.name or mark.id, mark.score, sheet.possible]
        yield [*row, mark.feedback.rstrip("\\")]


MOODLE = Platform(
    name="moodle",
    title="Moodle",
    marks=_marks,
    read=_read,
    headings={
        "key": ("identifier", "标识符"),
        "number": ("id number", "id号", "编号"),
        "name": ("full name", "全名"),
        "first": ("first name", "名"),
        "last": ("last name", "surname", "姓"),
        "email": ("email address", "电子邮件地址", "电子邮箱", "邮箱"),
        "login": ("username",),
        "group": (
            *("group", "groups", "组", "小组", "gruppe", "groupe", "grupo", "gruppo", "groep"),
            *("grupa", "skupina", "grup", "grupp", "группа", "група", "グループ", "그룹"),
        ),
    },
    worksheet=worksheet,
    table=_table,
)
