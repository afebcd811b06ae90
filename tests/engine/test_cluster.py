"""A cluster of three raylets on this machine: what dies costs time and nothing else."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import resources
from grader.engine import parcels
from grader.engine.contract import Ended, Task
from grader.engine.nodes import AUTH_MODE_VARIABLE, MONITOR, ExpectedNode, report
from grader.intake import Submission
from grader.store import Store
from tests import make, submissions
from tests.engine import standin
from tests.engine.raylets import Raylets, engine
from tests.processes import eventually, is_alive

if TYPE_CHECKING:
    from grader.engine.cluster import Node

pytestmark = pytest.mark.thorough

SECONDS = 60.0  # for what takes a second on an idle machine
PLANS = {f"s{number}": {"seconds": 0.4} for number in range(18)}


def assert_nothing_is_left(raylets: Raylets, folder: Path) -> None:
    """No actor, and none of what the actors had started."""
    assert eventually(lambda: not raylets.actors(), SECONDS)
    pids = [entry.process for entry in standin.journal(folder)]
    assert pids
    assert eventually(lambda: not any(is_alive(pid) for pid in pids), SECONDS)


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


def test_what_a_machine_does_not_see_is_sent_to_it(
    tmp_path: Path, raylets: Raylets, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: dict[str, float] = {}
    pack = parcels.packed_submission

    def noting(submission: Submission) -> bytes:
        assert submission.id not in packed, "once is enough"
        packed[submission.id] = time.monotonic()
        return pack(submission)

    monkeypatch.setattr(parcels, "packed_submission", noting)
    (raylets.unseen / "class").mkdir()
    (tmp_path / "class").symlink_to(raylets.unseen / "class")
    tasks = standin.tasks(tmp_path / "class", **PLANS)
    with raylets.connected() as cluster:
        blind = [node for node in cluster.nodes if node.address == "127.0.0.4"]
        told = examined(blind, tasks, tmp_path / "out", lambda ended: None)
    assert_all_once(told, tasks, tmp_path / "out")
    attempts = standin.journal(tmp_path / "class")
    ahead = [packed[later.id] < (entry.ended or 0) for entry, later in pairwise(attempts)]
    assert sum(ahead) > len(ahead) / 2, "the next one is packed while one runs"


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
        raylets.leave(3)


def test_slots_of_a_machine_keep_to_processors_of_their_own(
    tmp_path: Path, raylets: Raylets
) -> None:
    tasks, out = standin.tasks(tmp_path / "class", a={}, b={}, c={}, d={}), tmp_path / "out"
    raylets.start(3, "--num-cpus=2")
    try:
        with raylets.connected() as cluster:
            (node,) = (one for one in cluster.nodes if one.resources["CPU"] == 2)
            both = engine([node], out, 2, standin.where)
            list(both.run(tasks, lambda event: None, threading.Event()))
    finally:
        raylets.leave(3)
    allowed = {f"{sorted(share)}\n" * 2 for share in resources.shares(2)}
    assert {Store(out).log(task.submission.id) for task in tasks} <= allowed


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
        sample = make.ROOT / "submissions" / "3210000002_lisi"
        words = ("--engine", "ray", "--address", open_to_all.address, "--out", tmp_path / "out")
        told = {lang: submissions.grade(sample, *words, "--lang", lang) for lang in ("en", "zh")}
        monkeypatch.delenv(AUTH_MODE_VARIABLE)  # who has no token finds no way in either
        monkeypatch.delenv("RAY_AUTH_TOKEN_PATH")
        monkeypatch.setenv("HOME", str(tmp_path))
        without = {lang: submissions.grade(sample, *words, "--lang", lang) for lang in ("en", "zh")}
    for done in (*told.values(), *without.values()):
        assert done.returncode == 2, done.stdout + done.stderr
        assert "RAY_AUTH_MODE=token" in done.stderr, "the cure"
    assert "lets everybody in, without a token" in " ".join(told["en"].stderr.split())
    assert "不要令牌" in told["zh"].stderr
    for done in without.values():
        assert "ray get-auth-token --generate" in done.stderr
    assert "令牌" in without["zh"].stderr
    assert not list((tmp_path / "out").glob("evidence/*"))


def test_a_machine_is_asked_for_its_cards_and_shares_them(raylets: Raylets) -> None:
    """One that claims a card, by a resource of Ray's of our own: as far as it goes without one."""
    here = report(None, "CPU")
    raylets.start(3, '--resources={"NPU": 1}')
    try:
        with raylets.connected() as cluster:
            import ray

            from grader.engine.cluster import start_actor

            assert cluster.kind("auto") == "Ascend"
            fit, left_out = cluster.fitting(ExpectedNode(here.runtimes, here.level, "Ascend"))
            assert not fit
            told = {one.node.address: str(one.reasons[0]) for one in left_out}
            assert set(told) == {f"127.0.0.{number}" for number in (2, 3, 4, 5)}
            assert all("it lacks the device" in reason for reason in told.values()), told

            (node,) = (one for one in cluster.nodes if one.resources.get("NPU"))
            actors = [start_actor(node.id, {"NPU": 0.5}) for _ in range(3)]
            asked = [actor.report.remote("", "CPU") for actor in actors]
            two, (left,) = ray.wait(asked, num_returns=2, timeout=SECONDS)
            assert len(two) == 2, "two halves of one card"
            early = ray.wait([left], timeout=1)[0]
            assert not early, [str(ray.get(one)) for one in (*two, *early)]
            ray.kill(actors[asked.index(two[0])])
            assert ray.wait([left], timeout=SECONDS)[0] == [left]
    finally:
        raylets.leave(3)
