"""The roster's groups, looked for in names: the work of a team is that of each of its members."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from grader.evidence import Roster
from grader.readers.notices import Notice, notice

TEAM_MEMBERS = 12  # of a hand-laid folder's team; more are a section of the course, or a class
GROUP_NAME_CHARS = 2  # of a group's name that is looked for within longer ones

_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_WORDS = r"groups?|teams?|grp|gruppe|groupe|grupo|小组|组|队伍|队"
_WHICH = r"0*(?P<{0}>[0-9]{{1,3}}|[一二三四五六七八九十]|[a-z])"
# "Group 3", "team-c", "第三组", "3队": which of the groups, whatever they are called.
_BEFORE = re.compile(rf"(?:{_WORDS})[\W_]*{_WHICH.format('which')}(?![^\W_])")
_BEHIND = re.compile(rf"(?<![^\W_第])第?[\W_]*{_WHICH.format('which')}[\W_]*(?:{_WORDS})")
_BARE = re.compile(_WHICH.format("which"))


class GroupLookup:
    """A roster's groups, made ready for questions."""

    def __init__(self, roster: Roster) -> None:
        self.members = roster.groups
        self._plain: defaultdict[str, list[str]] = defaultdict(list)
        self._which: defaultdict[str, list[str]] = defaultdict(list)
        for name in roster.groups:
            self._plain[_letters(name)].append(name)
            if which := _which(name, bare=True):
                self._which[which].append(name)

    def called(self, name: str) -> str:
        """The group that is called `name`, as platforms write it; "" where none or several are."""
        found = self._plain.get(_letters(name), ()) or self._which.get(_which(name), ())
        return found[0] if name and len(found) == 1 else ""

    def teams(self, texts: Iterable[str]) -> dict[str, str]:
        """Names that a teacher laid -> the group that each tells beside a member, where the class
        was handed in by groups: several are told, none twice. Else it is the group of one student.
        """
        told = {text: group for text in texts if (group := self.within(text))}
        counts = Counter(told.values())
        return told if len(counts) > 1 and set(counts.values()) == {1} else {}

    def within(self, text: str) -> str:
        """The group that a name tells which a teacher laid; "" for a section of the course, which
        is larger than a team.
        """
        group = self._found(text)
        return group if group and len(self.members[group]) <= TEAM_MEMBERS else ""

    def _found(self, text: str) -> str:
        if group := self.called(text):
            return group
        letters = _spaced(text)
        within = [
            name
            for plain, names in self._plain.items()
            if len(plain) >= GROUP_NAME_CHARS and not plain.isdigit()
            for name in names
            if f" {_spaced(name)} " in f" {letters} "
        ]
        return within[0] if len(within) == 1 else ""


def counts_for(
    submission: str, group: str, roster: Roster, members: Iterable[int | None]
) -> Notice:
    """What staff are told of a group's submission, by its id."""
    people = [roster.people[at] for at in members if at is not None]
    return notice(
        "{id} is of the group {group}, and counts for each of its members: {who}",
        id=submission,
        group=group,
        who=[f"{each.number or each.key} {each.name}".strip() for each in people],
    )


def alone_of_a_team(submitters: Mapping[int, str], roster: Roster) -> list[Notice]:
    """What staff are told of teams of whom one member's submission counts for that member alone,
    while others handed in nothing. `submitters`: place in the roster -> id of a submission.
    """
    told = []
    for group, members in roster.groups.items():
        own = {submitters[at] for at in members if at in submitters}
        absent = [roster.people[at] for at in members if at not in submitters]
        if absent and len(own) == 1 and len(members) <= TEAM_MEMBERS:
            told.append(
                notice(
                    "{who}: nothing of their own, and in the group {group} on the roster, of which "
                    "{id} counts for one member alone. If it is the group's, call its folder "
                    "{folder}, and it counts for each of them",
                    who=[f"{each.number or each.key} {each.name}".strip() for each in absent],
                    group=group,
                    id=next(iter(own)),
                    folder=group,
                )
            )
    return told


def _which(name: str, bare: bool = False) -> str:
    """Which group a name tells by a number or letter; "" where it tells none."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    match = _BEFORE.search(text) or _BEHIND.search(text)
    if match is None and bare:
        match = _BARE.fullmatch(text)
    return str(_NUMERALS.get(match["which"], match["which"])) if match else ""


def _letters(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _spaced(name: str) -> str:
    words: Sequence[str] = re.split(r"[\W_]+", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(filter(None, words))
