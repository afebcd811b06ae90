"""The queue: rows in an order, through filters; the next one that needs a person."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from grader.intake.submissions import natural
from grader.review.desk import QueueRow
from grader.review.needs import NEEDS
from grader.review.sessions import MAX_NAME_CHARS

ORDERS = ("need", "id", "blind")  # blind: shuffled, without names
NEED_RANK = {need: place for place, need in enumerate(NEEDS)}
ON_A_PAGE = 100


@dataclass(frozen=True)
class QueueView:
    """What of the queue is looked at, as the address of a page says it."""

    need: str = ""  # a key of NEEDS, "any" for whatever needs a person, "late", "" for all
    order: str = "need"
    words: str = ""  # parts of a name, number or code of a finding
    share: str = ""  # "2/3": the second of three shares; or whom rows were given to; "" for all
    start: int = 0

    @classmethod
    def of(cls, asked: dict[str, str]) -> QueueView:
        """The view that the words of an address ask for; nonsense asks for nothing."""
        need, order = asked.get("need", "any"), asked.get("order", "need")
        start = asked.get("start", "0")
        return cls(
            need=need if need in (*NEEDS, "any", "all", "late") else "any",
            order=order if order in ORDERS else "need",
            words=asked.get("words", "")[:100],
            share=" ".join(asked.get("share", "").split())[:MAX_NAME_CHARS],
            start=int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0,
        )

    def address(self, **changes: object) -> str:
        """The words of an address for this view, with some of them changed."""
        told = {**vars(self), "start": 0, **changes}
        usual = {**vars(QueueView(need="any")), "was": ""}
        return urlencode({name: value for name, value in told.items() if value != usual[name]})

    @property
    def blind(self) -> bool:
        """Whether names are kept from who marks."""
        return self.order == "blind"

    def share_is_known(self, team: Collection[str]) -> bool:
        """Whether there can be such a share: a part such as "1/2", or one of the `team`."""
        known = {name.casefold() for name in team}
        return not self.share or bool(_share(self.share)) or self.share.casefold() in known


def arranged(rows: Iterable[QueueRow], view: QueueView, seed: str) -> list[QueueRow]:
    """The rows of the view, in its order. `seed` decides how rows are shuffled and shared."""
    found = [row for row in rows if _shown(row, view, seed)]
    return sorted(found, key=lambda row: _place(row, view, seed))


def _place(row: QueueRow, view: QueueView, seed: str) -> tuple[object, ...]:
    """What rows of the view are sorted by."""
    if view.blind:
        return (_shuffled(row, seed),)
    named = _named(row.id)
    return (_urgency(row), named) if view.order == "need" else (named,)


@lru_cache(maxsize=20_000)  # a page sorts the whole class, and ids stay
def _named(name: str) -> object:
    return natural(name)


class QueuePlace(NamedTuple):
    """Where somebody stands in the queue, whether what stands there is in the view or not."""

    row: QueueRow | None  # that was looked at; None for the start
    was: str  # the need by which it stood there, before it was decided

    def parted(
        self, rows: Sequence[QueueRow], view: QueueView, seed: str
    ) -> tuple[list[QueueRow], list[QueueRow]]:
        """The `rows`, which are in order, before the place and after it."""
        if self.row is None:
            return [], list(rows)
        last = self.row._replace(needs=(self.was,)) if self.was in NEEDS else self.row
        others = [row for row in rows if row.id != last.id]
        place = _place(last, view, seed)
        at = bisect_left(others, place, key=lambda row: _place(row, view, seed))
        return others[:at], others[at:]


def neighbour(
    rows: Sequence[QueueRow], at: QueuePlace, step: int, view: QueueView, seed: str
) -> QueueRow | None:
    """The one of `rows` after the place (`step` 1) or before it (-1), around the ends; None where
    there is no other.
    """
    before, after = at.parted(rows, view, seed)
    around = [*after, *before]
    return around[0 if step > 0 else -1] if around else None


def next_undecided(
    rows: Sequence[QueueRow], at: QueuePlace, view: QueueView, seed: str
) -> QueueRow | None:
    """The next of `rows` after the place that needs a person, from the start again after the end;
    None where there is no other.
    """
    return neighbour([row for row in rows if row.needs], at, 1, view, seed)


def counts(rows: Iterable[QueueRow]) -> Counter[str]:
    """How many rows need a person, by what for; "any" for all of them. How many are late."""
    found: Counter[str] = Counter()
    for (needs, late), times in Counter((row.needs, row.late) for row in rows).items():
        for need in (*needs, "all", *(["any"] if needs else []), *(["late"] if late else [])):
            found[need] += times
    return found


def _urgency(row: QueueRow) -> int:
    return NEED_RANK[row.needs[0]] if row.needs else len(NEED_RANK)


def _shuffled(row: QueueRow, seed: str) -> bytes:
    return hashlib.sha256(f"{seed}\0{row.id}".encode()).digest()


def _share(text: str) -> tuple[int, int] | None:
    """Which of how many shares; None for nonsense."""
    one, _, many = text.partition("/")
    if not (one.isascii() and one.isdigit() and many.isascii() and many.isdigit()):
        return None
    if len(text) > 9 or not 1 <= int(one) <= int(many):
        return None
    return int(one), int(many)


def _in_share(row: QueueRow, share: str, seed: str) -> bool:
    """Whether a row is of the share: what was given by hand is of nobody else's, the rest is shared
    by hash among those who say "1/3", "2/3" and so on.
    """
    if not share:
        return True
    parts = _share(share)
    if parts is None:
        return row.given.casefold() == share.casefold()
    number = int.from_bytes(_shuffled(row, f"share {seed}")[:6], "big")
    return not row.given and number % parts[1] == parts[0] - 1


def _shown(row: QueueRow, view: QueueView, seed: str) -> bool:
    if view.need == "any" and not row.needs:
        return False
    if view.need == "late" and not row.late:
        return False
    if view.need in NEEDS and view.need not in row.needs:
        return False
    if not _in_share(row, view.share, seed):
        return False
    if not view.words:
        return True
    told = f"{'' if view.blind else f'{row.id} {row.name} {row.number}'} {' '.join(row.codes)}"
    return all(word in told.casefold() for word in view.words.casefold().split())
