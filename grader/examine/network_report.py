"""A network that the assignment asks for, taken apart: what the worker tells of it, held against
what is asked.
"""

from __future__ import annotations

import re

from grader.assignment import AskedNetwork
from grader.evidence import Finding, Layer, Network, Parameter, WantedLayer
from grader.evidence.findings import make_finding
from grader.examine import network_pictures
from grader.examine.layer_reports import LayersReport
from grader.examine.mnist import prepared, read_mnist
from grader.examine.network_comparison import compared
from grader.examine.network_differences import (
    LENET5_INPUTS,
    Difference,
    first_difference,
)
from grader.examine.network_pass import output_differs, raised
from grader.examine.network_reference import NetworkReference
from grader.examine.network_roles import in_comparable_order
from grader.examine.replies import Failure, NetworkReport
from grader.examine.session import Session
from grader.examine.submitted_network import SubmittedNetwork
from grader.language import Sentence

WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".weights")
MAX_CHECKPOINTS = 3  # checkpoints
BATCH_IMAGES = 1000  # images


def describe(
    session: Session, asked: AskedNetwork, reference: NetworkReference | None
) -> tuple[Network, list[Finding]]:
    """What the submission's network is, and the findings that follow. `reference`: the teacher's,
    where there is one; `asked` then has its layers.

    Raises WorkerEndedError.
    """
    network = SubmittedNetwork(session, asked)
    report = network.find()
    if not report.found:
        entry = session.setup.assignment.interface.entry
        facts = {"name": asked.name, "entry": entry, "namesake": _namesake(report)}
        missing = make_finding(f"{_family(asked)}-missing", facts)
        told = _described(asked, report, LayersReport())
        return told, [_unbuilt(asked, report.error, report) if report.error else missing]
    layers = network.layers()
    described = _described(asked, report, layers).model_copy(
        update=_trained(session, network, report)
    )
    looks = network_pictures.looks(network, report.input, layers)
    described = described.model_copy(update={"looks": looks})
    stops = raised(network, report, layers)
    difference = first_difference(layers, report.input, asked) or output_differs(
        network, report, layers
    )
    taken = [*stops, *_taken(report, asked)]
    if difference is not None:
        return _differing(described, difference), [_shape(asked, difference), *taken]
    if asked.is_lenet5 or stops:
        return described, taken  # which the checks put weights into, and train
    found = compared(network, report, layers, reference)
    return described.model_copy(update=found.facts), [*found.findings, *taken]


def _namesake(report: NetworkReport) -> Sentence | str:
    if not report.file:
        return ""
    return Sentence(
        " The class at {file}, line {line}, derives from no network class of a framework: "
        "nn.Cell of MindSpore, nn.Module of PyTorch, keras.Model.",
        {"file": report.file, "line": str(report.line)},
    )


def _family(asked: AskedNetwork) -> str:
    """What codes of findings begin with."""
    return "lenet5" if asked.is_lenet5 else "network"


def _differing(described: Network, difference: Difference) -> Network:
    return described.model_copy(
        update={
            "differs_at": difference.layer,
            "expected": difference.expected,
            "actual": difference.actual,
        }
    )


def _shape(asked: AskedNetwork, difference: Difference) -> Finding:
    return make_finding(
        f"{_family(asked)}-shape",
        network=asked.name,
        layer=difference.layer,
        expected=difference.expected,
        actual=difference.actual,
        hint=difference.help,
    )


def _unbuilt(asked: AskedNetwork, error: Failure, report: NetworkReport) -> Finding:
    """The one that has the name can't be built; which may have been taken in its place."""
    hint = Sentence(
        "Call {name}() as grading does, without arguments: it must give the network.",
        {"name": asked.name},
    )
    facts: dict[str, str | Sentence] = {"arguments": ", ".join(report.needs), "name": asked.name}
    if report.needs:
        hint = Sentence(
            "Give the arguments {arguments} of {name}'s constructor a default: it is built without "
            "arguments.",
            facts,
        )
    taken = {"name": report.name, "file": report.file, "line": str(report.line)}
    instead = Sentence(" {name} ({file}, line {line}) was taken in its place.", taken)
    return make_finding(
        "network-unbuilt",
        network=asked.name,
        error=Sentence("its constructor needs {arguments}", facts) if report.needs else error.said,
        instead=instead if report.found else "",
        hint=hint,
    )


_HOW = {
    "likeness": Sentence("its name is like {wanted}"),
    "layers": Sentence("it has two convolutions, pooling and dense layers"),
}
_BY_WEIGHTS = Sentence("most of its weights have the sizes of those of {wanted}")


def _taken(report: NetworkReport, asked: AskedNetwork) -> list[Finding]:
    """Which network was taken for the one that is asked for, and why, where that does not go
    without saying.
    """
    usual = ((), LENET5_INPUTS[0] if asked.is_lenet5 else asked.input)
    if report.how not in _HOW and not report.others and tuple(report.input) in usual:
        return []
    told = _HOW.get(report.how, Sentence("it has that name"))
    if report.how == "layers" and not asked.is_lenet5:
        told = _BY_WEIGHTS
    if report.unbuilt is not None:
        return [_unbuilt(asked, report.unbuilt, report)]
    cure = Sentence("Nothing has to be done, if that is the lecture's network.")
    found = make_finding(
        "lenet5-taken",
        {} if report.how in _HOW else {"cure": cure},
        name=report.name,
        wanted=asked.name,
        file=report.file,
        line=report.line,
        how=Sentence(told.text, {"wanted": asked.name}),
        input="x".join(map(str, report.input)) or "?",
        others=Sentence("; left aside: {names}", {"names": ", ".join(report.others)})
        if report.others
        else "",
    )
    return [found]


def _trained(
    session: Session, network: SubmittedNetwork, report: NetworkReport
) -> dict[str, object]:
    """The first checkpoint of the submission that fits all of the network, and of LeNet5 how many
    of MNIST's test images it reads, in the better of two usual preparations; for a reader, never
    for marks.
    """
    for path in _checkpoints(session, network.asked):
        loaded = network.load(path).loaded
        if loaded and loaded == len(report.parameters):
            return {"checkpoint": path, **_read(session, network, report)}
    return {}


def _checkpoints(session: Session, asked: AskedNetwork) -> list[str]:
    """Files of weights whose names tell of the network, the latest epochs first, a few of them."""
    word = re.sub(r"[\d_]+$", "", asked.name).lower()
    names = [
        path.relative_to(session.submission).as_posix()
        for path in session.submission.rglob("*")
        if path.suffix.lower() in WEIGHTS and word in path.as_posix().lower()
    ]
    return sorted(names, reverse=True)[:MAX_CHECKPOINTS]


def _read(session: Session, network: SubmittedNetwork, report: NetworkReport) -> dict[str, object]:
    folder = session.setup.assignment.mnist
    if folder is None or len(report.input) != 3 or not network.asked.is_lenet5:
        return {}
    images, labels = read_mnist(folder)
    best = 0
    for centred in (True, False):
        right = 0
        for start in range(0, len(images), BATCH_IMAGES):
            part = prepared(images[start : start + BATCH_IMAGES], report.input[1], centred=centred)
            _, output = network.forward(part)
            if output is None or output.shape != (len(part), 10):
                return {}
            right += int((output.argmax(axis=1) == labels[start : start + BATCH_IMAGES]).sum())
        best = max(best, right)
    return {"mnist_correct": best, "mnist_total": len(images)}


def _described(asked: AskedNetwork, report: NetworkReport, layers: LayersReport) -> Network:
    error = report.error or layers.error
    variant = layers.variant.model_dump() if asked.is_lenet5 else {}
    shown = layers.layers if asked.is_lenet5 else in_comparable_order(layers.layers)
    wanted = () if asked.is_lenet5 else asked.layers
    return Network(
        asked=asked.name,
        is_lenet5=asked.is_lenet5,
        wanted=tuple(
            WantedLayer(name=one.name or one.kinds[0], kinds=one.kinds, outputs=one.outputs)
            for one in wanted
        ),
        file=report.file,
        name=report.name,
        framework=report.framework,
        parameters=tuple(Parameter(name=p.name, shape=tuple(p.shape)) for p in report.parameters),
        count=report.count,
        error=error.summary if error else "",
        layers=tuple(
            Layer(
                name=layer.name,
                kind=layer.kind,
                output=tuple(layer.output),
                parameters=layer.parameters,
                multiply_adds=layer.multiply_adds,
                seconds=layer.seconds,
            )
            for layer in shown
        ),
        variant={name: str(value) for name, value in variant.items() if value not in ("", 0)},
    )
