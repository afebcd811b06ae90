"""What the engine of a cluster decides without one: who is refused, who fits, how much goes where,
and how submissions travel.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import __version__
from grader.cli import engines
from grader.cli.main import main
from grader.engine import nodes, parcels
from grader.engine.nodes import ExpectedNode, NodeReport
from grader.intake import FileKind as Held
from grader.intake import Student, Submission, SubmissionFile, digest
from tests import make

EXPECTED = ExpectedNode({"torch": "python 3.11.2, torch 2.7.0"}, "strong", "CPU")
FITS = NodeReport(
    host="lab7",
    version=__version__,
    runtimes={"torch": "python 3.11.2, torch 2.7.0", "more": "python 3.9.1"},
    level="strong",
    settings={
        nodes.AUTH_MODE_VARIABLE: "token",
        nodes.MONITOR: "0",
        nodes.SUBREAPER: "",
        nodes.GROUPS: "0",
    },
)


def test_ray_is_imported_only_where_it_is_asked_for() -> None:
    code = "import grader.cli.grading, grader.cli.engines, sys; print('ray' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([str(make.ROOT / "submissions"), "--out", os.devnull, *words]) == 2
    return capsys.readouterr().err


def test_what_is_missing_is_refused_with_its_cure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "only with --engine ray" in refused(capsys, "--address", "auto")
    for variable in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    said = refused(capsys, "--engine", "ray", "--lang", "zh")
    assert "RAY_AUTH_MODE=token" in said and "令牌" in said
    monkeypatch.setenv("RAY_AUTH_MODE", "token")  # and still no token
    assert "ray get-auth-token --generate" in refused(capsys, "--engine", "ray")
    (tmp_path / "token").write_text("f" * 64)
    for address in ("local", "ray://lab1:10001", "lab1", "lab1:6379/x"):
        said = refused(capsys, "--engine", "ray", "--address", address)
        assert "expected auto, or HOST:PORT" in said
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    said = refused(capsys, "--engine", "ray", "--address", f"127.0.0.1:{port}")
    assert "no cluster answers" in said and "ray start --address" in said
    monkeypatch.setattr("ray.__version__", "2.51.2")
    assert "Ray 2.51.2, expected at least 2.60" in refused(capsys, "--engine", "ray")
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    said = refused(capsys, "--engine", "ray")
    assert "pip install 'lab-grader[cluster]'" in said


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "0.0.1"}, "it has grade 0.0.1"),
        ({"runtimes": {}}, "grade runtime add torch"),
        ({"runtimes": {"torch": "python 3.11.2, torch 2.6.0"}}, "torch 2.6.0"),
        ({"level": "basic"}, "its sandbox is basic, expected strong"),
        ({"level": "", "no_level": "no bubblewrap"}, "no sandbox: no bubblewrap"),
        ({"no_device": "no NVIDIA GPU"}, "no NVIDIA GPU"),
        ({"settings": {**FITS.settings, nodes.MONITOR: ""}}, f"{nodes.MONITOR}=0"),
        ({"settings": {**FITS.settings, nodes.SUBREAPER: "true"}}, nodes.SUBREAPER),
        ({"settings": {**FITS.settings, nodes.GROUPS: "1"}}, nodes.GROUPS),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_machine_that_does_not_fit_is_left_out_with_its_reason(
    change: dict[str, object], reason: str
) -> None:
    assert list(nodes.unfit(FITS, EXPECTED)) == []
    (told,) = nodes.unfit(FITS.model_copy(update=change), EXPECTED)
    assert reason in str(told)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told.said_in("zh"))


def test_another_version_is_known_whatever_it_says() -> None:
    text = json.dumps({"version": "9.9", "host": "lab8", "what else": [1]})
    (told,) = nodes.unfit(nodes.read_report(text), EXPECTED)
    assert "it has grade 9.9" in str(told)
    assert nodes.read_report(FITS.model_dump_json()) == FITS
    assert not nodes.without_token(FITS)
    assert nodes.without_token(
        FITS.model_copy(update={"settings": {nodes.AUTH_MODE_VARIABLE: "disabled"}})
    )


def test_this_machine_fits_itself_but_for_what_ray_sets() -> None:
    found = nodes.report(None, "CPU")
    expected = ExpectedNode(found.runtimes, found.level, "CPU")
    told = [str(one) for one in nodes.unfit(found, expected)]
    assert not found.no_level and all("memory monitor" in one for one in told)


@given(st.data())
def test_slots_are_spread_over_machines_and_take_no_more_than_there_is(data: st.DataObject) -> None:
    from grader.engine.cluster import Node
    from grader.engine.ray_engine import room, spread_slots

    kind = data.draw(st.sampled_from(["CPU", "GPU"]))
    sharing, memory = data.draw(st.integers(1, 4)), data.draw(st.integers(64, 4096))
    most = data.draw(st.integers(1, 40))
    machines = [
        Node(f"n{n}", "", {
            "CPU": float(data.draw(st.integers(0, 16))),
            "GPU": float(data.draw(st.integers(0, 4))),
            "memory": float(data.draw(st.integers(0, 64 * 2**30))),
        })
        for n in range(data.draw(st.integers(1, 5)))
    ]  # fmt: skip
    found = spread_slots(machines, kind, sharing, memory, most)
    assert len({slot for slot, *_ in found}) == len(found) <= most
    counts = {node.id: 0 for node in machines}
    for node in machines:
        mine = [taken for slot, _, taken, _ in found if slot.node == node.id]
        counts[node.id] = len(mine)
        for name in ("CPU", "GPU", "memory"):
            assert sum(taken.get(name, 0.0) for taken in mine) <= node.resources[name] + 1e-6
    for node in machines:
        full = counts[node.id] == room(node, kind, sharing, memory)
        assert full or counts[node.id] >= max(counts.values()) - 1, "in turn over machines"
    assert all(share.threads >= 1 and share.slots == counts[slot.node] for slot, *_, share in found)
    assert all(share.number == slot.number < share.slots for slot, *_, share in found)


NAMES = st.sampled_from(["main.py", "权重.npy", "a b", "\udcff\udcfe.txt", "-rf", "..x", "dir"])
ENTRIES = st.sampled_from(["file", "executable", "link", "pipe", "folder", "empty file"])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3), ENTRIES), max_size=8))
def test_a_submission_is_the_same_after_its_journey(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[list[str], str]]
) -> None:
    base = tmp_path_factory.mktemp("parcels")
    folder, beside = base / "张三", base / "部分.zip"
    folder.mkdir()
    beside.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    for names, kind in entries:
        path = folder.joinpath(*names)
        taken = [part for part in path.parents if part.is_symlink() or part.exists()]
        if os.path.lexists(path) or not all(p.is_dir() and not p.is_symlink() for p in taken):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, kind)
    (base / "link").symlink_to(folder)
    part = SubmissionFile(beside, Held.ZIP, "部分.zip")
    submission = Submission("s1", Student(), base / "link", Held.FOLDER, beside=(part,))
    sent = parcels.at_its_place(submission)
    parcel = parcels.packed_submission(sent)
    there = parcels.unpacked_submission(parcel, sent, base / "elsewhere")
    assert digest(there) == digest(submission)
    assert there.path == base / "elsewhere" / "0" / "张三"
    assert sorted(p.name for p in (base / "elsewhere").iterdir()) == ["0", "1"]


def _make(path: Path, kind: str) -> None:
    if kind == "link":
        path.symlink_to("../../../etc/passwd")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"" if kind == "empty file" else os.urandom(3000))
        path.chmod(0o755 if kind == "executable" else 0o640)


def test_nothing_is_unpacked_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    for name in ("/tmp/away", "0/../../away"):  # noqa: S108 - nothing is written there
        with pytest.raises(OSError, match="none of ours"):
            parcels.unpack(parcels.pack({name: tmp_path / "f"}), tmp_path / "to")


def test_a_class_travels_without_the_assignments_own_images(tmp_path: Path) -> None:
    from grader.examine.images import HiddenImage, HiddenSet

    assignment = make.assignment()
    image = tmp_path / "0.png"
    image.write_bytes(b"pixels")
    hidden = HiddenSet((HiddenImage("00_00/0.png", "Hats", image),), "digest")
    parcel = parcels.class_parcel(assignment, hidden)
    home, there = parcels.unpacked_class(parcel, assignment, hidden, tmp_path / "to")
    assert there.images[0].path.read_bytes() == b"pixels" and there.digest == "digest"
    files = {path.relative_to(home.home).as_posix() for path in home.home.rglob("*")}
    assert "assignment.toml" in files and not any(name.startswith("images/") for name in files)
