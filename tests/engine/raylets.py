"""A cluster on this machine: raylets at loopback addresses, with a token, without a dashboard."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import psutil

from grader.engine.contract import Engine, Examine
from grader.sandbox import canary
from grader.store import Store
from tests import make
from tests.engine import standin

if TYPE_CHECKING:
    from grader.engine.cluster import Cluster, Node

PROCESSORS = 1  # of each node, whatever the machine has


class Raylets:
    """So many nodes at 127.0.0.2, 127.0.0.3, …; the first is the head, the last does not see what
    lies in the folder `unseen`. Use as a context manager.
    """

    def __init__(self, nodes: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="raylets-"))  # short: sockets lie below it
        token = self._folder / "token"
        token.write_text(secrets.token_hex(32))
        token.chmod(0o600)
        self.unseen = self._folder / "unseen"
        self.unseen.mkdir()
        with socket.create_server(("127.0.0.2", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"127.0.0.2:{port}"
        self.environment = {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(token),
            "RAY_memory_monitor_refresh_ms": "0",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_DISABLE_IMPORT_WARNING": "1",
        }
        self._nodes = nodes

    def __enter__(self) -> Raylets:
        try:
            for number in range(self._nodes):
                self.start(number, blind=number == self._nodes - 1)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for _ in range(2):  # the second time for what the first ones were just starting
            for process in self.processes():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(self.processes(), timeout=10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(
        self,
        number: int,
        *words: str,
        blind: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start node `number`, from 0; blind: it does not see the folder `unseen`. words: more
        options of `ray start`, which come last and hold.

        Once more where it takes too long: Ray gives itself 30 s, which a busy machine may not have.
        """
        with suppress(subprocess.CalledProcessError):
            self.try_to_start(number, *words, blind=blind, environment=environment)
            return
        self.try_to_start(number, *words, blind=blind, environment=environment)

    def try_to_start(
        self,
        number: int,
        *words: str,
        blind: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """As `start`, once. Raises CalledProcessError."""
        role = (
            ["--head", f"--port={self.address.rpartition(':')[2]}", "--include-dashboard=false"]
            if number == 0
            else [f"--address={self.address}"]
        )
        hide = ["unshare", "--mount"] + ([] if os.getuid() == 0 else ["--map-root-user"])
        hide += ["sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(self.unseen)]
        subprocess.run(
            [*(hide if blind else []), sys.executable, "-m", "ray.scripts.scripts", "start",
             *role, f"--node-ip-address=127.0.0.{number + 2}", f"--temp-dir={self._folder / 's'}",
             f"--num-cpus={PROCESSORS}", "--object-store-memory=80000000", "--disable-usage-stats",
             "--include-log-monitor=false", *words],
            env={**os.environ, **self.environment, "PYTHONPATH": str(make.ROOT),
                 **(environment or {})},
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip

    def stop(self, number: int) -> None:
        """Kill what belongs to node `number`, as a machine ends that loses its current."""
        mark = f"127.0.0.{number + 2}"
        for process in [self.raylet(number), *self.processes()]:
            if process.is_running() and mark in title(process):
                process.kill()

    def leave(self, number: int) -> None:
        """End node `number` so that the others know at once that it is gone."""
        raylet = self.raylet(number)
        raylet.terminate()
        psutil.wait_procs([raylet], timeout=30)
        mark = f"127.0.0.{number + 2}"
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                if mark in title(process):
                    process.kill()

    def processes(self) -> list[psutil.Process]:
        """All of Ray's own processes of this cluster."""
        mark = str(self._folder)
        return [process for process in psutil.process_iter() if mark in title(process)]

    def raylet(self, number: int) -> psutil.Process:
        """The raylet of node `number`."""
        mark = f"--node_ip_address=127.0.0.{number + 2}"
        return next(
            process
            for process in self.processes()
            if mark in process.cmdline() and Path(process.cmdline()[0]).name == "raylet"
        )

    def actors(self) -> list[psutil.Process]:
        """The actors of all nodes, without what they started."""
        found = []
        for process in self.processes():
            if Path(title(process).split(" ")[0]).name == "raylet":
                with suppress(psutil.NoSuchProcess):
                    found += [one for one in process.children() if "NodeExaminer" in title(one)]
        return found

    @contextmanager
    def connected(self) -> Iterator[Cluster]:
        """A connection of this process."""
        os.environ.update(self.environment)  # before Ray is imported, which reads it then
        from grader.engine.cluster import Cluster

        cluster = Cluster(self.address)
        try:
            yield cluster
        finally:
            cluster.close()


def engine(
    nodes: Sequence[Node], out: Path, slots: int, examine: Examine = standin.examine
) -> Engine:
    """An engine with a stand-in for the examination."""
    from grader.engine.node import NodeOrder
    from grader.engine.nodes import ExpectedNode
    from grader.engine.ray_engine import RayEngine

    order = NodeOrder(
        assignment=make.assignment("limits.memory=64"),
        hidden=standin.HIDDEN._replace(images=()),
        expected=ExpectedNode({}, canary.choose().sandbox.level.value, "CPU"),
        auto=False,
        shared=False,
        language="en",
        forced=None,
        tuned=False,
        examine=examine,
    )
    return RayEngine(nodes, order, Store(out), slots)


def title(process: psutil.Process) -> str:
    """The command line as the process shows it; empty where it is gone."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
