"""What stands before every page and every change: one middleware around the whole application.

In this order, each by itself enough to refuse:

1. ``Host`` is one of the addresses that the server was started for, port included. A page elsewhere
   whose name is made to point to this machine (DNS rebinding) is betrayed by nothing else.
2. No other site asks: ``Sec-Fetch-Site``, and where something changes ``Origin``.
3. What changes something is JSON of a bounded size, whole within seconds.
4. A session's cookie, but for the door itself.

What goes out tells browsers to run our own scripts only, and to show it nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.review.sessions import Sessions

READING = frozenset({"GET", "HEAD"})
MAX_BODY_BYTES = 256 * 1024  # bytes of a request: a selection of a whole class is below it
BODY_SECONDS = 10.0  # that a request's body may take to come
MAX_STREAMS = 8  # that one session may hold open
ALL_STREAMS = 200
STREAM_PATH = "/events"
ENTRY_PATH = "/enter"  # the door: a page without a word of the class, and the exchange of a code
ASSETS_PATH = "/assets/"  # our own styles and scripts, without a word of the class
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ATTACHED = "sandbox; default-src 'none'; frame-ancestors 'none'"  # files of submissions


class Guard:
    """The application behind the checks above. `cookie` names the session's cookie, `hosts` are
    the values of ``Host`` that are ours.
    """

    def __init__(
        self, app: ASGIApp, sessions: Sessions, hosts: Collection[str], cookie: str
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._cookie = cookie
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand over with ``state.person`` and ``state.nonce``."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        nonce = secrets.token_urlsafe(16)
        guarded = _guarded(send, nonce)
        refused = self._refused(scope)
        if refused is None and scope["method"] not in READING:
            try:
                receive = await _whole(receive)
            except (ValueError, TimeoutError):
                refused = _no(413, "the request is too large, or came too slowly")
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        scope["state"] = {
            **scope.get("state", {}),
            "nonce": nonce,
            "person": self._sessions.person(self._token(Headers(scope=scope))),
        }
        if scope["path"] == STREAM_PATH:
            await self._stream(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope) -> Response | None:
        """The answer to a request that is not let in."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or named[0].lower() not in self._hosts:
            return _no(421, "this address is not one that the review was started for")
        path, changes = scope["path"], scope["method"] not in READING
        site = headers.get("sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            return _no(403, "another site asked")
        if changes:
            origin = headers.get("origin", "")
            if origin.lower() not in {f"http://{host}" for host in self._hosts} or site == "none":
                return _no(403, "another site asked")
            if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return _no(415, "JSON is expected")
            if (
                int(
                    size
                    if (size := headers.get("content-length", "0")).isdigit()
                    else MAX_BODY_BYTES
                )
                > MAX_BODY_BYTES
            ):
                return _no(413, "the request is too large")
        if path == ENTRY_PATH or path.startswith(ASSETS_PATH):
            return None
        if self._sessions.person(self._token(headers)) is None:
            if not changes and headers.get("sec-fetch-mode", "navigate") == "navigate":
                return Response(status_code=303, headers={"location": ENTRY_PATH})
            return _no(401, "open the link that grade review printed")
        return None

    def _token(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return morsel.value if morsel is not None else ""

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A response that stays open: so many, and no more."""
        person = scope["state"]["person"]
        if self._streams >= ALL_STREAMS or person.open >= MAX_STREAMS:
            await _no(503, "too many windows are open")(scope, receive, send)
            return
        self._streams += 1
        person.open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._streams -= 1
            person.open -= 1


def _no(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)


async def _whole(receive: Receive) -> Receive:
    """The request's body, read; then what comes after it. Raises ValueError, TimeoutError."""
    body = b""
    with anyio.fail_after(BODY_SECONDS):
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_BODY_BYTES:
                raise ValueError("too large")
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _guarded(send: Send, nonce: str) -> Send:
    """`send` with the headers that each answer has, whoever made it."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            attached = headers.get("content-disposition", "").startswith("attachment")
            headers["content-security-policy"] = (
                ATTACHED if attached else POLICY.format(nonce=nonce)
            )
        await send(message)

    return guarded
