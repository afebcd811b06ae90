"""What sharing an accelerator gains: `--per-device` 1, 2, 4 and 8 on a stand-in device.

    python benchmarks/shared_device.py [SUBMISSIONS]

The stand-in is a lock that only one process holds at a time. Each submission loads, computes while
it holds the device, and has its LeNet5 looked at, in shares that are assumed (load 45 %, images
35 %, LeNet5 20 %). It waits instead of working, so the figures are those of a machine with
processors enough; with fewer they bound the gain. Not measured on an accelerator.
"""

# ruff: noqa: T201

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from grader.engine.local import LocalEngine
from grader.runtimes.devices import Device
from grader.store import Store
from tests.engine import standin

PLAN = {"loads": 0.18, "computes": 0.14, "lenet5": 0.08}  # seconds
SHARING = (1, 2, 4, 8)


def seconds(count: int, per_device: int, folder: Path) -> float:
    """Wall time from the first submission's end to the last one's, for each but the first ones:
    the start of the examiners' own processes is not counted.
    """
    tasks = standin.tasks(folder / "class", **{f"s{n}": dict(PLAN) for n in range(count)})
    conditions = standin.conditions(folder / "work", per_device, Device("GPU", 0))
    engine = LocalEngine(conditions, standin.HIDDEN, Store(folder / "out"), standin.on_a_device)
    for _ in engine.run(tasks, lambda event: None, threading.Event()):
        pass
    attempts = standin.journal(folder / "class")
    begun = max({entry.process: entry.begun for entry in reversed(attempts)}.values())
    after = [entry for entry in attempts if entry.begun > begun and entry.ended]
    return (max(entry.ended or 0 for entry in after) - begun) / len(after)


def main(count: int) -> None:
    """Print the figures as ratios of one run."""
    print(f"{count} submissions of {sum(PLAN.values()):.2f} s each on one stand-in device")
    base = None
    for sharing in SHARING:
        with tempfile.TemporaryDirectory(prefix="shared-device-") as folder:
            each = seconds(count, sharing, Path(folder))
        base = base or each
        busy = PLAN["computes"] / each
        print(
            f"--per-device {sharing}: {each:.3f} s a submission, {base / each:.2f} times as many "
            f"as alone; the device computes {100 * busy:.0f} % of the time"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 48)
