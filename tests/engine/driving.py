"""Drives a cluster in a process of its own, which can be killed:

python -m tests.engine.driving ADDRESS TASKS OUT

Prints the id of each submission as it ends.
"""

# ruff: noqa: T201

from __future__ import annotations

import pickle
import sys
import threading
from pathlib import Path

from grader.engine.cluster import Cluster
from tests.engine.raylets import engine


def main(address: str, tasks: Path, out: Path) -> None:
    cluster = Cluster(address)
    running = engine(cluster.nodes, out, 3)
    given = pickle.loads(tasks.read_bytes())  # noqa: S301 - of the test that starts this
    for ended in running.run(given, lambda event: None, threading.Event()):
        print(ended.submission.id, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
