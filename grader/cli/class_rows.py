"""Who is a row: each student once, with the submission that counts, or with none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.evidence import Evidence, Origin, Roster, Stage, SubmissionRecord, Submitter
from grader.intake.ids import safe_id, unique
from grader.intake.roster_groups import GroupLookup
from grader.intake.roster_lookup import spellings
from grader.intake.submissions import natural
from grader.runs import Run, SubmissionEntry
from grader.scoring import Override, grade
from grader.store import Store

ABSENT_KEY = "absent"  # the key of the evidence of who submitted nothing: decisions are tied to it


class StudentRow(NamedTuple):
    """One student."""

    who: Submitter
    source: str = ""  # id of the submission that counts; "" for none
    others: tuple[str, ...] = ()  # what else the same student's rows or work are or were called
    submissions: tuple[str, ...] = ()  # ids of all that the student submitted, gone ones as well


class ClassRows(NamedTuple):
    """The rows of a run, by their ids."""

    rows: Mapping[str, StudentRow]
    platform: str = ""  # whose keys the roster has

    @property
    def ids(self) -> tuple[str, ...]:
        """The rows in order."""
        return tuple(sorted(self.rows))

    def evidence(self, store: Store, name: str) -> Evidence | None:
        """The evidence of a row, as it is about its student alone; None where it is not examined
        yet.
        """
        who, source = self.rows[name][:2]
        if not source:
            told = SubmissionRecord(
                id=name, name=who.name or who.number or name, number=who.number,
                source="", digest="", size=0, files=0,
                origin=Origin(platform=self.platform, submitters=(who,)),
            )  # fmt: skip
            return Evidence(key=ABSENT_KEY, submission=told, stage=Stage.ABSENT)
        evidence = store.read(source)
        alone = evidence is not None and len(evidence.submission.origin.submitters) < 2
        if evidence is None or (alone and name == source):
            return evidence
        return _of(evidence, name, who)

    def attempts(self, store: Store, name: str) -> list[tuple[str, Evidence]]:
        """Every examination of what a row's student submitted, as it is about this student, with
        the submission's id; in the order by which `roll` tells what counts, then of time.
        """
        who, _, _, submissions = self.rows[name]
        found = [(each, done) for each in submissions for done in store.examinations(each)]
        found.sort(key=lambda one: (_when(one[1], one[0]), one[1].started))
        return [(each, _of(evidence, name, who)) for each, evidence in found]

    def log(self, store: Store, name: str) -> str:
        """What was printed during the examination of a row's submission."""
        source = self.rows[name].source
        return store.log(source) if source else ""


class _Claim(NamedTuple):
    """A submission as one of its submitters'."""

    entry: SubmissionEntry
    who: Submitter
    id: str  # of the row that it would be


def roll(run: Run, store: Store, overrides: Sequence[Override]) -> ClassRows:
    """The rows of the run: of several submissions of one student, the one that counts by
    ``policy.attempts``; of a group's submission one row for each submitter. Whatever is gone is no
    row; decisions about it are shown with what came in its place. Raises OSError.
    """
    claims = _claims(run)
    expected = _expected(run, claims)
    rows: dict[str, StudentRow] = {}
    for person, theirs in claims.items():
        present = [claim for claim in theirs if claim.entry.state == "present"]
        if not present:
            continue
        counts = _counting(present, run, store, overrides)
        names = [claim.id for claim in theirs]
        names += [name for claim in theirs for name in claim.entry.formerly]
        names += [expected[person][0]] if person in expected else []
        rows[counts.id] = StudentRow(
            counts.who, counts.entry.id, _without(names, counts.id), _submissions(theirs)
        )
    # Whose number is contested may have submitted one of those that claim it; so may who shares
    # the name of a submission that is nobody's for sure.
    contested = _contested(run)
    unclaimed = _names_of_nobody(claims, expected)
    for person, (name, who) in expected.items():
        theirs = claims.get(person, [])
        present = [claim for claim in theirs if claim.entry.state == "present"]
        perhaps = (who.number or who.key) in contested or not unclaimed.isdisjoint(
            spellings(who.name)
        )
        if not present and not perhaps:
            others = _without([claim.id for claim in theirs], name)
            rows[name] = StudentRow(who, "", others, _submissions(theirs))
    return ClassRows(rows, run.roster.platform if run.roster is not None else "")


def _contested(run: Run) -> set[str]:
    """The numbers, or keys, of whom several claim to be: of a group whose name is claimed, those of
    all its members.
    """
    roster = run.roster or Roster()
    groups = GroupLookup(roster)
    found: set[str] = set()
    for entry in run.submissions:
        if entry.state != "present" or not entry.origin.contested:
            continue
        found.add(entry.origin.contested)
        for who in _people(entry):
            members = groups.members.get(groups.called(who.name), ())
            found |= {roster.people[at].number or roster.people[at].key for at in members}
    return found - {""}


def _names_of_nobody(
    claims: Mapping[str, Sequence[_Claim]], expected: Mapping[str, tuple[str, Submitter]]
) -> set[str]:
    """How the names are written that stand on submissions of nobody on the roster."""
    return {
        spelling
        for person, theirs in claims.items()
        if person not in expected
        for claim in theirs
        if claim.entry.state == "present"
        for spelling in spellings(claim.who.name)
    }


def _submissions(claims: Sequence[_Claim]) -> tuple[str, ...]:
    """What is or was stored of these, under each name that it had."""
    ids = [claim.entry.id for claim in claims]
    ids += [name for claim in claims for name in claim.entry.formerly]
    return tuple(dict.fromkeys(ids))


def _without(names: Sequence[str], own: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name != own)


def _of(evidence: Evidence, name: str, who: Submitter) -> Evidence:
    """The evidence of a group's submission as that of one of its submitters."""
    submission = evidence.submission
    origin = submission.origin.model_copy(update={"submitters": (who,)})
    told = {"id": name, "name": who.name or name, "number": who.number, "origin": origin}
    return evidence.model_copy(update={"submission": submission.model_copy(update=told)})


def _claims(run: Run) -> dict[str, list[_Claim]]:
    """What each student submitted, or did, by what is the same for all of it."""
    same = _known_by_number(run)
    taken = {entry.id.casefold() for entry in run.submissions}
    found: defaultdict[str, list[_Claim]] = defaultdict(list)
    for entry in run.submissions:
        for place, who in enumerate(_people(entry)):
            told = entry.origin.person(who)
            person = same.get(told, told) or f"id:{entry.id}/{place}"
            if any(claim.entry is entry for claim in found[person]):
                continue
            name = entry.id if place == 0 else unique(_wish(who, entry.origin.platform), taken)
            taken.add(name.casefold())
            found[person].append(_Claim(entry, who, name))
    return found


def _people(entry: SubmissionEntry) -> tuple[Submitter, ...]:
    first, *more = entry.origin.submitters or (Submitter(number=entry.number),)
    return (first.model_copy(update={"name": first.name or entry.name}), *more)


def _known_by_number(run: Run) -> dict[str, str]:
    """A platform's key of a person -> the number, where something of the run has both."""
    both = [(entry.origin.platform, who) for entry in run.submissions for who in _people(entry)]
    if run.roster is not None:
        both += [(run.roster.platform, who) for who in run.roster.people]
    return {
        f"{platform}:{who.key}": f"number:{who.number}"
        for platform, who in both
        if platform and who.key and who.number
    }


def _wish(who: Submitter, platform: str) -> str:
    """What a row is called where no submission gives it a name."""
    told = "_".join(part for part in (who.number, who.name) if part)
    return safe_id(told or f"{platform}_{who.key}")


def _expected(run: Run, claims: Mapping[str, Sequence[_Claim]]) -> dict[str, tuple[str, Submitter]]:
    """The roster's students: what is the same for all that each submits -> the id of the row of
    who submitted nothing, which is that of what was withdrawn, and who it is.
    """
    if run.roster is None:
        return {}
    platform = run.roster.platform
    taken = {claim.id.casefold() for theirs in claims.values() for claim in theirs}
    rows: dict[str, tuple[str, Submitter]] = {}
    for who in run.roster.people:
        key = f"{platform}:{who.key}" if platform and who.key else ""
        person = f"number:{who.number}" if who.number else key
        if not person or person in rows:
            continue
        wish = _wish(who, platform)
        own = [claim.id for claim in claims.get(person, ())]
        name = own[-1] if own else unique(wish, taken)
        taken.add(name.casefold())
        rows[person] = (name, who)
    return rows


def _counting(
    present: Sequence[_Claim], run: Run, store: Store, overrides: Sequence[Override]
) -> _Claim:
    """The submission that counts: by its time where the platform tells it, else by its id."""
    if len(present) == 1:
        return present[0]
    known = list(_read(present, store))
    if not known:
        return present[0]
    known.sort(key=lambda pair: _when(pair[1], pair[0].entry.id))
    rule, classes = run.assignment.policy.attempts, len(run.assignment.classes)
    if rule == "first":
        return known[0][0]
    if rule == "best":
        scores = [
            grade(evidence, run.assignment.policy, classes, overrides, asked=run.asked).score
            for _, evidence in known
        ]
        best = max(range(len(known)), key=lambda n: (scores[n] is not None, scores[n] or 0, n))
        return known[best][0]
    return known[-1][0]


def _when(evidence: Evidence, submission: str) -> tuple[str, object]:
    """When something was submitted, to sort by: as the platform tells, else by its id."""
    return evidence.submission.origin.time, natural(submission)


def _read(claims: Sequence[_Claim], store: Store) -> Iterator[tuple[_Claim, Evidence]]:
    """Those that are examined, with their evidence as it is about this student."""
    for claim in claims:
        evidence = store.read(claim.entry.id)
        if evidence is not None:
            yield claim, _of(evidence, claim.id, claim.who)
