"""A cluster of three raylets on this machine: what dies costs time and nothing else."""

from __future__ import annotations

import csv
import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.engine.contract import Ended, Task
from grader.engine.nodes import AUTH_MODE_VARIABLE, MONITOR, ExpectedNode, report
from grader.store import Store
from tests import make, submissions
from tests.engine import standin
from tests.engine.raylets import Raylets, engine, wait_until
from tests.golden.submissions import lay_out
from tests.processes import is_alive

if TYPE_CHECKING:
    from grader.engine.cluster import Node

pytestmark = pytest.mark.thorough

PLANS = {f"s{number}": {"seconds": 0.4} for number in range(18)}
# Golden submissions that are quick, of as many ends as there are.
GOLDEN = (
    *("answers-in-chinese", "labels-in-the-alphabets-order", "source-utf16", "weights-relative"),
    *("downloads", "main-in-subfolder", "package-missing-in-predict", "answers-index"),
    *("exits-at-import", "notebook-unmarked", "nothing-at-all", "wants-pil-image"),
)
FAST = ("3210000002_lisi", "3210000007_吴九.zip", "3210000009_陈一")  # of the sample class


def assert_nothing_is_left(raylets: Raylets, folder: Path) -> None:
    """No actor, and none of what the actors had started."""
    wait_until(lambda: not raylets.actors())
    pids = [entry.process for entry in standin.journal(folder)]
    assert pids
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def examined(
    nodes: list[Node], tasks: list[Task], out: Path, meanwhile: Callable[[int], None]
) -> list[Ended]:
    """All that ended; `meanwhile` is called after each with how many have."""
    told = []
    for ended in engine(nodes, out, 3).run(tasks, lambda event: None, threading.Event()):
        told.append(ended)
        meanwhile(len(told))
    return told


def assert_all_once(told: list[Ended], tasks: list[Task], out: Path) -> None:
    assert Counter(one.submission.id for one in told) == Counter(
        task.submission.id for task in tasks
    )
    for ended in told:
        assert ended.evidence is not None and ended.evidence.trouble is None, ended
        assert Store(out).read(ended.submission.id) == ended.evidence


def test_the_death_of_actors_and_of_a_machine_loses_nothing(
    tmp_path: Path, raylets: Raylets
) -> None:
    tasks = standin.tasks(tmp_path / "class", **PLANS)
    killed: list[str] = []

    def kill_an_actor(ended: int) -> None:
        if ended in (3, 6):
            actor = raylets.actors()[0]
            actor.kill()
            killed.append("actor")

    def kill_a_raylet(ended: int) -> None:
        if ended == 4:
            raylets.stop(1)
            killed.append("raylet")

    with raylets.connected() as cluster:
        told = examined(cluster.nodes, tasks, tmp_path / "out", kill_an_actor)
        assert_all_once(told, tasks, tmp_path / "out")
        told = examined(cluster.nodes, tasks, tmp_path / "again", kill_a_raylet)
        assert_all_once(told, tasks, tmp_path / "again")
    assert killed == ["actor", "actor", "raylet"]
    assert_nothing_is_left(raylets, tmp_path / "class")
    raylets.start(1)


def test_the_death_of_the_driver_ends_all_and_the_next_one_goes_on(
    tmp_path: Path, raylets: Raylets
) -> None:
    tasks, out = standin.tasks(tmp_path / "class", **PLANS), tmp_path / "out"
    given = tmp_path / "tasks"
    given.write_bytes(pickle.dumps(tasks))
    words = ["tests.engine.driving", raylets.address, str(given), str(out)]
    environment = {**os.environ, **raylets.environment}
    with subprocess.Popen(
        [sys.executable, "-m", *words],
        env=environment,
        cwd=make.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as driver:
        assert driver.stdout is not None
        told: set[str] = set()
        for line in driver.stdout:  # Ray's own warnings are among them
            told |= {line.strip()} & set(PLANS)
            if len(told) == 4:
                break
        driver.kill()
    assert_nothing_is_left(raylets, tmp_path / "class")
    stored = {task.submission.id for task in tasks if Store(out).read(task.submission.id)}
    assert told <= stored < set(PLANS), "what was told is stored, and it was killed in the middle"
    left = [task for task in tasks if task.submission.id not in stored]
    with raylets.connected() as cluster:
        assert_all_once(examined(cluster.nodes, left, out, lambda ended: None), left, out)
    finished = Counter(entry.id for entry in standin.journal(tmp_path / "class") if entry.ended)
    assert set(finished) == set(PLANS)
    assert all(finished[name] == 1 for name in told), "what is stored is not repeated"


def test_what_a_machine_does_not_see_is_sent_to_it(tmp_path: Path, raylets: Raylets) -> None:
    (raylets.unseen / "class").mkdir()
    (tmp_path / "class").symlink_to(raylets.unseen / "class")
    tasks = standin.tasks(tmp_path / "class", **PLANS)
    with raylets.connected() as cluster:
        blind = [node for node in cluster.nodes if node.address == "127.0.0.4"]
        told = examined(blind, tasks, tmp_path / "out", lambda ended: None)
    assert_all_once(told, tasks, tmp_path / "out")


def test_a_machine_that_does_not_fit_is_left_out(tmp_path: Path, raylets: Raylets) -> None:
    here = report(None, "CPU")
    expected = ExpectedNode(here.runtimes, here.level, "CPU")
    raylets.start(3, environment={MONITOR: "250"})
    try:
        with raylets.connected() as cluster:
            fit, left_out = cluster.fitting(expected)
        assert sorted(node.address for node in fit) == ["127.0.0.2", "127.0.0.3", "127.0.0.4"]
        ((node, _, (reason,)),) = left_out
        assert node.address == "127.0.0.5" and f"{MONITOR}=0" in str(reason)
    finally:
        raylets.stop(3)


def test_a_machine_without_the_token_cannot_join(raylets: Raylets) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        raylets.try_to_start(4, environment={AUTH_MODE_VARIABLE: "disabled"})
    with pytest.raises(StopIteration):
        raylets.raylet(4)


def test_a_cluster_that_lets_everybody_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Raylets(0) as open_to_all:
        open_to_all.start(0, environment={AUTH_MODE_VARIABLE: "disabled"})
        for name, value in open_to_all.environment.items():
            monkeypatch.setenv(name, value)
        sample = make.ROOT / "submissions" / FAST[0]
        words = ("--engine", "ray", "--address", open_to_all.address)
        done = submissions.grade(sample, "--out", tmp_path / "out", *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "lets everybody in, without a token" in " ".join(done.stderr.split())
    assert "RAY_AUTH_MODE=token" in done.stderr
    assert not list((tmp_path / "out").glob("evidence/*"))


def test_a_class_has_the_marks_that_it_has_on_one_machine(
    tmp_path: Path,
    raylets: Raylets,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for name, value in raylets.environment.items():
        monkeypatch.setenv(name, value)
    class_ = tmp_path / "class"
    class_.mkdir()
    for name in FAST:
        sample = make.ROOT / "submissions" / name
        copy = shutil.copytree if sample.is_dir() else shutil.copy
        copy(sample, class_ / name)
    for name in GOLDEN:
        lay_out(name, class_ / name, tmp_path_factory)
    for engine_, words in (
        ("ray", ("--engine", "ray", "--address", raylets.address)),
        ("local", ()),
    ):
        done = submissions.grade(class_, "--out", tmp_path / engine_, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    ray, local = (sorted((tmp_path / of / "evidence").glob("*.json")) for of in ("ray", "local"))
    assert [path.name for path in ray] == [path.name for path in local]
    assert len(ray) == len(FAST) + len(GOLDEN)
    for one, other in zip(ray, local, strict=True):
        assert timeless(json.loads(one.read_text())) == timeless(json.loads(other.read_text()))
    tables = [marks(tmp_path / of / "grades.csv") for of in ("ray", "local")]
    assert tables[0] == tables[1]


def timeless(document: Any) -> Any:
    """Without what differs from one run to the next on one machine: times, and peaks of memory."""
    if isinstance(document, list):
        return [timeless(one) for one in document]
    if isinstance(document, dict):
        return {
            name: timeless(value)
            for name, value in document.items()
            if name not in ("started", "seconds", "peak_memory", "memory_before_images")
        }
    return document


def marks(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [{k: v for k, v in row.items() if k != "run"} for row in csv.DictReader(file)]
