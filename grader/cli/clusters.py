"""Examining on all machines of a cluster: which of them fit, and who is told why one does not.

Needs the extra ``cluster``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from grader.cli.main import UsageError
from grader.cli.workplace import RunRequest
from grader.engine.cluster import AUTO_ADDRESS, Cluster, ClusterError, Node, NodeLeftOut
from grader.engine.contract import Engine
from grader.engine.examiner import examine
from grader.engine.node import NodeOrder
from grader.engine.nodes import ExpectedNode, versions
from grader.engine.ray_engine import RayEngine
from grader.language import Sentence
from grader.report.text import for_rich
from grader.runtimes.detect import Runtime
from grader.sandbox.contract import Sandbox


@contextmanager
def connected(arguments: argparse.Namespace) -> Iterator[ClusterWorkplace]:
    """The machines of the cluster that ``--address`` names. Raises UsageError with the cure."""
    try:
        cluster = Cluster(arguments.address or AUTO_ADDRESS)
    except ClusterError as error:
        raise UsageError(error.said) from None
    try:
        yield ClusterWorkplace(cluster, arguments)
    finally:
        cluster.close()


class ClusterWorkplace:
    """The machines of a cluster."""

    def __init__(self, cluster: Cluster, arguments: argparse.Namespace) -> None:
        self._cluster = cluster
        self._arguments = arguments
        self._nodes: Sequence[Node] = ()
        self._expected = ExpectedNode({}, "", self.kind)

    @property
    def kind(self) -> str:
        """Of the devices that Ray gives."""
        return self._cluster.kind(self._arguments.device)

    def prove(self, console: Console, runtimes: Sequence[Runtime], sandbox: Sandbox) -> None:
        """Keep the machines that are as this one, and tell of those that are not."""
        asked, language = self._arguments, self._arguments.lang
        used = [one for one in runtimes if asked.runtime in (None, one.name)]
        level = sandbox.level.value
        self._expected = ExpectedNode(versions(used), level, self.kind, asked.require or "")
        looking = Sentence("Looking at the machines of the cluster …").said_in(language)
        try:
            with console.status(looking):
                self._nodes, left_out = self._cluster.fitting(self._expected)
        except ClusterError as error:
            raise UsageError(error.said) from None
        told = [_told(one, reason) for one in left_out for reason in one.reasons]
        if not self._nodes:
            lines = "\n".join(one.said_in(language) for one in told)
            raise UsageError(
                Sentence("--engine ray: no machine of the cluster fits:\n{lines}", {"lines": lines})
            )
        for sentence in told:
            console.print(f"[yellow]![/] {for_rich(sentence.said_in(language))}", highlight=False)
        names = ", ".join(node.address for node in self._nodes)
        facts = {"count": str(len(self._nodes)), "names": names}
        using = Sentence("examined on {count} machines: {names}", facts).said_in(language)
        console.print(for_rich(using), style="dim", highlight=False)

    def engine(self, work: RunRequest) -> Engine:
        """Actors on the machines that fit."""
        asked = self._arguments
        sharing = asked.per_device or work.assignment.run.per_device
        order = NodeOrder(
            assignment=work.assignment,
            hidden=work.hidden,
            expected=self._expected,
            auto=asked.device == "auto",
            shared=sharing > 1 and self.kind != "CPU",
            language=asked.lang,
            forced=asked.runtime,
            tuned=not asked.no_tune,
            examine=examine,
        )
        return RayEngine(self._nodes, order, work.store, asked.jobs, sharing)


def _told(left_out: NodeLeftOut, reason: Sentence) -> Sentence:
    return Sentence(
        "{host} ({address}) is left out: {reason}",
        {"host": left_out.host, "address": left_out.node.address, "reason": reason},
    )
