"""Several submissions on one accelerator, by a stand-in that only one process holds at a time."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.cli import engines
from grader.cli.main import UsageError
from grader.cli.workplace import RunRequest, require_counts
from grader.engine.local import LocalEngine
from grader.examine.hint_rules import AT_IMPORT, IN_CALL
from grader.examine.hints import HintRule, cure
from grader.examine.replies import Failure
from grader.runtimes.devices import Device
from grader.sandbox.unconfined import Unconfined
from grader.store import Store
from tests import make
from tests.engine import standin

GPUS = [Device("GPU", 0), Device("GPU", 1)]


def asked(**options: int) -> argparse.Namespace:
    return argparse.Namespace(**{"jobs": None, "per_device": None, **options})


def test_the_memory_that_a_neighbour_held_costs_nobody_a_mark(tmp_path: Path) -> None:
    plans = {
        f"s{n}": {"loads": 0.02 * n, "computes": 0.3, "lenet5": 0.1, "memory": True}
        for n in range(4)
    }
    tasks = standin.tasks(tmp_path / "class", **plans)
    store = Store(tmp_path / "out")
    conditions = standin.conditions(tmp_path / "work", 2, GPUS[0])
    engine = LocalEngine(conditions, standin.HIDDEN, store, standin.on_a_device)
    ended = list(engine.run(tasks, lambda event: None, threading.Event()))
    assert sorted(one.submission.id for one in ended) == sorted(plans)
    assert all(one.evidence and one.evidence.answers[0].correct for one in ended)
    attempts = standin.journal(tmp_path / "class")
    assert len(attempts) > len(plans), "the stand-in's memory was never short"
    assert any(not standin.alone(entry, attempts) for entry in attempts)


def test_submissions_side_by_side_keep_to_processors_of_their_own(tmp_path: Path) -> None:
    processors = sorted(os.sched_getaffinity(0))
    slots = len(processors)
    tasks = standin.tasks(tmp_path / "class", **{f"s{n}": {} for n in range(4 * slots)})
    store, workspace = Store(tmp_path / "out"), tmp_path / "work"
    place = engines.LocalWorkplace(
        argparse.Namespace(**vars(asked(jobs=slots)), device="CPU", no_tune=True, lang="en",
                           runtime=None)
    )  # fmt: skip
    sandbox = Unconfined(own_code=True)
    request = RunRequest(
        make.assignment(), standin.HIDDEN, store, sandbox, (), len(tasks), workspace
    )
    engine = place.engine(request)
    assert isinstance(engine, LocalEngine)
    engine = engine._replace(examine=standin.where)
    list(engine.run(tasks, lambda event: None, threading.Event()))
    assert [sorted(one.processors) for one in engine.conditions] == [[n] for n in processors]
    allowed = {f"[{number}]\n[{number}]\n" for number in processors}
    for task in tasks:
        assert store.log(task.submission.id) in allowed, "what it starts is bound with it"


def test_places_follow_devices_sharing_and_jobs() -> None:
    def places(**options: int) -> list[int]:
        found = engines.devices_for(GPUS, make.assignment(), asked(**options), 100)
        return [device.index for device in found]

    assert places() == [0, 1]
    assert places(per_device=3) == [0, 1, 0, 1, 0, 1]
    assert places(per_device=2, jobs=3) == [0, 1, 0]
    shared = make.assignment("run.per_device=2")
    assert len(engines.devices_for(GPUS, shared, asked(), 100)) == 4
    alone, together = (
        engines.devices_for(GPUS, make.assignment(), asked(per_device=count), 9)[0]
        for count in (1, 2)
    )
    assert "TF_FORCE_GPU_ALLOW_GROWTH" not in alone.sandbox().environment
    assert together.sandbox().environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    for options in ({"per_device": 0}, {"jobs": 0}):
        with pytest.raises(UsageError, match="expected a number from 1 up"):
            require_counts(asked(**options))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB."),
        ("RuntimeError", "CUDA error: out of memory"),
        ("RuntimeError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"),
        ("ResourceExhaustedError", "OOM when allocating tensor with shape[64,1024]"),
        ("RuntimeError", "Malloc device memory failed, size[32212254720], ret[207001]"),
        ("RuntimeError", "NPU out of memory. Tried to allocate 20.00 MiB"),
    ],
)
@pytest.mark.parametrize("rules", [AT_IMPORT, IN_CALL])
def test_who_runs_out_of_an_accelerators_memory_reads_what_helps(
    kind: str, message: str, rules: Sequence[HintRule]
) -> None:
    found = cure(Failure(type=kind, message=message), make.assignment().interface, rules)
    assert found is not None
    assert "outside predict" in str(found) and "加速卡" in found.said_in("zh")
    usual = cure(
        Failure(type="RuntimeError", message="memory format"), make.assignment().interface, rules
    )
    assert usual is None or "accelerator" not in str(usual)
