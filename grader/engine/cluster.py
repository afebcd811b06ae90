"""A connection to a cluster of Ray's, and the machines of it that fit a run.

Needs the extra ``cluster``. Whoever speaks to Ray runs code on every machine of the cluster: so
nothing here goes on without a token.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import ray
from ray.exceptions import AuthenticationError, GetTimeoutError, RayActorError, RayError
from ray.exceptions import RayTaskError as TaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from grader.engine.node import NodeExaminer
from grader.engine.nodes import (
    AUTH_MODE_VARIABLE,
    ExpectedNode,
    NodeReport,
    read_report,
    unfit,
    without_token,
)
from grader.language import SaidError, Sentence

SECONDS_TO_ANSWER = 10.0  # the head, whether it is there at all
SECONDS_TO_ANSWER_A_STRANGER = 60.0  # the head, with the start of a process of Ray's
SECONDS_TO_REPORT = 300.0  # a machine looks at all its runtimes and tries sandbox and devices
RESOURCES = {"GPU": "GPU", "Ascend": "NPU", "CPU": "CPU"}  # kind of device -> Ray's resource
AUTO_ADDRESS = "auto"
OLDEST = (2, 60)  # version of Ray that is known to ask everybody for the token
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})")


class ClusterError(SaidError):
    """No cluster can be had: says why, and the cure."""


class Node(NamedTuple):
    """One machine as Ray knows it."""

    id: str
    address: str
    resources: dict[str, float]


class NodeLeftOut(NamedTuple):
    """A machine that does not fit, and why: each reason with its cure."""

    node: Node
    host: str
    reasons: tuple[Sentence, ...]


def require_token() -> None:
    """Raises ClusterError where this process would speak to Ray without a token."""
    if tuple(int(part) for part in ray.__version__.split(".")[:2]) < OLDEST:
        raise ClusterError(
            Sentence(
                "--engine ray: Ray {found}, expected at least {oldest}, which keeps strangers out "
                "by a token. Run `pip install -U 'lab-grader[cluster]'` here and on every machine.",
                {"found": ray.__version__, "oldest": ".".join(map(str, OLDEST))},
            )
        )
    path = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
    has = bool(os.environ.get("RAY_AUTH_TOKEN")) or path.is_file()
    if os.environ.get(AUTH_MODE_VARIABLE, "").lower() != "token" or not has:
        raise ClusterError(
            Sentence(
                "--engine ray: without a token everybody who reaches Ray's ports runs code on "
                "all machines. Make one with `ray get-auth-token --generate`, copy "
                "~/.ray/auth_token to every machine, and set RAY_AUTH_MODE=token there and here "
                "before `ray start`; see docs/cluster.md."
            )
        )


class Cluster:
    """A connection to a cluster. Close it in the end."""

    def __init__(self, address: str) -> None:
        """Connect to the head at `address` ("HOST:PORT", or "auto" for the cluster that this
        machine belongs to). Raises ClusterError with the cure.
        """
        require_token()
        _require_answer(address)
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            context = ray.init(address=address, logging_level="ERROR", log_to_driver=False)
        except (RayError, ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise _unreachable(address, error) from None
        if context.dashboard_url:
            self.close()
            raise ClusterError(
                Sentence(
                    "--engine ray: the dashboard of this cluster is on, a further door to all of "
                    "its machines. Start the head with --include-dashboard=false."
                )
            )
        head = ray.get_runtime_context().gcs_address
        if _lets_everybody_in(head):
            self.close()
            raise _open(head)
        self.nodes = [
            Node(one["NodeID"], one["NodeManagerAddress"], dict(one["Resources"]))
            for one in ray.nodes()
            if one["Alive"]
        ]

    def kind(self, wanted: str) -> str:
        """The kind of device that `wanted` ("auto", "CPU", "GPU", "Ascend") means here."""
        if wanted != "auto":
            return wanted
        for kind in ("GPU", "Ascend"):
            if any(node.resources.get(RESOURCES[kind]) for node in self.nodes):
                return kind
        return "CPU"

    def fitting(self, expected: ExpectedNode) -> tuple[list[Node], list[NodeLeftOut]]:
        """The machines that fit, and those that are left out with the reasons.

        Raises ClusterError where a machine lets everybody in.
        """
        required = expected.required.value if expected.required is not None else ""
        resource = RESOURCES[expected.device]
        actors, asked = {}, {}
        for node in self.nodes:
            # All accelerators of the machine: Ray hides from an actor those that it was not given.
            count = node.resources.get(resource, 0.0) if expected.device != "CPU" else 0.0
            actors[node.id] = start_actor(node.id, {resource: count} if count else {})
            asked[node.id] = actors[node.id].report.remote(required, expected.device)
        ray.wait(list(asked.values()), num_returns=len(asked), timeout=SECONDS_TO_REPORT)
        fit, left_out = [], []
        for node in self.nodes:
            host, reasons = _judged(asked[node.id], node, expected)
            with contextlib.suppress(RayError):
                ray.kill(actors[node.id], no_restart=True)
            if reasons:
                left_out.append(NodeLeftOut(node, host, reasons))
            else:
                fit.append(node)
        return fit, left_out

    def close(self) -> None:
        """Let go of the cluster; what this process had started there ends."""
        ray.shutdown()


def start_actor(node: str, resources: dict[str, float]) -> Any:
    """An actor on this machine and no other, that Ray neither restarts nor asks twice.

    resources: by Ray's names, "memory" in bytes.
    """
    given = dict(resources)
    actor = ray.remote(NodeExaminer).options(
        num_cpus=given.pop("CPU", 0.0),
        num_gpus=given.pop("GPU", 0.0),
        memory=int(given.pop("memory", 0.0)),
        resources=given,
        max_restarts=0,
        max_task_retries=0,
        max_concurrency=1,
        scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
    )
    return actor.remote()


def ray_error_line(error: BaseException) -> str:
    """One line of what Ray says."""
    if isinstance(error, TaskError) and error.cause is not None:
        return str(error.cause) or type(error.cause).__name__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if isinstance(error, RayActorError):
        lines = [line for line in lines if line.startswith("The actor ")] or lines
    return (lines or [type(error).__name__])[0][:300]


def _require_answer(address: str) -> None:
    """Somebody listens at the address: Ray itself would wait for minutes and end this process."""
    if address == AUTO_ADDRESS:
        return
    matched = _ADDRESS.fullmatch(address)
    if matched is None:
        raise ClusterError(
            Sentence(
                "--address {address}: expected auto, or HOST:PORT as `ray start --head` printed it",
                {"address": address},
            )
        )
    try:
        where = (matched[1].strip("[]"), int(matched[2]))
        socket.create_connection(where, SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        raise _unreachable(address, error) from None


def _unreachable(address: str, error: Exception) -> ClusterError:
    if isinstance(error, AuthenticationError) or "auth" in str(error).lower():
        return ClusterError(
            Sentence(
                "--address {address}: that cluster takes another token. Copy ~/.ray/auth_token "
                "from its head to this machine.",
                {"address": address},
            )
        )
    return ClusterError(
        Sentence(
            "--address {address}: no cluster answers ({error}). This machine has to belong to it: "
            "`ray start --address=HOST:PORT` here, see docs/cluster.md.",
            {"address": address, "error": ray_error_line(error)},
        )
    )


def _lets_everybody_in(head: str) -> bool:
    """Whether the head answers a process that has no token: tried, as settings may say otherwise.

    A process of its own, since Ray reads its settings once.
    """
    stranger = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    command = [sys.executable, "-m", "ray.scripts.scripts", "health-check", "--address", head]
    environment = {**stranger, AUTH_MODE_VARIABLE: "disabled"}
    try:
        asked = subprocess.run(  # noqa: S603 - Ray's own command, and the address of its head
            command, env=environment, capture_output=True, timeout=SECONDS_TO_ANSWER_A_STRANGER
        )
    except subprocess.TimeoutExpired:
        return False  # the machines' reports say what they were started with
    return asked.returncode == 0


def _open(host: str) -> ClusterError:
    return ClusterError(
        Sentence(
            "--engine ray: {host} lets everybody in, without a token. Stop Ray there, and "
            "start it with RAY_AUTH_MODE=token; see docs/cluster.md.",
            {"host": host},
        )
    )


def _judged(ref: Any, node: Node, expected: ExpectedNode) -> tuple[str, tuple[Sentence, ...]]:
    """The name of the machine, and why it does not fit."""
    try:
        found = read_report(ray.get(ref, timeout=0))
    except (RayError, GetTimeoutError, ValueError, KeyError) as error:
        return node.address, (_silent(error, expected.device),)
    if without_token(found):
        raise _open(found.host)
    return found.host, (*unfit(found, expected), *_without_resource(found, node, expected))


def _without_resource(found: NodeReport, node: Node, expected: ExpectedNode) -> Iterator[Sentence]:
    resource = RESOURCES[expected.device]
    if not node.resources.get(resource) and not found.no_device:
        yield Sentence(
            "Ray gives no {resource} there. Start it with the number of them.",
            {"resource": resource},
        )


def _silent(error: Exception, device: str) -> Sentence:
    if "ModuleNotFoundError" in str(error) or "No module named" in str(error):
        return Sentence(
            "the grader can't be imported there ({error}). Install it in the environment that "
            "`ray start` runs in.",
            {"error": ray_error_line(error)},
        )
    if isinstance(error, GetTimeoutError) and device != "CPU":
        return Sentence(
            "its {device} was not to be had in {seconds} s. Wait until nobody else uses it, or "
            "end what does.",
            {"device": device, "seconds": f"{SECONDS_TO_REPORT:g}"},
        )
    return Sentence(
        "it does not answer: {error}. Look into Ray's logs there.", {"error": ray_error_line(error)}
    )
