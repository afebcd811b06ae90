"""LeNet5 taken apart: what the worker tells of it, held against the lecture's."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from grader.evidence import Finding, Layer, LeNet5, Maps, Parameter
from grader.evidence.findings import make_finding
from grader.examine import lenet5_reference as reference
from grader.examine.lenet5 import LayersReport, first_difference
from grader.examine.mnist import prepared, read_mnist
from grader.examine.replies import LeNet5Report
from grader.examine.session import Session
from grader.language import Sentence

WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".weights")
MAX_CHECKPOINTS = 3  # checkpoints
BATCH_IMAGES = 1000  # images


def describe(session: Session) -> tuple[LeNet5, list[Finding]]:
    """What the submission's LeNet5 is, and the findings that follow.

    Raises WorkerEndedError.
    """
    interface = session.setup.assignment.interface
    report = session.lenet5()
    if not report.found:
        missing = make_finding("lenet5-missing", name=interface.lenet5, entry=interface.entry)
        return _described(report, LayersReport()), [] if report.error else [missing]
    layers = session.lenet5_layers()
    described = _described(report, layers).model_copy(update=_trained(session, report))
    described = described.model_copy(update=_drawn(session, report))
    difference = first_difference(layers.layers, report.input)
    taken = _taken(report, interface.lenet5)
    if difference is None:
        return described, taken
    described = described.model_copy(
        update={
            "differs_at": difference.layer,
            "expected": difference.expected,
            "actual": difference.actual,
        }
    )
    finding = make_finding(
        "lenet5-shape",
        layer=difference.layer,
        expected=difference.expected,
        actual=difference.actual,
        hint=difference.help,
    )
    return described, [finding, *taken]


_HOW = {
    "likeness": Sentence("its name is like {wanted}"),
    "layers": Sentence("it has two convolutions, pooling and dense layers"),
}


def _taken(report: LeNet5Report, wanted: str) -> list[Finding]:
    """Which network was taken for LeNet5, and why, where that does not go without saying."""
    if report.how not in _HOW and not report.others and list(report.input) in ([], [1, 32, 32]):
        return []
    how = Sentence(_HOW.get(report.how, Sentence("it has that name")).text, {"wanted": wanted})
    cure = Sentence("Nothing has to be done, if that is the lecture's network.")
    found = make_finding(
        "lenet5-taken",
        {} if report.how in _HOW else {"cure": cure},
        name=report.name,
        wanted=wanted,
        file=report.file,
        line=report.line,
        how=how,
        input="x".join(map(str, report.input)) or "?",
        others=Sentence("; left aside: {names}", {"names": ", ".join(report.others)})
        if report.others
        else "",
    )
    return [found]


def _trained(session: Session, report: LeNet5Report) -> dict[str, object]:
    """The first checkpoint of the submission that fits all of the network, and how many of MNIST's
    test images it reads, in the better of two usual preparations; for a reader, never for marks.
    """
    for path in _checkpoints(session):
        loaded = session.lenet5_load(path).loaded
        if loaded and loaded == len(report.parameters):
            return {"checkpoint": path, **_read(session, report)}
    return {}


def _checkpoints(session: Session) -> list[str]:
    """Files of weights whose names tell of LeNet, the latest epochs first, a few of them."""
    names = [
        path.relative_to(session.submission).as_posix()
        for path in session.submission.rglob("*")
        if path.suffix.lower() in WEIGHTS and "lenet" in path.as_posix().lower()
    ]
    return sorted(names, reverse=True)[:MAX_CHECKPOINTS]


def _read(session: Session, report: LeNet5Report) -> dict[str, object]:
    folder = session.setup.assignment.mnist
    if folder is None or len(report.input) != 3:
        return {}
    images, labels = read_mnist(folder)
    best = 0
    for centred in (True, False):
        right = 0
        for start in range(0, len(images), BATCH_IMAGES):
            part = prepared(images[start : start + BATCH_IMAGES], report.input[1], centred=centred)
            _, output = session.lenet5_forward(part)
            if output is None or output.shape != (len(part), 10):
                return {}
            right += int((output.argmax(axis=1) == labels[start : start + BATCH_IMAGES]).sum())
        best = max(best, right)
    return {"mnist_correct": best, "mnist_total": len(images)}


def _drawn(session: Session, report: LeNet5Report) -> dict[str, object]:
    """Kernels and maps of the first layer for one written digit."""
    if len(report.input) != 3 or report.input[0] != 1:
        return {}
    digit, _ = reference.digits(8, report.input[1])
    look, values = session.lenet5_look(digit[7:8])
    kernels, maps = look.kernels, look.maps
    if values is None or len(kernels) != 4 or len(maps) != 3:
        return {}
    split = int(np.prod(kernels))
    if values.size != split + int(np.prod(maps)) or kernels[1] != 1:
        return {}
    flat = values.ravel()
    return {
        "kernels": _maps(flat[:split].reshape(kernels[0], *kernels[2:])),
        "maps": _maps(flat[split:].reshape(maps)),
    }


def _maps(values: NDArray[np.float32]) -> Maps | None:
    """Pictures (count, height, width) in grey; None for more than a page shows."""
    count, height, width = values.shape
    if values.size > 20_000 or not np.isfinite(values).all():
        return None
    low, high = float(values.min()), float(values.max())
    grey = ((values - low) / max(high - low, 1e-9) * 255).round().astype(np.uint8)
    text = base64.b64encode(grey.tobytes()).decode()
    return Maps(count=count, height=height, width=width, grey=text)


def _described(report: LeNet5Report, layers: LayersReport) -> LeNet5:
    return LeNet5(
        file=report.file,
        name=report.name,
        framework=report.framework,
        parameters=tuple(Parameter(name=p.name, shape=tuple(p.shape)) for p in report.parameters),
        count=report.count,
        error=report.error.summary if report.error else "",
        layers=tuple(
            Layer(
                name=layer.name,
                kind=layer.kind,
                output=tuple(layer.output),
                parameters=layer.parameters,
                multiply_adds=layer.multiply_adds,
            )
            for layer in layers.layers
        ),
        variant={
            name: str(value)
            for name, value in layers.variant.model_dump().items()
            if value not in ("", 0)
        },
    )
