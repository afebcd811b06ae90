"""What happens meanwhile, as server-sent events: who looks where, what was decided, what runs."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from grader.review.desk import Desk
from grader.review.queue import counts
from grader.review.sessions import Person

POLL_SECONDS = 1.0  # seconds between two looks
CLOSING_POLLS = 10  # times in between that a stream sees whether the server ends
MAX_PLACE_CHARS = 300  # characters of where somebody is


class Presence:
    """Who looks at which page, as long as the stream of that page is open."""

    def __init__(self) -> None:
        self._at: dict[str, list[Person]] = defaultdict(list)

    def come(self, page: str, person: Person) -> None:
        """`person` looks at `page`."""
        self._at[page].append(person)

    def go(self, page: str, person: Person) -> None:
        """`person` looks at it no more."""
        self._at[page].remove(person)
        if not self._at[page]:
            del self._at[page]

    def names(self) -> dict[str, list[str]]:
        """The names of those who look at each page."""
        return {
            page: sorted({person.name or "?" for person in people})
            for page, people in self._at.items()
        }


class Closing:
    """Whether the server was asked to end."""

    asked = False


def stream(
    desk: Desk, here: Presence, request: Request, person: Person, closing: Closing
) -> StreamingResponse:
    """The events for one window, until it closes or the server ends."""
    page = request.query_params.get("at", "")[:MAX_PLACE_CHARS]

    async def events() -> AsyncIterator[str]:
        here.come(page, person)
        last = ""
        try:
            yield "retry: 2000\n\n"
            while not closing.asked and not await request.is_disconnected():
                await run_in_threadpool(desk.refresh)
                now = json.dumps(_now(desk, here, page))
                if now != last:
                    last = now
                    yield f"data: {now}\n\n"
                for _ in range(CLOSING_POLLS):
                    if not closing.asked:
                        await anyio.sleep(POLL_SECONDS / CLOSING_POLLS)
        finally:
            here.go(page, person)

    return StreamingResponse(events(), media_type="text/event-stream")


def _now(desk: Desk, here: Presence, page: str) -> dict[str, Any]:
    """What a window is told."""
    rows, running = desk.rows(), desk.running()
    mine = rows.get(page) or next((row for row in rows.values() if row.handle == page), None)
    return {
        "edition": desk.edition,
        "needs": counts(rows.values()),
        "unpublished": desk.unpublished,
        "version": mine.version if mine else "",
        "waits": mine is not None and mine.waits,
        "here": here.names(),
        "running": running._asdict() if running else None,
        "reading": desk.reading(),
    }
