"""Submissions called by the roster: whose each is, who has none, and what several people claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import PurePath

from grader.evidence import Roster, Submitter
from grader.intake.ownership import contest, without_number
from grader.intake.roster_groups import GroupLookup, alone_of_a_team, counts_for
from grader.intake.roster_lookup import RosterLookup, folded, spellings
from grader.intake.submissions import Submission
from grader.intake.teams import student_of
from grader.platforms.folders import Student
from grader.readers.file_kinds import FileKind, stem
from grader.readers.notices import Notice, notice
from grader.readers.paths import readable_name


class Certainty(IntEnum):
    """How surely a submission is somebody's."""

    OTHER_NAME = 1  # the number is theirs, the name beside it is not
    NAME = 2  # a platform's user whose name says so, which some platforms let students change
    TOLD = 3  # their number, or a name that only they have, in a name that the teacher laid
    KEY = 4  # the platform's own key, user name or address


@dataclass(frozen=True)
class _Claim:
    """What one submitter of a submission claims to be."""

    submission: Submission
    place: int  # of the submitter in the submission
    person: int | None  # place in the roster
    sure: Certainty = Certainty.TOLD
    said: str = ""  # the name beside the number
    zeros: bool = False
    group: str = ""  # as whose member
    namesakes: tuple[int, ...] = ()  # who share the name that is all that it says


def call_by_roster(
    submissions: Sequence[Submission], roster: Roster
) -> tuple[list[Submission], list[Notice]]:
    """The submissions with the roster's names, numbers and keys; and what is worth telling:
    submissions of nobody on it, claims that exclude each other, students who handed in nothing.
    """
    finder = _Finder(submissions, roster)
    told: list[Notice] = []
    claims = [claim for submission in submissions for claim in finder.claims(submission, told)]
    lost = _contested(claims, roster, told)
    mine: defaultdict[str, dict[int, _Claim]] = defaultdict(dict)
    for claim in claims:
        mine[claim.submission.id][claim.place] = claim
    called = [_called(submission, mine[submission.id], roster, lost) for submission in submissions]
    for one in submissions:
        stand = [c for at, c in mine[one.id].items() if c.group and (one.id, at) not in lost]
        if stand:
            told.append(counts_for(one.id, stand[0].group, roster, [c.person for c in stand]))
    found = {claim.person for claim in claims}
    shared = [claim for claim in claims if claim.person is None and claim.namesakes]
    strangers = [c.submission.id for c in claims if c.person is None and not c.namesakes]
    bare = [
        f"{c.submission.id} → {roster.people[c.person].number}"
        for c in claims
        if c.zeros and c.person is not None
    ]
    if bare:
        told.append(
            notice(
                "matched without the zeros at the beginning of a number, which spreadsheets drop: "
                "{ids}",
                ids=bare,
            )
        )
    if strangers:
        told.append(notice("not on the roster: {ids}", ids=list(dict.fromkeys(strangers))))
    perhaps = {at for claim in shared for at in claim.namesakes}
    if shared:
        told.append(
            notice(
                "{ids}: several students on the roster are called so ({who}), and nothing tells "
                "whose each is; those are graded, and stand in no gradebook. Give the platform's "
                "own table of the students with --roster, or put each into a folder called by the "
                "number",
                ids=[claim.submission.id for claim in shared],
                who=[
                    f"{person.number or person.key} {person.name}"
                    for at, person in enumerate(roster.people)
                    if at in perhaps
                ],
            )
        )
    found |= perhaps
    absent = [person for at, person in enumerate(roster.people) if at not in found]
    if absent:
        who = [f"{person.number or person.key} {person.name}" for person in absent]
        told.append(notice("{count} handed in nothing: {who}", count=len(absent), who=who))
    here = {c.person: c.submission.id for c in claims if c.person is not None}
    told += alone_of_a_team({**dict.fromkeys(perhaps, ""), **here}, roster)
    return called, told


class _Finder:
    """Finds submitters in the roster."""

    def __init__(self, submissions: Sequence[Submission], roster: Roster) -> None:
        self._roster = roster
        self._lookup = RosterLookup(roster.people)
        self._groups = GroupLookup(roster)
        laid = [
            laid_name(submission) for submission in submissions if not submission.origin.platform
        ]
        self._teams = self._groups.teams(laid) if roster.groups else {}
        self._keys = {p.key: at for at, p in enumerate(roster.people) if p.key}
        # Where no key is known here, the roster is of another assignment: Moodle's keys change.
        self._use_keys = any(
            each.key in self._keys
            for submission in submissions
            if submission.origin.platform == roster.platform
            for each in submission.origin.submitters
        )
        self._logins = {
            folded(login): at
            for at, p in enumerate(roster.people)
            for login in (p.login, p.email, p.number)
            if login
        }

    def claims(self, submission: Submission, told: list[Notice]) -> list[_Claim]:
        """What the submission's submitters claim; one for each, or for each whom a folder names."""
        if submission.origin.platform:
            people = submission.origin.submitters or (Submitter(),)
            if len(people) == 1 and (group := self._group(submission, people[0])):
                return self._of_group(submission, group)
            return [self._by_platform(submission, at, each) for at, each in enumerate(people)]
        return self._by_hand(submission, told)

    def _group(self, submission: Submission, who: Submitter) -> str:
        """The group whose name stands in the place of a person's; its id there is no person's,
        but in Canvas's, which has the id of one of the members. Anybody else on the roster is only
        called so.
        """
        group, at = self._groups.called(who.name), self._known(submission, who)
        if not group or at is None or self._is_another(at, submission, who):
            return group
        member = at in self._groups.members[group]
        return group if member and not self._is_named(at, who.name) else ""

    def _known(self, submission: Submission, who: Submitter) -> int | None:
        """Whose the platform's key is, or the user name: no display name tells."""
        at = None
        if submission.origin.platform == self._roster.platform and who.key:
            at = self._keys.get(who.key)
        for login in (who.login, who.email):
            at = self._logins.get(folded(login)) if login and at is None else at
        return at

    def _of_group(self, submission: Submission, group: str) -> list[_Claim]:
        """Claims of each member: as sure as whoever wrote the group's name. A teacher laid it, or
        handed in a member; else it stands where people can be called anything.
        """
        members = self._groups.members[group]
        sure = Certainty.TOLD
        if submission.origin.platform:
            who = next(iter(submission.origin.submitters), Submitter())
            at = self._known(submission, who)
            one = at in members and not self._is_another(at, submission, who)
            sure = Certainty.KEY if one else Certainty.NAME
        return [
            _Claim(submission, place, at, sure, group=group) for place, at in enumerate(members)
        ]

    def _by_platform(self, submission: Submission, place: int, who: Submitter) -> _Claim:
        if self._use_keys and submission.origin.platform == self._roster.platform and who.key:
            at = self._keys.get(who.key)
            if at is None or not self._is_another(at, submission, who):
                return _Claim(submission, place, at, Certainty.KEY)
        for login in (who.login, who.email):
            if login and (at := self._logins.get(folded(login))) is not None:
                return _Claim(submission, place, at, Certainty.KEY)
        # What all names of a class begin with may have been a part of the user names.
        ending = f"_{folded(who.login)}" if who.login else "\0"
        longer = {at for login, at in self._logins.items() if login.endswith(ending)}
        if len(longer) == 1:
            return _Claim(submission, place, longer.pop(), Certainty.NAME, who.name)
        if who.number or submission.origin.contested:
            at, zeros = self._lookup.number(who.number or submission.origin.contested)
            if at is not None:
                return _Claim(submission, place, at, Certainty.NAME, who.name, zeros)
        seen = self._lookup.look(who.name)
        if len(seen.by_number) == 1:
            return _Claim(
                submission, place, seen.by_number[0], Certainty.NAME, who.name, seen.zeros
            )
        one = seen.by_name[0] if len(seen.by_name) == 1 and not seen.namesakes else None
        if one is None or not self._is_named(one, who.name):
            return _Claim(submission, place, None, namesakes=seen.namesakes)
        return _Claim(submission, place, one, Certainty.NAME, who.name)

    def _is_another(self, at: int, submission: Submission, who: Submitter) -> bool:
        """Whether the key is that of a group, which Moodle counts by itself: it gives its
        participants the same names in files and worksheets.
        """
        name = self._roster.people[at].name
        return (
            submission.origin.platform == "moodle"
            and bool(name and who.name)
            and not spellings(name) & spellings(who.name)
        )

    def _is_named(self, at: int, name: str) -> bool:
        """Whether all of a platform's name is the student's, not only some words of it."""
        own = spellings(self._roster.people[at].name)
        digits = "".join(character for character in name if not character.isdigit())
        return bool(own & spellings(digits))

    def _by_hand(self, submission: Submission, told: list[Notice]) -> list[_Claim]:
        text = laid_name(submission)
        seen = self._lookup.look(text)
        named = seen.by_number or seen.by_name
        group = self._teams.get(text, "") if named else self._groups.within(text)
        if group and set(named) <= set(self._groups.members[group]):
            return self._of_group(submission, group)
        if len(seen.by_number) > 1 or (not seen.by_number and len(seen.by_name) > 1):
            several = seen.by_number or seen.by_name
            told.append(
                notice(
                    "{id} names several students: {who}; it is taken for the work of all of them",
                    id=submission.id,
                    who=[self._called(at) for at in several],
                )
            )
            return [
                _Claim(submission, place, at, Certainty.NAME) for place, at in enumerate(several)
            ]
        if not seen.by_number:
            one = seen.by_name[0] if seen.by_name else None
            return [_Claim(submission, 0, one, namesakes=seen.namesakes)]
        at = seen.by_number[0]
        own = self._roster.people[at].name
        said = submission.student.name if submission.student.name != submission.id else ""
        agrees = at in seen.by_name or not said or bool(spellings(own) & spellings(said))
        agrees = agrees or (bool(seen.namesakes) and folded(own) in folded(text))
        if agrees and not [other for other in seen.by_name if other != at]:
            return [_Claim(submission, 0, at, Certainty.TOLD, zeros=seen.zeros)]
        other = next((name for name in seen.by_name if name != at), None)
        said = self._roster.people[other].name if other is not None else said
        return [_Claim(submission, 0, at, Certainty.OTHER_NAME, said, seen.zeros)]

    def _called(self, at: int) -> str:
        person = self._roster.people[at]
        return f"{person.number or person.key} {person.name}".strip()


def laid_name(submission: Submission) -> str:
    """The name that a teacher laid."""
    text = readable_name(student_of(submission.path.resolve()))
    if submission.kind is FileKind.FILE:
        return PurePath(text).stem
    return stem(text) if submission.kind.archive else text


def _contested(
    claims: Sequence[_Claim], roster: Roster, told: list[Notice]
) -> dict[tuple[str, int], str]:
    """Claims that somebody else has better or as well: (id, place) -> the number.

    Several submissions of one person are no contest: the same user of a platform, or folders that
    tell no other name. A number beside a name that is another student's is nobody's.
    """
    lost: dict[tuple[str, int], str] = {}
    renamed: list[str] = []
    several: list[str] = []
    names = {spelling for person in roster.people for spelling in spellings(person.name)}
    by_person: defaultdict[int, list[_Claim]] = defaultdict(list)
    for claim in claims:
        if claim.person is not None:
            by_person[claim.person].append(claim)
    for at, those in by_person.items():
        best = max(claim.sure for claim in those)
        weaker = [claim for claim in those if claim.sure < best and claim.sure < Certainty.TOLD]
        if best in (Certainty.NAME, Certainty.OTHER_NAME) and _differ(those):
            weaker = list(those)
        if best is Certainty.OTHER_NAME:
            weaker += [c for c in those if spellings(c.said) & names and c not in weaker]
        if not weaker:
            laid = any(not claim.submission.origin.platform for claim in those)
            if len({claim.submission.id for claim in those}) > 1 and (laid or _differ(those)):
                several.append(" = ".join(dict.fromkeys(claim.submission.id for claim in those)))
            if best is Certainty.OTHER_NAME:
                called = roster.people[at].name
                renamed += [f"{claim.submission.id} → {called}" for claim in those]
            continue
        person = roster.people[at]
        for claim in weaker:
            lost[claim.submission.id, claim.place] = person.number or person.key
        told.append(
            contest(person.number or person.key, person.name, [c.submission for c in those])
        )
    if several:
        told.append(
            notice(
                "taken for submissions of one student, of which one counts: {ids}; look whether "
                "they are",
                ids=several,
            )
        )
    if renamed:
        told.append(
            notice(
                "names that are not as on the roster, whose name for the number is taken: {ids}",
                ids=renamed,
            )
        )
    return lost


def _differ(claims: Sequence[_Claim]) -> bool:
    """Whether the claims are of different users of a platform, or of different names."""
    return len({_user(claim) for claim in claims}) > 1


def _user(claim: _Claim) -> tuple[str, str]:
    origin = claim.submission.origin
    place = 0 if claim.group else claim.place
    if origin.platform and place < len(origin.submitters):
        return origin.platform, origin.submitters[place].key
    if claim.group:
        return "", f"group {claim.group}"
    return "", folded(claim.said)


def _called(
    submission: Submission,
    claims: dict[int, _Claim],
    roster: Roster,
    lost: dict[tuple[str, int], str],
) -> Submission:
    """The submission with what the roster says of its submitters."""
    contested = next((lost[submission.id, at] for at in claims if (submission.id, at) in lost), "")
    people = list(submission.origin.submitters) or [Submitter()]
    people += [Submitter()] * (len(claims) - len(people))
    platform = submission.origin.platform
    group = any(claim.group for claim in claims.values())
    for at, claim in claims.items():
        if (submission.id, at) in lost:
            people[at] = people[at].model_copy(update={"number": ""})
        if claim.person is None or (submission.id, at) in lost:
            continue
        known, told = roster.people[claim.person], people[at]
        own_key = told.key if platform and not claim.group else ""
        people[at] = Submitter(
            name=known.name or ("" if claim.group else told.name),
            number=known.number,
            key=own_key or (known.key if platform in ("", roster.platform) else ""),
            login=known.login or told.login,
            email=known.email or told.email,
        )
    matched = any(
        c.person is not None and (submission.id, at) not in lost for at, c in claims.items()
    )
    if group and lost:  # whose claim is lost is no submitter; without any, who the platform says
        stand = [people[at] for at in claims if (submission.id, at) not in lost]
        people = stand or list(submission.origin.submitters)
    hints = tuple(h for h in submission.origin.hints if h not in {each.number for each in people})
    origin = submission.origin.model_copy(
        update={
            "submitters": tuple(people),
            "platform": platform or (roster.platform if matched else ""),
            "contested": contested,
            "hints": hints,
        }
    )
    if contested and not matched:
        return without_number(replace(submission, origin=origin), contested)
    first = people[0]
    if not matched:
        return replace(submission, origin=origin)
    return replace(submission, origin=origin, student=Student(first.number, first.name))
