"""What was made to be handed back, kept in ``sent/``: one document for each time.

A later sending of the same way tells by it whose page is new, whose differs from the one that was
made before, and whose is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from pydantic import ValidationError

from grader.evidence.document import Document
from grader.language import Sentence
from grader.readers.notices import notice
from grader.store import write_atomically

News = Literal["new", "changed", "same"]
Unreached = Literal["unmarked", "contested", "unknown", "address"]  # why somebody gets no page


class SentPage(Document):
    """One student's page."""

    who: str  # the student, whichever submission counts
    id: str  # of the row
    key: str  # of the evidence
    file: str  # its name in the zip
    page: str  # SHA-256 of what it shows, in whatever language: a person's decision is seen as well
    news: News  # against what was made before in the same way


class Sending(Document):
    """What was made at one time."""

    way: str  # the export
    time: str  # ISO 8601, UTC
    sent: tuple[SentPage, ...]


class MadePages(NamedTuple):
    """What was made now."""

    pages: Sequence[SentPage]
    shared: Sequence[str]  # ids of who get none, as they have an addressee in common
    again: bool  # whether something was made before
    unreached: Mapping[str, Unreached] = MappingProxyType({})  # ids of who else gets none -> why

    def told(self, rows: Collection[str]) -> list[Sentence]:
        """What a person should know: who of `rows` has no page and why, and what is new where there
        was a sending before.
        """
        new = [page.id for page in self.pages if page.news == "new"]
        changed = [page.id for page in self.pages if page.news == "changed"]
        without = {
            why: [row for row in rows if self.unreached.get(row) == why]
            for why in get_args(Unreached)
        }
        found = [
            (new if self.again else [], "new since this was made before: {ids}"),
            (changed, "other pages than were made before: {ids}"),
            (without["unmarked"], "no page for {ids}: no mark yet"),
            (without["contested"], "no page for {ids}: not sure whose it is"),
            (without["unknown"], "no page for {ids}: no key or address of theirs is known here"),
        ]
        said = [notice(text, ids=ids) for ids, text in found if ids]
        if without["address"]:
            said.append(no_address(without["address"]))
        if self.shared:
            said.append(in_common(self.shared))
        if self.again and not (new or changed):
            said.insert(0, notice("nothing is new since this was made before"))
        return said


class SentPages(NamedTuple):
    """The pages of one way before this time, each student's last one."""

    last: dict[str, SentPage]

    def noted(self, who: str, name: str, key: str, file: str, shows: str) -> SentPage:
        """What is to be kept of a page that shows `shows`."""
        digest = hashlib.sha256(shows.encode("utf-8", "replace")).hexdigest()
        former = self.last.get(who)
        news: News = "new"
        if former is not None:
            news = "same" if (former.key, former.page) == (key, digest) else "changed"
        return SentPage(who=who, id=name, key=key, file=file, page=digest, news=news)

    def made(
        self,
        out: Path | None,
        way: str,
        pages: Sequence[SentPage],
        shared: Sequence[str],
        unreached: Mapping[str, Unreached],
    ) -> MadePages:
        """Keep what was made now, where there is a folder for it. Raises OSError."""
        if out is not None:
            now = datetime.now(timezone.utc)
            sending = Sending(way=way, time=now.isoformat(), sent=tuple(pages))
            folder = out / "sent"
            folder.mkdir(exist_ok=True)
            path = folder / f"{now:%Y%m%dT%H%M%S%f}-{way}.json"
            write_atomically(path, sending.model_dump_json(indent=1))
        return MadePages(pages, shared, bool(self.last), unreached)


def before(out: Path | None, way: str) -> SentPages:
    """What students have by now; nothing where nothing is kept. A document that cannot be read
    tells nothing.
    """
    last: dict[str, SentPage] = {}
    for path in sorted((out / "sent").glob(f"*-{way}.json")) if out is not None else ():
        try:
            sending = Sending.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        if sending.way == way:
            last |= {page.who: page for page in sending.sent}
    return SentPages(last)


def in_common(ids: Sequence[str]) -> Sentence:
    """Why several students get no page."""
    return notice(
        "no page for {ids}: others have the same key or address, and would get theirs. Put it "
        "right in the --roster, and grade again.",
        ids=ids,
    )


def no_address(ids: Sequence[str]) -> Sentence:
    """Why students get no mail, though an address is known."""
    return notice(
        "no page for {ids}: what stands as their address cannot be taken for one as it is. "
        "Expected letters, digits and . _ + - ' before the @, and the name of a domain behind it. "
        "Put it right in the --roster, and grade again.",
        ids=ids,
    )
