"""The teacher's own network: its layers, and what it computes with weights that everybody can draw.

It runs as submissions do, in a sandbox and in the runtime that suits it, once for all of a class:
what came of it is remembered until it, the grader or the runtime change.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from grader import __version__
from grader.assignment import AskedNetwork, Assignment, Limits
from grader.evidence import Document
from grader.examine.clock import Clock
from grader.examine.layer_reports import LayerReport, comparable_order, weighty
from grader.examine.network_roles import asked_layers
from grader.examine.network_training import trained
from grader.examine.replies import Failure, NetworkReport
from grader.examine.session import Session
from grader.examine.setup import Setup
from grader.examine.submitted_network import SubmittedNetwork
from grader.examine.worker_client import WorkerEndedError
from grader.intake import digest_folder
from grader.language import Sentence, TroubleError
from grader.runtimes import detect, paths
from grader.runtimes.choose import RuntimeMissingError, choose
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import select
from grader.runtimes.imports import scan
from grader.sandbox.contract import Sandbox
from grader.sandbox.temporary_folders import temporary

CACHE_FILE = "networks.json"
MOST_REMEMBERED = 20
MEND_IT = Sentence("Mend it, or take networks.reference out, and run the same command again.")


class NetworkReferenceError(TroubleError):
    """The teacher's network is no use: said where and why."""


class NetworkReference(Document):
    """What came of the teacher's network.

    layers: in order of execution. levels: of each the mean of the sizes of what it makes with the
    known weights, and its deviation. shape, outputs: what came out, base64 of float32; "" where it
    has weights that can't be drawn. learns: whether a short training makes its loss less.
    """

    name: str
    framework: str
    layers: tuple[LayerReport, ...]
    levels: tuple[tuple[float, float], ...] = ()
    shape: tuple[int, ...] = ()
    outputs: str = ""
    learns: bool = False

    def output(self) -> NDArray[np.float32]:
        """float32 (3, outputs)."""
        return np.frombuffer(base64.b64decode(self.outputs), np.float32).reshape(self.shape)

    @property
    def pads_one_side(self) -> int:
        """How many layers pad below and to the right alone."""
        return sum(self.layers[index].one_sided for index in comparable_order(self.layers))


class Benches(NamedTuple):
    """What references run on: a sandbox and the runtimes to choose from, always on the CPU."""

    assignment: Assignment
    sandbox: Sandbox
    runtimes: Sequence[Runtime]


def benches_of(setup: Setup) -> Benches:
    """Those of a session: its sandbox, and any runtime of this machine."""
    return Benches(setup.assignment, setup.sandbox, detect.runtimes() or [setup.runtime])


def with_reference(
    asked: AskedNetwork, benches: Benches
) -> tuple[AskedNetwork, NetworkReference | None]:
    """What is asked for, with the layers of the teacher's network where there is one, and that.
    Where its file is not there, as with students, it is asked for by name alone.

    Raises NetworkReferenceError and SandboxUnavailableError.
    """
    if not asked.reference or not (benches.assignment.home / asked.reference).is_file():
        return asked, None
    reference = evaluated(asked, benches)
    return asked.model_copy(update={"layers": asked_layers(reference.layers)}), reference


def evaluated(asked: AskedNetwork, benches: Benches) -> NetworkReference:
    """What comes of the teacher's network, as remembered or found out now. Raises as
    `with_reference`.
    """
    home, entry = benches.assignment.home, PurePosixPath(asked.reference)
    if not (home / entry).is_file():
        raise _unfit(asked, Sentence("there is no such file"))
    folder = home / entry.parent
    found = scan(folder, entry.name, asked.name)
    try:
        runtime = choose(found, benches.runtimes).runtime
    except RuntimeMissingError as error:
        raise _unfit(asked, error.said, error.mended) from None
    key = _key(asked, folder, benches.sandbox, runtime)
    known = paths.recall(CACHE_FILE)
    if (remembered := _read(known.get(key))) is not None:
        return remembered
    with temporary("network") as room:
        room.chmod(0o755)  # the sandbox may run as a user of its own
        copy = room / "submission"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        made = _evaluate(asked, copy, benches, runtime)
    known = {**paths.recall(CACHE_FILE), key: made.model_dump(mode="json")}
    paths.remember(CACHE_FILE, dict(list(known.items())[-MOST_REMEMBERED:]))
    return made


def _evaluate(
    asked: AskedNetwork, folder: Path, benches: Benches, runtime: Runtime
) -> NetworkReference:
    entry = PurePosixPath(asked.reference).name
    interface = benches.assignment.interface
    alone = benches.assignment.model_copy(
        update={
            "interface": interface.model_copy(update={"entry": entry, "lenet5": ""}),
            "limits": Limits(total=600),  # a student's limits are not the grader's
            "parts": (),
        }
    )
    setup = Setup(alone, benches.sandbox, runtime, select("CPU")[0], 1, {})
    with Session(setup, folder, Clock(alone.limits.total)) as session:
        try:
            return _described(SubmittedNetwork(session, asked), session)
        except WorkerEndedError as ended:
            raise _unfit(asked, Sentence("its process ended: {how}", {"how": str(ended)})) from None


def _described(network: SubmittedNetwork, session: Session) -> NetworkReference:
    asked, loaded = network.asked, session.load()
    report = network.find()
    if not report.found or report.name != asked.name:
        raise _unfit(asked, _why_not_there(asked.name, report, report.error or loaded.error))
    layers = network.layers()
    if layers.error is not None or tuple(report.input) != asked.input:
        error = layers.error or report.error
        wanted = str(list(asked.input))
        if error is not None:
            facts: dict[str, str | Sentence] = {"input": wanted, "why": error.said}
            raise _unfit(asked, Sentence("it takes no input of {input}: {why}", facts))
        facts = {"input": wanted, "other": str(list(report.input))}
        raise _unfit(asked, Sentence("it takes inputs of {other}, and input is {input}", facts))
    made = layers.layers[-1].output if layers.layers else []
    if made != [asked.outputs]:
        facts = {"made": str(made), "wanted": str(asked.outputs)}
        raise _unfit(asked, Sentence("it makes {made}, and outputs is {wanted}", facts))
    known, output = network.known(weighty(layers.layers))
    fits = output is not None and not known.unfit and len(known.levels) == len(layers.layers)
    values = np.zeros(0, np.float32) if output is None or not fits else output.astype(np.float32)
    training = trained(network, report.input, layers.layers)
    return NetworkReference(
        name=asked.name,
        framework=report.framework,
        layers=tuple(layers.layers),
        levels=tuple((low, high) for low, high in known.levels) if fits else (),
        shape=values.shape,
        outputs=base64.b64encode(values.tobytes()).decode() if values.size else "",
        learns=training.learns,
    )


def _why_not_there(name: str, report: NetworkReport, error: Failure | None) -> Sentence:
    """Why there is no network of the name."""
    if error is not None:
        return Sentence("no {name} can be built: {why}", {"name": name, "why": error.said})
    if report.found:  # under another name
        facts = {"name": name, "found": report.name}
        return Sentence("it has a network {found} and none called {name}", facts)
    return Sentence("it defines no class or function {name} that is a network", {"name": name})


def _unfit(
    asked: AskedNetwork, why: str | Sentence, cure: str | Sentence = MEND_IT
) -> NetworkReferenceError:
    facts: dict[str, str | Sentence] = {"file": asked.reference, "name": asked.name, "why": why}
    said = Sentence("The reference of {name} ({file}) can't be used: {why}", facts)
    return NetworkReferenceError(said, cure)


def _key(asked: AskedNetwork, folder: Path, sandbox: Sandbox, runtime: Runtime) -> str:
    told = [
        (__version__, asked.model_dump_json(), digest_folder(folder), sandbox.level.value),
        (str(runtime.python), runtime.version, sorted(runtime.frameworks.items())),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


def _read(known: object) -> NetworkReference | None:
    try:
        return NetworkReference.model_validate(known) if known else None
    except ValidationError:
        return None
