"""A Unix socket instead of a port, and a large class that is read while it is looked at."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from grader.cli.desk import ClassDesk
from grader.cli.desk_rows import RowFacts, RowReader
from grader.cli.main import UsageError, main
from grader.cli.review import _unix
from tests import make, submissions
from tests.review.folder import Reviewing, stored
from tests.review.test_deciding import decide, row, waiting, want


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1:8420", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def asked(path: Path, method: str, where: str, body: object = None, **headers: str):  # type: ignore[no-untyped-def]
    connection = OverSocket(path)
    told = {"Origin": "http://127.0.0.1:8420", "Content-Type": "application/json", **headers}
    connection.request(method, where, json.dumps(body) if body is not None else None, told)
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.headers
    connection.close()
    return found


def test_a_socket_in_a_folder_of_ones_own_serves_what_a_port_does(tmp_path: Path) -> None:
    out, place = stored(tmp_path / "out", [waiting(0)]), tmp_path / "own" / "review"
    command = submissions.command("review", out, "--uds", place, "--port", "8420")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=make.ROOT
    )
    assert process.stdout is not None
    try:
        said = ""
        while not (link := re.search(r"http://127.0.0.1:8420/enter#(\S+)", said)):
            line = process.stdout.readline()
            assert line, said
            said += line
        assert place.parent.stat().st_mode & 0o777 == 0o700
        status, _, _ = asked(place, "GET", "/", Host="127.0.0.1:9999")
        assert status == 421
        entered, _, headers = asked(place, "POST", "/enter", {"code": link[1], "name": "Ann"})
        assert entered == 200
        cookie = headers["set-cookie"].partition(";")[0]
        status, page, _ = asked(place, "GET", "/", Cookie=cookie)
        assert status == 200 and b"s0000" in page
        stream = OverSocket(place)  # as a browser holds it open
        stream.request("GET", "/events", headers={"Cookie": cookie})
        told = stream.getresponse()
        assert told.read(4) == b"retr"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().count("\n") == 1  # that Ctrl-C ends it: no more than was said
        assert process.wait() == 0
        assert not place.exists()
        told.close()
        stream.close()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("wrong", ["99999", "-1", "http", "taken", "elsewhere"])
def test_a_port_that_cannot_be_had_is_wrong_usage_and_says_what_to_do(
    wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = stored(tmp_path / "out", [waiting(0)])
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = {"taken": str(other.getsockname()[1]), "elsewhere": "0"}.get(wrong, wrong)
        host = ["--host", "192.0.2.1"] if wrong == "elsewhere" else []
        told = []
        for language in ("en", "zh"):
            assert main(["review", str(out), f"--port={port}", *host, "--lang", language]) == 2
            told.append(capsys.readouterr().err)
    assert port in told[0] and told[0] != told[1]
    assert "xpected" in told[0] or "leave --port out" in told[0]


@pytest.mark.parametrize(("kind", "told"), [("open", "chmod 700"), ("taken", "socket")])
def test_a_socket_that_others_reach_or_that_would_replace_a_file_is_refused(
    kind: str, told: str, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    own.chmod(0o755 if kind == "open" else 0o700)
    if kind == "taken":
        (own / "review").write_text("a thesis")
    with pytest.raises(UsageError, match=told), _unix(own / "review"):
        pass
    assert kind == "open" or (own / "review").read_text() == "a thesis"


def test_a_large_class_is_looked_at_while_it_is_read_and_no_decision_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = stored(tmp_path / "out", [waiting(n) for n in range(4)])
    other = Reviewing(out)
    gates = [threading.Semaphore(0), threading.Semaphore(0)]
    read = threading.Event()

    def slowly(
        begin: Callable[[], RowReader], tasks: Sequence[Sequence[str]], worth: int
    ) -> Iterator[tuple[int, list[RowFacts]]]:
        names = [name for task in tasks for name in task]
        parts = [begin()([name]) for name in names]  # before anything is decided
        read.set()
        for place, part in enumerate(parts):
            if place in (0, 2):
                gates[place // 2].acquire()
            yield part

    monkeypatch.setattr("grader.cli.kept_rows.AT_ONCE", 0)
    monkeypatch.setattr("grader.cli.kept_rows.INDEX_SECONDS", -1)
    monkeypatch.setattr("grader.cli.kept_rows.LOOK_SECONDS", 0)
    monkeypatch.setattr("grader.cli.kept_rows.spread", slowly)
    reviewing = Reviewing(out)
    ann = reviewing.person("Ann")
    assert reviewing.desk.reading() == (0, 4) and not reviewing.desk.rows()
    assert "s0003" not in ann.get("/").text
    assert read.wait(30)
    assert decide(other.person("Bob"), want(row(other, 3))).status_code == 200
    reviewing.desk.refresh()
    gates[0].release()
    wait_for(lambda: len(reviewing.desk.rows()) == 2)
    assert reviewing.desk.reading() == (2, 4)
    assert decide(ann, want(row(reviewing, 0))).status_code == 200
    gates[1].release()
    expected = {"s0000": "Ann", "s0001": "", "s0002": "", "s0003": "Bob"}
    rows = reviewing.desk.rows
    wait_for(lambda: {name: each.decided for name, each in rows().items()} == expected)
    assert reviewing.desk.reading() is None


def wait_for(true: Callable[[], bool]) -> None:
    moment = threading.Event()
    for _ in range(3000):
        if true():
            return
        moment.wait(0.01)
    raise AssertionError("it did not come")


def test_publishing_reads_no_evidence_anew(out_of_two: Path) -> None:
    reviewing = Reviewing(out_of_two)
    desk = reviewing.desk
    before = dict(desk._kept.facts)
    assert reviewing.person("Ann").post("/publish", json={}).status_code == 200
    desk.refresh()
    assert all(desk._kept.facts[name] is facts for name, facts in before.items())
    assert isinstance(desk, ClassDesk) and desk.unpublished == 0


@pytest.fixture
def out_of_two(tmp_path: Path) -> Path:
    return stored(tmp_path / "out", [waiting(n) for n in range(2)])
