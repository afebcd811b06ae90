"""An output folder with a made-up class in it, and the application over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from anyio.from_thread import BlockingPortal
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from grader.cli import output_folder, publishing
from grader.cli.desk import ClassDesk
from grader.evidence import Evidence
from grader.review.app import application
from grader.review.sessions import Sessions
from grader.runs import HiddenImages, RunFolder
from grader.store import Store
from tests.report import make

HOST = "127.0.0.1:8420"
COOKIE = "grade_review_test"
PORTALS: list[BlockingPortal] = []


def stored(out: Path, evidence: Sequence[Evidence]) -> Path:
    """The folder `out` with the evidence in it, published."""
    store = Store(out)
    for number, each in enumerate(evidence):
        store.write(each, make.log(number).encode("utf-8", "replace").decode())
    hidden = HiddenImages(place=str(out / "images"), digest="made up")
    run = output_folder.document(make.assignment(), (), hidden, None)
    run = output_folder.with_former_results(run, store)
    RunFolder(out).write(publishing.draft(run, store, (), "grade").run)  # no pages: they take long
    return out


def class_of(out: Path, count: int = 12) -> Path:
    """A made-up class of `count`, some of them hostile."""
    return stored(out, [make.one(n, hostile=n % 9 == 5) for n in range(count)])


class Reviewing:
    """An application over `out`, and clients that came in by the door."""

    def __init__(self, out: Path) -> None:
        self.desk = ClassDesk(out, "en")
        self.sessions = Sessions()
        self.app: ASGIApp = application(self.desk, self.sessions, [HOST], COOKIE)

    def stranger(self) -> TestClient:
        """A client that nobody let in."""
        client = TestClient(
            self.app,
            base_url=f"http://{HOST}",
            headers={"origin": f"http://{HOST}"},
            follow_redirects=False,
        )
        client.portal = PORTALS[-1]  # one event loop for all, which is much quicker
        return client

    def person(self, name: str) -> TestClient:
        """A client that came in and signed."""
        client = self.stranger()
        code = self.sessions.invite()
        assert client.post("/enter", json={"code": code, "name": name}).status_code == 200
        return client


def statuses(app: ASGIApp, asked: Sequence[Asked]) -> list[int]:
    """What the application answers to each, without a client: there are thousands."""

    async def all_of_them() -> list[int]:
        return [await _status(app, one) for one in asked]

    return PORTALS[-1].call(all_of_them)


class Asked(NamedTuple):
    """A request: headers over those that a browser of ours sends."""

    method: str
    path: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b"{}"


async def _status(app: ASGIApp, asked: Asked) -> int:
    headers = {"host": HOST, "origin": f"http://{HOST}", "content-type": "application/json"}
    headers.update(asked.headers)
    found: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    scope = {
        "type": "http", "method": asked.method, "path": asked.path, "query_string": b"",
        "raw_path": asked.path.encode(), "http_version": "1.1", "scheme": "http", "root_path": "",
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8420),
    }  # fmt: skip
    await app(scope, receive, send)
    return found[0]
