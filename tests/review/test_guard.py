"""What stands before every page: over all routes and methods, whatever is added later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from grader.review.guard import (
    ALL_STREAMS,
    ASSETS_PATH,
    ENTRY_PATH,
    MAX_BODY_BYTES,
    MAX_STREAMS,
    STREAM_PATH,
    Guard,
)
from tests.review.folder import COOKIE, HOST, Asked, Reviewing, class_of, statuses

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
CHANGING = [method for method in METHODS if method not in ("GET", "HEAD")]


@pytest.fixture(scope="module")
def reviewing(tmp_path_factory: pytest.TempPathFactory) -> Reviewing:
    return Reviewing(class_of(tmp_path_factory.mktemp("guarded")))


@pytest.fixture(scope="module")
def person(reviewing: Reviewing) -> TestClient:
    return reviewing.person("Ann")


def paths(reviewing: Reviewing) -> Iterator[str]:
    """A path of each route, and some of none."""
    assert isinstance(reviewing.app, Guard)
    inner = reviewing.app._app
    assert isinstance(inner, Starlette)
    page = next(iter(reviewing.desk.rows()))
    known = {"page": page, "name": "page.css"}
    found = {
        re.sub(r"{(\w+)(?::\w+)?}", lambda m: known.get(m[1], "0"), route.path)
        for route in inner.routes
        if isinstance(route, Route)
    }
    assert len(found) >= 13
    yield from sorted(found)
    yield from ("/nothing", "/s/../../etc/passwd.html", "//evil.example/", "/s/%2e%2e%2f.html")


def refused(
    reviewing: Reviewing, asked: Sequence[Asked], status: int, client: TestClient | None = None
) -> None:
    """Each of these is answered by `status`, asked by one that is let in otherwise."""
    cookie = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"} if client else {}
    sent = [one._replace(headers={**cookie, **one.headers}) for one in asked]
    given = zip(asked, statuses(reviewing.app, sent), strict=True)
    assert [(one, found) for one, found in given if found != status] == []


def test_a_wrong_host_or_port_is_refused_everywhere(
    reviewing: Reviewing, person: TestClient
) -> None:
    wrong = ("evil.example", "evil.example:8420", "127.0.0.1", "127.0.0.1:8421", "127.0.0.1:8420.",
             "localhost:8420@evil.example", "")  # fmt: skip
    asked = [
        Asked(method, path, {"host": host})
        for path in paths(reviewing)
        for method in METHODS
        for host in wrong
    ]
    refused(reviewing, asked, 421, person)


def test_two_hosts_are_none(person: TestClient) -> None:
    headers = [("host", HOST), ("host", "evil.example"), ("origin", f"http://{HOST}")]
    assert person.get("/", headers=headers).status_code == 421


def test_another_site_is_refused_everywhere(reviewing: Reviewing, person: TestClient) -> None:
    asked = [
        Asked(method, path, {"sec-fetch-site": site})
        for path in paths(reviewing)
        for method in METHODS
        for site in ("cross-site", "same-site", "none ", "nonsense")
    ]
    refused(reviewing, asked, 403, person)


def test_what_changes_something_needs_our_origin_and_json(
    reviewing: Reviewing, person: TestClient
) -> None:
    origins = ("null", "http://evil.example", "http://127.0.0.1:8421", "https://" + HOST, "")
    kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "")
    ways = [(method, path) for path in paths(reviewing) for method in CHANGING]
    asked = [Asked(*way, {"origin": origin}) for way in ways for origin in origins]
    asked += [Asked(*way, {"sec-fetch-site": "none"}) for way in ways]  # typed: changes nothing
    refused(reviewing, asked, 403, person)
    typed = [Asked(*way, {"content-type": kind}) for way in ways for kind in kinds]
    refused(reviewing, typed, 415, person)


def test_without_a_cookie_there_is_only_the_door(reviewing: Reviewing) -> None:
    cookies = ("", f"{COOKIE}=", f"{COOKIE}=guess", f"{COOKIE}=" + "\xe9" * 9, "\\\\;;==")
    inside = [p for p in paths(reviewing) if p != ENTRY_PATH and not p.startswith(ASSETS_PATH)]
    for methods, status in ((("GET", "HEAD"), 303), (CHANGING, 401)):
        asked = [
            Asked(method, path, {"cookie": cookie})
            for path in inside
            for method in methods
            for cookie in cookies
        ]
        refused(reviewing, asked, status)
    answer = reviewing.stranger().get("/")
    assert answer.headers["location"] == ENTRY_PATH and not answer.content
    assert (
        reviewing.stranger().get(STREAM_PATH, headers={"sec-fetch-mode": "cors"}).status_code == 401
    )


def test_the_door_and_our_assets_tell_nothing_of_the_class(reviewing: Reviewing) -> None:
    stranger = reviewing.stranger()
    told = stranger.get(ENTRY_PATH).text
    for name in ("page.css", "page.js", "review.css", "review.js"):
        told += stranger.get(f"{ASSETS_PATH}{name}").text
    for row in reviewing.desk.rows().values():
        assert row.id not in told and row.number not in told
    assert stranger.get(f"{ASSETS_PATH}class.js").status_code == 404
    assert stranger.get(f"{ASSETS_PATH}..%2fbase.html").status_code in (404, 303)


def test_a_code_lets_in_once(reviewing: Reviewing) -> None:
    code = reviewing.sessions.invite()
    first, second = reviewing.stranger(), reviewing.stranger()
    assert len(code) >= 43  # 256 bits
    answer = first.post(ENTRY_PATH, json={"code": code})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie.replace("Strict", "strict")
    assert cookie.startswith(f"{COOKIE}=") and code not in cookie
    assert second.post(ENTRY_PATH, json={"code": code}).status_code == 403
    assert second.post(ENTRY_PATH, json={"code": ""}).status_code == 403
    assert first.get("/").status_code == 200 and second.get("/").status_code == 303


def test_every_answer_tells_browsers_to_run_nothing_but_our_scripts(
    reviewing: Reviewing, person: TestClient
) -> None:
    nonces = set()
    for path in paths(reviewing):
        for method in METHODS:
            if (method, path) == ("GET", STREAM_PATH):
                continue  # never ends; its headers are those of every other one
            headers = person.request(method, path, json={}).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            if "attachment" not in headers.get("content-disposition", ""):
                assert "form-action 'self'" in policy  # or browsers refuse search and order
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in headers
            nonces |= set(re.findall(r"script-src 'nonce-([^']+)'", policy))
    assert len(nonces) > 50  # a new one in each


def test_a_page_has_only_scripts_of_ours(reviewing: Reviewing, person: TestClient) -> None:
    for page in reviewing.desk.rows():
        answer = person.get(f"/s/{page}.html")
        assert answer.status_code == 200
        (nonce,) = re.findall(
            r"script-src 'nonce-([^']+)'", answer.headers["content-security-policy"]
        )
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert len(scripts) == 3
        assert sum(f'nonce="{nonce}"' in script for script in scripts) == 2
        assert sum("application/json" in script for script in scripts) == 1
        assert not re.search(r"<[^>]+\son\w+\s*=", answer.text)


def test_large_bodies_are_refused_before_they_are_read(
    reviewing: Reviewing, person: TestClient
) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(MAX_BODY_BYTES // 1024 * 4):
            read += 1024
            yield b" " * 1024

    headers = {"content-type": "application/json"}
    assert (
        person.post("/decide", content=b" " * (MAX_BODY_BYTES + 1), headers=headers).status_code
        == 413
    )
    assert person.post("/decide", content=endless(), headers=headers).status_code == 413


def test_nobody_holds_more_streams_than_allowed(reviewing: Reviewing) -> None:
    client = reviewing.person("Bob")
    token = client.cookies[COOKIE]
    person = reviewing.sessions.person(token)
    assert person is not None and isinstance(reviewing.app, Guard)
    person.open = MAX_STREAMS
    assert client.get(STREAM_PATH).status_code == 503
    person.open, reviewing.app._streams = 0, ALL_STREAMS
    assert client.get(STREAM_PATH).status_code == 503
    reviewing.app._streams = 0


def test_a_path_of_a_request_never_reaches_the_file_system(
    reviewing: Reviewing, person: TestClient, tmp_path: Path
) -> None:
    for name in ("..%2f..%2frun", "%2e%2e", "run", "../evidence/x", "%00", "a" * 5_000):
        assert person.get(f"/s/{name}.html").status_code == 404, name


def test_a_websocket_is_closed(reviewing: Reviewing, person: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), person.websocket_connect("/events"):
        pass
