"""LeNet5 taken apart: what the worker tells of it, held against the lecture's."""

from __future__ import annotations

from grader.evidence import Finding, Layer, LeNet5, Parameter
from grader.evidence.findings import find
from grader.examine.lenet5 import LayersReport, first_difference
from grader.examine.replies import LeNet5Report
from grader.examine.session import Session


def describe(session: Session) -> tuple[LeNet5, list[Finding]]:
    """What the hand-in's LeNet5 is, and the findings that follow.

    Raises ConversationEndedError.
    """
    interface = session.setup.assignment.interface
    report = session.lenet5()
    if not report.found:
        missing = find("lenet5-missing", name=interface.lenet5, entry=interface.entry)
        return _described(report, LayersReport()), [] if report.error else [missing]
    layers = session.lenet5_layers()
    described = _described(report, layers)
    difference = first_difference(layers.layers, report.input)
    if difference is None:
        return described, []
    described = described.model_copy(
        update={
            "differs_at": difference.layer,
            "expected": difference.expected,
            "actual": difference.actual,
        }
    )
    finding = find(
        "lenet5-shape",
        layer=difference.layer,
        expected=difference.expected,
        actual=difference.actual,
        hint=difference.help,
    )
    return described, [finding]


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
