"""Parts of believable evidence: answers, findings, curves, LeNet5, checks."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from grader.assignment import Assignment
from grader.evidence import (
    Answer,
    Check,
    Curve,
    Fingerprint,
    Layer,
    Network,
    Parameter,
    Problem,
    Tensors,
)
from grader.evidence.findings import Finding, make_finding
from grader.similarity.fingerprint import packed

LAYERS = (
    ("conv1", "convolution", (6, 28, 28), 150, 117_600),
    ("relu", "relu", (6, 28, 28), 0, 0),
    ("pool1", "max-pool", (6, 14, 14), 0, 0),
    ("conv2", "convolution", (16, 10, 10), 2_400, 240_000),
    ("relu", "relu", (16, 10, 10), 0, 0),
    ("pool2", "max-pool", (16, 5, 5), 0, 0),
    ("flatten", "flatten", (400,), 0, 0),
    ("fc1", "dense", (120,), 48_120, 48_000),
    ("relu", "relu", (120,), 0, 0),
    ("fc2", "dense", (84,), 10_164, 10_080),
    ("relu", "relu", (84,), 0, 0),
    ("fc3", "dense", (10,), 850, 840),
)


HOSTILE = (
    '<script>alert("x")</script>',
    "</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "gpj.\u202eexe.cod",
    "nul\x00byte\ud800half",
    '=HYPERLINK("http://x","y")',
    "' onmouseover='alert(1)",
    "]]><x>&amp;",
    "Z\u0351\u0352a\u0353l\u0354g\u0355o",
    "javascript:alert(1)",
    "../../etc/passwd",
)


def fingerprint_of(number: int) -> Fingerprint:
    """Prints of 2,000 tokens, and of a backbone that all have with a head of one's own."""
    chance, backbone = np.random.default_rng(number), np.random.default_rng(0)
    code = chance.integers(0, 2**32, 240, np.uint32)
    tensors = [backbone.integers(0, 2**64, 200, np.uint64), chance.integers(0, 2**64, 2, np.uint64)]
    prints = packed(np.unique(np.concatenate(tensors)))
    return Fingerprint(
        code=packed(np.unique(code)), weights=(Tensors(file="results/net.ckpt", prints=prints),)
    )


def images(lab: Assignment, each: int = 5) -> list[tuple[str, str]]:
    """Image and truth of the hidden set, in its order; names that no other text contains."""
    return [
        (f"{label.folder}/hid-{n}{index:02d}.jpg", label.en)
        for index, label in enumerate(lab.classes)
        for n in range(each)
    ]


def answers_of(kind: str, chance: random.Random, lab: Assignment, bad: str) -> tuple[Answer, ...]:
    if kind in ("import", "trouble"):
        return ()
    skill = min(max(chance.gauss(0.87, 0.07), 0.3), 0.995)
    names = lab.names
    shown = []
    for index, (image, truth) in enumerate(images(lab)):
        right = chance.random() < skill - (0.25 if index % 17 == 4 else 0)
        place = names.index(truth)
        near = names[(place + chance.choice((-1, 1, 1, 3))) % len(names)]
        answer: str | None = truth if right else near
        problem, said = None, ""
        if kind == "constant":
            answer = names[0]
        elif kind == "shift" and truth == names[-1]:
            answer = names[-2]
        elif kind == "channels" and chance.random() < 0.12:
            answer = near
        elif kind == "errors" and chance.random() < 0.2:
            answer, problem = None, Problem.RAISED
        elif kind == "slow" and index > 90:
            answer, problem = None, Problem.NOT_ASKED
        elif bad and index % 40 == 3:
            answer, problem, said = None, Problem.UNKNOWN_CLASS, bad
        seconds = 0.0 if problem is Problem.NOT_ASKED else round(chance.uniform(0.02, 0.09), 4)
        other = None
        if kind == "channels":
            other = "" if index % 50 == 7 else truth if index % 9 else near
        shown.append(
            Answer(
                image=image,
                truth=truth,
                answer=answer,
                said=said,
                problem=problem,
                seconds=seconds,
                other=other,
            )
        )
    return tuple(shown)


def findings_of(
    kind: str, chance: random.Random, lab: Assignment, answers: tuple[Answer, ...], bad: str
) -> tuple[Finding, ...]:
    total, correct = len(answers), sum(answer.correct for answer in answers)
    counts: dict[str, Any] = {
        "total": total,
        "correct": correct,
        "function": "predict",
        "entry": "main.py",
    }
    found: list[Finding] = []
    if kind == "import":
        error = bad or "ModuleNotFoundError: No module named 'ttach'"
        found.append(
            make_finding("import-failed", entry="main.py", error=error, file="main.py", line=12)
        )
    if kind == "constant":
        found.append(make_finding("constant-answers", count=total, answer=lab.names[0]))
        found.append(make_finding("weights-not-loaded", reason="all answers are alike"))
    if kind == "shift":
        swaps = "Banana Peel → Eggshell"
        found.append(make_finding("label-order", other=total - 4, swaps=swaps, cause="…", **counts))
    if kind == "channels":
        found.append(make_finding("channel-order", other=correct + 11, channels="BGR", **counts))
    if kind == "errors":
        count = sum(answer.problem is Problem.RAISED for answer in answers)
        error = "ValueError: could not broadcast input array"
        found.append(
            make_finding(
                "predict-failed", error=error, file="main.py", line=41, count=count,
                channels="BGR", **counts,
            )
        )  # fmt: skip
    if kind == "slow":
        count = sum(answer.problem is Problem.NOT_ASKED for answer in answers)
        found.append(make_finding("timeout-total", seconds=600, count=count, **counts))
    if bad and answers:
        found.append(make_finding("unknown-class", count=4, said=bad, nearest="", **counts))
    if chance.random() < 0.12:
        found.append(
            make_finding(
                "dataset-at-import", path="datasets/garbage_26x100", file="main.py", line=30
            )
        )
    if chance.random() < 0.03:
        found.append(make_finding("similar-code", percent=84, other="李伟 (3220100037-1)"))
    if chance.random() < 0.15:
        found.append(make_finding("slow", function="predict", seconds="0.8"))
    if chance.random() < 0.2:
        found.append(make_finding("report-missing", low=80, high=85))
    return tuple(found)


def curves_of(chance: random.Random, bad: str) -> tuple[Curve, ...]:
    """A loss by step and three curves by epoch, of one or two trainings."""
    steps = range(9, 1_876, 9)
    loss = [2.3 * 0.998**step * chance.uniform(0.7, 1.3) + 0.02 for step in steps]
    epochs = tuple(float(epoch) for epoch in range(1, 21))
    rising = [1 - 0.7 * 0.8**epoch for epoch in epochs]
    curves = [
        Curve(file="results/train.log", name="loss", quantity="loss", unit="step", count=16_863,
              x=tuple(steps), y=tuple(round(value, 4) for value in loss),
              lost=3 * (chance.random() < 0.1)),
        Curve(file="results/train.log", name="Accuracy", quantity="accuracy", unit="epoch", count=1,
              x=(20.0,), y=(rising[-1],)),
    ]  # fmt: skip
    for name, kind, low in (("loss", "loss", 0.0), ("val_loss", "loss", 0.2),
                            (bad or "val_acc", "accuracy", 0.1)):  # fmt: skip
        values = [low + (1 - value if kind == "loss" else value - 0.1) for value in rising]
        curves += [
            Curve(file="lab.ipynb", cell=12, run=run, name=name, quantity=kind, unit="epoch",
                  count=20, x=epochs, y=tuple(round(value / run, 4) for value in values))
            for run in ((1, 2) if chance.random() < 0.2 else (1,))
        ]  # fmt: skip
    return tuple(curves)


def lenet_of(chance: random.Random, torch: bool) -> Network:
    if chance.random() < 0.08:
        return Network(error="no class LeNet5 in main.py or any module beside it")
    kernel, weight = ("weight", "weight")
    wide = 400 if chance.random() < 0.9 else 256
    shapes = [
        (f"conv1.{kernel}", (6, 1, 5, 5)),
        (f"conv2.{kernel}", (16, 6, 5, 5)),
        (f"fc1.{weight}", (120, wide)),
        ("fc1.bias", (120,)),
        (f"fc2.{weight}", (84, 120)),
        ("fc2.bias", (84,)),
        (f"fc3.{weight}", (10, 84)),
        ("fc3.bias", (10,)),
    ]
    parameters = tuple(Parameter(name=name, shape=shape) for name, shape in shapes)
    return Network(
        file="lenet.py",
        name="LeNet5",
        framework="torch" if torch else "mindspore",
        parameters=parameters,
        count=sum(int(np.prod(shape)) for _, shape in shapes),
        layers=tuple(
            Layer(name=name, kind=kind, output=output, parameters=weights, multiply_adds=adds)
            for name, kind, output, weights, adds in LAYERS
            if wide == 400 or name != "pool2"
        ),
        variant={"input": "32", "pool": "max", "conv_activation": "relu", "c5": "dense"},
        differs_at="" if wide == 400 else "S4",
        expected="" if wide == 400 else "(16, 5, 5)",
        actual="" if wide == 400 else "(16, 4, 4)",
    )


def checks_of(chance: random.Random, lenet: Network, bad: str) -> tuple[Check, ...]:
    lost = bool(lenet.error)
    wide = any(p.shape == (120, 256) for p in lenet.parameters)
    return (
        Check(
            name="test_lenet5.py::test_found",
            title={"en": "LeNet5 can be found and built", "zh": "能找到并创建 LeNet5"},
            outcome="failed" if lost else "passed",
            rationale="There is no class of that name.\n没有这个名称的类。" if lost else "",
            help="Define it in main.py or beside it.\n请在 main.py 或同目录的模块中定义。"
            if lost
            else "",
            actual=bad if lost else "",
        ),
        Check(
            name="test_lenet5.py::test_layers",
            title={"en": "The layers are the lecture's", "zh": "各层与课件一致"},
            outcome="skipped" if lost else "failed" if wide else "passed",
            rationale="The first dense layer takes 256 inputs.\n第一个全连接层有 256 个输入。"
            if wide
            else "",
            help="32x32 images leave 16x5x5 = 400 values.\n32x32 的图片会得到 16x5x5 = 400 个数。"
            if wide
            else "",
            expected="(120, 400)" if wide else "",
            actual="(120, 256)" if wide else "",
        ),
        Check(
            name="test_lenet5.py::test_batch",
            title={"en": "A batch of any size goes through", "zh": "任意大小的批次都能通过"},
            outcome="skipped" if lost else "passed" if chance.random() < 0.95 else "broken",
        ),
    )
