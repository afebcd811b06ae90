"""The application: routes, and what each asks of the desk."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Collection, Sequence
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from grader.language import Sentence
from grader.report import files, scripts
from grader.report.text import file_name
from grader.review.desk import ConflictError, DecisionRequest, Desk, QueueRow, RefusedError, RowView
from grader.review.events import Closing, Presence, stream
from grader.review.guard import ASSETS_PATH, ENTRY_PATH, STREAM_PATH, Guard
from grader.review.needs import NEEDS
from grader.review.pages import ReviewPages, decision_words
from grader.review.queue import QueuePlace, QueueView, arranged, neighbour, next_undecided
from grader.review.sessions import Person, Sessions, signed

STYLES = ("page.css", "review.css")
SCRIPTS = ("page", "review")
MAX_DECISIONS = 20_000  # decisions at once
T = TypeVar("T", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Response]]


class EntryForm(BaseModel):
    """What the door is given."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(max_length=100)
    name: str = Field("", max_length=200)


class SigningForm(BaseModel):
    """How a person signs."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200)


class DecisionForm(BaseModel):
    """Decisions that are to be recorded together."""

    model_config = ConfigDict(extra="forbid")
    wants: list[DecisionRequest] = Field(min_length=1, max_length=MAX_DECISIONS)


class RowsForm(BaseModel):
    """Rows of which something is noted."""

    model_config = ConfigDict(extra="forbid")
    pages: list[str] = Field(min_length=1, max_length=MAX_DECISIONS)
    to: str = Field("", max_length=200)


class Review:
    """The pages and what they ask for."""

    def __init__(self, desk: Desk, sessions: Sessions, cookie: str, closing: Closing) -> None:
        self._desk, self._sessions, self._cookie = desk, sessions, cookie
        self._pages, self._made_for = ReviewPages(desk.context), desk.context
        self._publishing, self._reading = threading.Lock(), threading.Lock()
        self._here, self._closing = Presence(), closing
        assets = files.templates() / "assets"
        self._assets = {name: ((assets / name).read_bytes(), "text/css") for name in STYLES}
        for name in SCRIPTS:
            self._assets[f"{name}.js"] = scripts.script(name).encode(), "text/javascript"

    def routes(self) -> list[Route]:
        """All that can be asked for."""
        return [
            Route(ENTRY_PATH, self._door, methods=["GET"]),
            Route(ENTRY_PATH, self._enter, methods=["POST"]),
            Route(f"{ASSETS_PATH}{{name}}", self._asset, methods=["GET"]),
            Route("/", self._queue, methods=["GET"]),
            Route("/next", self._next, methods=["GET"]),
            Route("/s/{page}.html", self._submission, methods=["GET"]),
            Route("/p/{page}", self._papers, methods=["GET"]),
            Route("/f/{page}/{number:int}", self._file, methods=["GET"]),
            Route(STREAM_PATH, self._events, methods=["GET"]),
            Route("/sign", self._sign, methods=["POST"]),
            Route("/invite", self._invite, methods=["POST"]),
            Route("/decide", self._decide, methods=["POST"]),
            Route("/preview", self._preview, methods=["POST"]),
            Route("/publish", self._publish, methods=["POST"]),
            Route("/changes", self._changes, methods=["GET"]),
            Route("/give", self._give, methods=["POST"]),
            Route("/again", self._again, methods=["POST"]),
        ]

    # --- coming in ----------------------------------------------------------------------

    async def _door(self, request: Request) -> Response:
        return HTMLResponse(self._fresh().enter(request.state.nonce))

    async def _enter(self, request: Request) -> Response:
        asked = await _body(request, EntryForm)
        token = self._sessions.enter(asked.code, asked.name)
        if token is None:
            return JSONResponse({"error": "bad-code"}, status_code=HTTPStatus.FORBIDDEN)
        answer = JSONResponse({})
        answer.set_cookie(self._cookie, token, httponly=True, samesite="strict", path="/")
        return answer

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._assets:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        data, kind = self._assets[name]
        return Response(data, media_type=kind)

    async def _sign(self, request: Request) -> Response:
        name = signed((await _body(request, SigningForm)).name)
        if not name:
            return _refusal(RefusedError(Sentence("a name needs a letter or a digit")))
        _person(request).name = name
        return JSONResponse({"name": name})

    async def _invite(self, request: Request) -> Response:
        await _json(request)
        return JSONResponse({"code": self._sessions.invite()})

    # --- looking ------------------------------------------------------------------------

    async def _queue(self, request: Request) -> Response:
        await run_in_threadpool(self._desk.refresh)
        view, person = QueueView.of(dict(request.query_params)), _person(request)
        every = list(self._desk.rows().values())
        rows = arranged(every, view, self._seed)
        page = self._fresh().queue(
            request.state.nonce, view, rows, every, reasons=self._desk.reasons()[:50],
            person=person.name, unpublished=self._desk.unpublished,
            running=self._desk.running(), edition=self._desk.edition,
            reading=self._desk.reading(),
        )  # fmt: skip
        return HTMLResponse(page)

    async def _changes(self, request: Request) -> Response:
        """What changed from one publication to another, or up to now."""
        await run_in_threadpool(self._desk.refresh)
        asked = request.query_params
        before, after = _number(asked.get("before")), _number(asked.get("after"))
        try:
            found = await run_in_threadpool(self._desk.changes, before, after)
        except RefusedError as refused:
            return _refusal(refused)
        page = self._fresh().page(
            "changes", request.state.nonce, found=found, person=_person(request).name,
            unpublished=self._desk.unpublished, edition=self._desk.edition,
        )  # fmt: skip
        return HTMLResponse(page)

    async def _next(self, request: Request) -> Response:
        """The next row of the view that needs a person; with ``step``, the one beside."""
        asked = dict(request.query_params)
        view, step = QueueView.of(asked), {"1": 1, "-1": -1}.get(asked.get("step", ""))
        every = self._desk.rows()
        rows, last = arranged(every.values(), view, self._seed), asked.get("after", "")
        now = next((row for row in every.values() if last in (row.page, row.handle)), None)
        at = QueuePlace(now, asked.get("was", ""))
        if step is None:
            found = next_undecided(rows, at, view, self._seed)
        else:
            found = neighbour(rows, at, step, view, self._seed)
        if found is None:  # which is said there: of the view, or that this one alone is left
            found = now if now in rows else None
            place = self._place(found, view) if found else f"/?{view.address()}"
            return RedirectResponse(f"{place}&ended=1", status_code=HTTPStatus.SEE_OTHER)
        return RedirectResponse(self._place(found, view), status_code=HTTPStatus.SEE_OTHER)

    @staticmethod
    def _place(row: QueueRow, view: QueueView) -> str:
        """Where the page of a row is, with the view that it is looked at in."""
        name = quote(row.handle if view.blind else row.page)
        return f"/s/{name}.html?{view.address(was=(*row.needs, '')[0])}"

    async def _submission(self, request: Request) -> Response:
        await run_in_threadpool(self._desk.refresh)
        look = await self._look(request)
        view, person = QueueView.of(dict(request.query_params)), _person(request)
        nonce, reasons = request.state.nonce, self._desk.reasons()
        was = request.query_params.get("was", "")
        was = was if was in NEEDS else (*look.row.needs, "")[0]

        def render() -> str:
            return self._fresh().submission(
                nonce, view, look, reasons, was=was,
                person=person.name, unpublished=self._desk.unpublished,
                edition=self._desk.edition, running=self._desk.running(),
            )  # fmt: skip

        return HTMLResponse(await run_in_threadpool(render))

    async def _papers(self, request: Request) -> Response:
        """The lab reports of a submission, as a part of its page."""
        look = await self._look(request)
        nonce, fresh = request.state.nonce, self._fresh()

        def render() -> str:
            with self._reading:  # one at a time: reading takes processes and memory
                papers, names = self._desk.papers(look.row.page)
            gone = papers is None and look.result.evidence.submission.digest != ""
            values = {"papers": papers or [], "files": names, "gone": gone}
            return fresh.page("papers", nonce, page=look.row.page, **values)

        return HTMLResponse(await run_in_threadpool(render))

    async def _file(self, request: Request) -> Response:
        """A file of a submission as it was submitted, to be kept and not shown."""
        look, number = await self._look(request), request.path_params["number"]

        def read() -> tuple[str, bytes] | None:
            with self._reading:
                return self._desk.file(look.row.page, number)

        found = await run_in_threadpool(read)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        name, data = found
        told = f"attachment; filename*=UTF-8''{quote(file_name(name), safe='')}"
        headers = {"content-disposition": told}
        return Response(data, media_type="application/octet-stream", headers=headers)

    async def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return stream(self._desk, self._here, request, _person(request), self._closing)

    async def _look(self, request: Request) -> RowView:
        look = await run_in_threadpool(self._desk.look, request.path_params["page"])
        if look is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return look

    # --- deciding -----------------------------------------------------------------------

    async def _decide(self, request: Request) -> Response:
        wanted = (await _body(request, DecisionForm)).wants
        before = {row.id: row.score for row in self._desk.rows().values()}
        return await self._answered(
            request,
            lambda author: [
                {**_told(row, wanted), "before": before.get(row.id)}
                for row in self._desk.decide(wanted, author)
            ],
            wanted,
        )

    async def _preview(self, request: Request) -> Response:
        wanted = (await _body(request, DecisionForm)).wants
        return await self._answered(
            request,
            lambda author: [
                {**_told(effect.row, wanted), "before": effect.row.score, "score": effect.after}
                for effect in self._desk.effects(wanted, author)
            ],
            wanted,
        )

    async def _give(self, request: Request) -> Response:
        """Rows are given to one of the team, or back to everybody."""
        asked = await _body(request, RowsForm)

        def give(author: str) -> list[dict[str, object]]:
            self._desk.give(asked.pages, signed(asked.to), author)
            return []

        return await self._answered(request, give)

    async def _again(self, request: Request) -> Response:
        """Submissions are to be examined again: it is noted, and a grader does it."""
        pages = (await _body(request, RowsForm)).pages

        def note(author: str) -> list[dict[str, object]]:
            self._desk.examine_again(pages, author)
            return []

        return await self._answered(request, note)

    async def _answered(
        self,
        request: Request,
        act: Callable[[str], Sequence[dict[str, object]]],
        wanted: Sequence[DecisionRequest] = (),
    ) -> Response:
        """What came of a wish; a conflict shows what others decided, and nothing was recorded."""
        author = _person(request).name
        if not author:
            return JSONResponse({"error": "sign"}, status_code=HTTPStatus.FORBIDDEN)
        try:
            rows = await run_in_threadpool(act, author)
        except ConflictError as conflict:
            told = [
                {
                    **_told(row, wanted),
                    "theirs": [decision_words(each) for each in conflict.theirs[row.page]],
                }
                for row in conflict.rows
            ]
            return JSONResponse({"conflicts": told}, status_code=HTTPStatus.CONFLICT)
        except RefusedError as refused:
            return _refusal(refused)
        return JSONResponse({"rows": rows, "unpublished": self._desk.unpublished})

    async def _publish(self, request: Request) -> Response:
        await _json(request)

        def publish() -> None:
            with self._publishing:
                self._desk.publish()

        try:
            await run_in_threadpool(publish)
        except RefusedError as refused:
            return _refusal(refused)
        return JSONResponse({"unpublished": self._desk.unpublished})

    @property
    def _seed(self) -> str:
        return self._desk.context.run

    def _fresh(self) -> ReviewPages:
        """The templates with what the run is now."""
        if self._desk.context is not self._made_for:
            self._made_for = self._desk.context
            self._pages = ReviewPages(self._made_for)
        return self._pages


def application(
    desk: Desk,
    sessions: Sessions,
    hosts: Collection[str],
    cookie: str,
    closing: Closing | None = None,
) -> ASGIApp:
    """The guarded application over one class, until `closing` is asked for."""
    inner = Starlette(routes=Review(desk, sessions, cookie, closing or Closing()).routes())
    inner.router.redirect_slashes = False  # no address of ours is made out of what was asked
    return Guard(inner, sessions, hosts, cookie)


def _person(request: Request) -> Person:
    person: Person = request.state.person
    return person


def _told(row: QueueRow, wanted: Sequence[DecisionRequest]) -> dict[str, object]:
    """A row for a page's script: without a name where the page knew it without one."""
    blind = any(want.page == row.handle for want in wanted)
    return {
        "page": row.handle if blind else row.page,
        "name": row.handle if blind else row.name,
        "score": row.score,
        "version": row.version,
        "needs": list(row.needs),
    }


def _number(text: str | None) -> int | None:
    """A publication's number as an address has it; None for nonsense."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def _refusal(refused: RefusedError) -> Response:
    each = [{"page": page, "why": said.in_each()} for page, said in refused.each]
    told = {"refused": refused.said.in_each(), "each": each}
    return JSONResponse(told, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


async def _json(request: Request) -> object:
    try:
        return await request.json()
    except (ValueError, RecursionError):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "JSON is expected") from None


async def _body(request: Request, kind: type[T]) -> T:
    """What was sent, in its form. Raises HTTPException."""
    try:
        return kind.model_validate(await _json(request))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"{where}: {first['msg']}") from None
