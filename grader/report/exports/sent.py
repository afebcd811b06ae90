"""What was made to be handed back, kept in ``sent/``: one document for each time.

A later sending of the same way tells by it whose page is new, whose differs from the one that was
made before, and whose is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import ValidationError

from grader.evidence.document import Document
from grader.language import Sentence
from grader.readers.notices import notice
from grader.store import write_atomically

News = Literal["new", "changed", "same"]


class SentPage(Document):
    """One student's page."""

    id: str  # of the row
    key: str  # of the evidence
    file: str  # its name on the platform, or of the message
    page: str  # SHA-256 of what it says, so that a mark that a person changed is seen as well
    news: News = "new"  # against what was made before in the same way


class Sending(Document):
    """What was made at one time."""

    way: str  # the export
    time: str  # ISO 8601, UTC
    sent: tuple[SentPage, ...]


class SentPages(NamedTuple):
    """The pages of one way before this time, each student's last one."""

    last: dict[str, SentPage]

    def noted(self, name: str, key: str, file: str, text: str) -> SentPage:
        """What is to be kept of a page that says `text`."""
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        former = self.last.get(name)
        news: News = "new"
        if former is not None:
            news = "same" if (former.key, former.page) == (key, digest) else "changed"
        return SentPage(id=name, key=key, file=file, page=digest, news=news)


def sendings(out: Path, way: str) -> list[Sending]:
    """What was made in a way, the latest last. A document that cannot be read tells nothing."""
    found = []
    for path in sorted((out / "sent").glob(f"*-{way}.json")):
        try:
            sending = Sending.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
        found += [sending] if sending.way == way else []
    return found


def before(out: Path | None, way: str) -> SentPages:
    """What students have by now; nothing where nothing is kept."""
    former = sendings(out, way) if out is not None else []
    return SentPages({page.id: page for sending in former for page in sending.sent})


def keep(out: Path, way: str, pages: Iterable[SentPage]) -> None:
    """Keep what was made now. Raises OSError."""
    now = datetime.now(timezone.utc)
    sending = Sending(way=way, time=now.isoformat(), sent=tuple(pages))
    folder = out / "sent"
    folder.mkdir(exist_ok=True)
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{way}.json"
    write_atomically(path, sending.model_dump_json(indent=1))


def told(out: Path, way: str, rows: Iterable[str]) -> list[Sentence]:
    """What a person should know of the last sending: whom it leaves out of `rows`, and what is new
    in it where there was one before. Nothing of an export that hands nothing back.
    """
    made = sendings(out, way)
    if not made:
        return []
    *former, last = made
    theirs = {news: [p.id for p in last.sent if p.news == news] for news in ("new", "changed")}
    had = {page.id for sending in former for page in sending.sent}
    reached = {page.id for page in last.sent}
    absent = [row for row in rows if row not in reached]
    found = [
        (theirs["new"] if had else [], "new since this was made before: {ids}"),
        (theirs["changed"], "other pages than were made before: {ids}"),
        (absent, "no page for {ids}: no mark yet, not sure whose it is, or no key or address here"),
    ]
    said = [notice(text, ids=ids) for ids, text in found if ids]
    if had and not (theirs["new"] or theirs["changed"]):
        said.insert(0, notice("nothing is new since this was made before"))
    return said
