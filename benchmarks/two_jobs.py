"""What a second job gains on the sample class: `--jobs 1` against `--jobs 2`, in turn.

    python benchmarks/two_jobs.py [ROUNDS]

Without the submission that never ends. Told are the wall time from the first examination to the
last (reading, checks before the class and pages are the same for both) and their ratio. Wants an
idle machine with two processors; a busy one shows its own doing.
"""

# ruff: noqa: T201

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENDLESS = "3210000010_linger"


def seconds(jobs: int, folder: Path) -> tuple[float, float]:
    """From the first begin to the last end, and the sum over the submissions."""
    samples = [path for path in (ROOT / "submissions").iterdir() if path.name[0].isdigit()]
    class_ = [path for path in sorted(samples) if path.name != ENDLESS]
    command = [sys.executable, "-m", "grader", *map(str, class_), "--out", str(folder)]
    command += ["--jobs", str(jobs), "--device", "CPU"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    begun, ended, sum_of_all = [], [], 0.0
    for path in (folder / "evidence").glob("*.json"):
        evidence = json.loads(path.read_text(encoding="utf-8"))
        begin = datetime.fromisoformat(evidence["started"]).timestamp()
        begun.append(begin)
        ended.append(begin + evidence["seconds"])
        sum_of_all += evidence["seconds"]
    return max(ended) - min(begun), sum_of_all


def main(rounds: int) -> None:
    """Print the figures of each round."""
    for number in range(rounds):
        took = {}
        for jobs in (1, 2):
            with tempfile.TemporaryDirectory(prefix="two-jobs-") as folder:
                took[jobs], each = seconds(jobs, Path(folder) / "out")
            print(f"--jobs {jobs}: {took[jobs]:.1f} s, of submissions {each:.1f} s", flush=True)
        load = os.getloadavg()[1]
        print(f"round {number + 1}: {took[1] / took[2]:.2f} times as fast (load {load:.1f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
