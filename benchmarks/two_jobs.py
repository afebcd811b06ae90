"""What a second job gains on the sample class: `--jobs 1` against `--jobs 2`, in turn.

    python benchmarks/two_jobs.py [ROUNDS]

Without the submission that never ends. Told are the wall time from the first examination to the
last (reading, checks before the class and pages are the same for both), their ratio, and the ratio
that the order alone would give: the times of one job laid out for two in the order in which they
were begun, and longest first. What is left between them is what two jobs cost each other. One job
computes on all processors; therefore it is also timed with one processor alone, to which what two
jobs gain on two is told, too. Wants an idle machine with two processors; a busy one shows its own
doing.
"""

# ruff: noqa: T201

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENDLESS = "3210000010_linger"


def seconds(jobs: int, folder: Path, *before: str) -> tuple[float, dict[str, float]]:
    """From the first begin to the last end, and those of each submission as they were begun.
    `before`: words of a command line that runs the grader.
    """
    samples = [path for path in (ROOT / "submissions").iterdir() if path.name[0].isdigit()]
    class_ = [path for path in sorted(samples) if path.name != ENDLESS]
    command = [*before, sys.executable, "-m", "grader", *map(str, class_), "--out", str(folder)]
    command += ["--jobs", str(jobs), "--device", "CPU"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    evidence = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "evidence").glob("*.json")
    ]
    begun = {one["submission"]["id"]: datetime.fromisoformat(one["started"]) for one in evidence}
    took = {one["submission"]["id"]: one["seconds"] for one in evidence}
    ended = max(begun[name].timestamp() + took[name] for name in took)
    in_order = {name: took[name] for name in sorted(took, key=lambda name: begun[name])}
    return ended - min(begun.values()).timestamp(), in_order


def gain(each: Sequence[float]) -> float:
    """How many times as fast two are, of which the one that is free takes the next."""
    busy = [0.0, 0.0]
    for one in each:
        busy[busy.index(min(busy))] += one
    return sum(each) / max(busy)


def main(rounds: int) -> None:
    """Print the figures of each round."""
    for number in range(rounds):
        took, each = {}, {}
        for jobs in (1, 2):
            with tempfile.TemporaryDirectory(prefix="two-jobs-") as folder:
                took[jobs], each[jobs] = seconds(jobs, Path(folder) / "out")
            total = sum(each[jobs].values())
            print(f"--jobs {jobs}: {took[jobs]:.1f} s, of submissions {total:.1f} s", flush=True)
        with tempfile.TemporaryDirectory(prefix="two-jobs-") as folder:
            bound, _ = seconds(1, Path(folder) / "out", "taskset", "--cpu-list", "0")
        print(f"--jobs 1 on one processor: {bound:.1f} s, {bound / took[2]:.2f} times that of two")
        load, alone = os.getloadavg()[1], each[1]
        print(
            f"round {number + 1}: {took[1] / took[2]:.2f} times as fast (load {load:.1f}); by the "
            f"order alone {gain([alone[name] for name in each[2]]):.2f}, longest first "
            f"{gain(sorted(alone.values(), reverse=True)):.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
