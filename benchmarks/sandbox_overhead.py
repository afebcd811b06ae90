"""What confinement costs: start and end of a box at each level, paired with a plain process.

Run it as `python benchmarks/sandbox_overhead.py [rounds]`. Each round starts the same empty script
once each way, in turn, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.sandbox import canary
from grader.sandbox.contract import (
    Level,
    Mount,
    Sandbox,
    SandboxLimits,
    SandboxSpec,
    SandboxUnavailableError,
)

SCRIPT = "import os; os._exit(0)"


def main(rounds: int) -> None:
    """Print a line for each level: median and 90th percentile of the extra milliseconds."""
    sandboxes: list[Sandbox] = []
    for level in (Level.STRONG, Level.BASIC):
        try:
            sandboxes.append(canary.choose(level).sandbox)
        except SandboxUnavailableError as error:
            print(f"{level.value}: not measured, {error}")  # noqa: T201
    extra: dict[Level, list[float]] = {sandbox.level: [] for sandbox in sandboxes}
    base = []
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        Path(folder).chmod(0o755)
        Path(folder, "empty.py").write_text(SCRIPT)
        for _ in range(rounds):
            base.append(plain(Path(folder)))
            for sandbox in sandboxes:
                extra[sandbox.level].append(seconds(sandbox, Path(folder)) - base[-1])
    print(f"plain process: {1000 * statistics.median(base):.1f} ms")  # noqa: T201
    for level, differences in extra.items():
        middle = 1000 * statistics.median(differences)
        high = 1000 * statistics.quantiles(differences, n=10)[-1]
        print(f"{level.value}: {middle:+.1f} ms (90 %: {high:+.1f} ms)")  # noqa: T201


def plain(folder: Path) -> float:
    """Wall time of the same script as an ordinary child process, with the same pipes."""
    command = [sys.executable, "-I", "-S", str(folder / "empty.py")]
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603 (a script of ours)
    return time.perf_counter() - started


def seconds(sandbox: Sandbox, folder: Path) -> float:
    """Wall time from the start of a box until it is gone."""
    script = Mount(folder, Path("/script"))
    python = [Mount(path, path) for path in map(Path, {sys.prefix, sys.base_prefix})]
    spec = SandboxSpec([script, *python], SandboxLimits(), {})
    command = [sys.executable, "-I", "-S", str(sandbox.place(script) / "empty.py")]
    started = time.perf_counter()
    box = sandbox.start(command, spec)
    box.stdout.read()
    box.end()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
