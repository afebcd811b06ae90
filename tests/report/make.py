"""A made-up class: believable evidence for any number of submissions, the same for the same
seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from grader.assignment import Assignment, read_assignment
from grader.evidence import (
    Answer,
    Check,
    Confinement,
    Curve,
    Evidence,
    Fingerprint,
    Layer,
    LeNet5,
    Loading,
    Parameter,
    Problem,
    Records,
    Runtime,
    Stage,
    SubmissionRecord,
    Tensors,
    Trouble,
)
from grader.evidence.findings import Finding, find
from grader.report import Context, Result, publish
from grader.scoring import Override, grade
from grader.similarity.fingerprint import packed

ROOT = Path(__file__).parents[2]
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英子涵雨轩梓萱浩然诗琪宇航欣怡"
ENGLISH = ("Ada Moreau", "Jonas Weber", "Priya Nair", "Diego Santos", "Mei-Ling O'Hara")

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


@cache
def assignment() -> Assignment:
    return read_assignment(ROOT / "hidden_tests")


def images(lab: Assignment, each: int = 5) -> list[tuple[str, str]]:
    """Image and truth of the hidden set, in its order; names that no other text contains."""
    return [
        (f"{label.folder}/hid-{n}{index:02d}.jpg", label.en)
        for index, label in enumerate(lab.classes)
        for n in range(each)
    ]


def hidden_set(folder: Path, lab: Assignment, each: int = 5) -> Path:
    """Drawn stand-ins for the hidden images, on disk."""
    for index, (name, truth) in enumerate(images(lab, each)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(index)
        base = noise.integers(60, 200, 3)
        pixels = np.clip(
            np.linspace(-40, 40, 224)[:, None, None] + base + noise.normal(0, 8, (224, 224, 3)),
            0,
            255,
        ).astype(np.uint8)
        picture = Image.fromarray(pixels)
        draw = ImageDraw.Draw(picture)
        tint = tuple(int(255 - v) for v in base)
        if index % 2:
            draw.ellipse((40, 50, 180, 190), fill=tint)
        else:
            draw.rounded_rectangle((50, 30, 170, 200), 24, fill=tint)
        draw.text((12, 8), truth, fill="white")
        picture.save(path, quality=88)
    return folder


class Given(NamedTuple):
    """Results that are at hand: a `grader.report.ResultSource`."""

    all: list[Result]

    @property
    def ids(self) -> list[str]:
        return [result.evidence.submission.id for result in self.all]

    def results(self, ids: Sequence[str]) -> Iterator[Result]:
        return (result for result in self.all if result.evidence.submission.id in ids)


def report(results: Iterable[Result], context: Context, out: Path) -> Path:
    """The folder of the pages that are published below `out`."""
    publish(Given(list(results)), context, out)
    return out / "report"


def results(
    count: int, seed: int = 1, *, hostile: bool = True, lab: Assignment | None = None
) -> Iterator[Result]:
    """`count` results, one at a time."""
    lab = lab or assignment()
    overrides = []
    for index in range(count):
        evidence = one(index, seed, lab=lab, hostile=hostile and index % 9 == 5)
        if index % 11 == 3:
            overrides = [
                Override(
                    id=evidence.submission.id,
                    report="complete",
                    points=2 if index % 2 else 0,
                    reason="实验报告完整，训练记录齐全",
                    author="TA Chen",
                    time="2026-06-02T09:30:00Z",
                )
            ]
        yield Result(evidence, grade(evidence, lab.policy, len(lab.classes), overrides), log(index))


def one(
    index: int, seed: int = 1, *, lab: Assignment | None = None, hostile: bool = False
) -> Evidence:
    """The evidence of submission `index` of the class `seed`."""
    lab = lab or assignment()
    chance = random.Random(seed * 1_000_003 + index)
    number = f"{3_220_100_000 + index * 37 % 90_000}"
    name = _name(chance, index)
    bad = HOSTILE[index // 9 % len(HOSTILE)] if hostile else ""
    submission = SubmissionRecord(
        id=f"{number}-{index}",
        name=bad or name,
        number=number,
        source=bad or f"{name}_{number}.zip",
        digest=f"{chance.getrandbits(256):064x}",
        size=chance.randint(2_000_000, 60_000_000),
        files=chance.randint(4, 40),
    )
    fate = chance.random()
    fate = {0: 0.5, 4: 0.0, 6: 0.02}.get(index, fate)  # in every class: fine, ours, theirs
    kind = (
        "trouble" if fate < 0.015 else "import" if fate < 0.045 else "constant" if fate < 0.06
        else "shift" if fate < 0.12 else "channels" if fate < 0.18 else "errors" if fate < 0.21
        else "slow" if fate < 0.23 else "good"
    )  # fmt: skip
    answers = _answers(kind, chance, lab, bad)
    torch = chance.random() < 0.55
    findings = _findings(kind, chance, lab, answers, bad)
    reports = ("report/实验报告.md",) if chance.random() < 0.8 else ()
    records = ("results/train.log",) if chance.random() < 0.7 else ()
    lenet = _lenet(chance, torch)
    return Evidence(
        key=f"{chance.getrandbits(128):032x}",
        submission=submission,
        stage=Stage.LOAD if kind in ("import", "trouble") else Stage.DONE,
        stopped="import-failed" if kind == "import" else "",
        trouble=Trouble(
            message="the sandbox ended: no space left on device", cure="free space, then resume"
        )
        if kind == "trouble"
        else None,
        runtime=Runtime(
            name="torch" if torch else "mindspore",
            python="3.11.7",
            packages={"torch": "2.4.1", "torchvision": "0.19.1"}
            if torch
            else {"mindspore": "2.7.0", "numpy": "1.26.4"},
            tuning={} if torch else {"ONEDNN_MAX_CPU_ISA": "AVX2"},
            reason={
                "en": "imports torch, cv2, PIL" if torch else "imports mindspore, cv2, easydict"
            },
        ),
        confinement=Confinement(
            level="strong", ended="finished", peak_memory=chance.randint(380, 1900), restarts=0
        ),
        loading=Loading(
            entry="main.py",
            notes=("left out 3 cells of main.ipynb that train",) if index % 4 == 1 else (),
            compatibility=("mindspore.dataset.vision.c_transforms",) if index % 5 == 2 else (),
            loaded=kind not in ("import", "trouble"),
            seconds=round(chance.uniform(1.2, 9), 2),
        ),
        answers=answers,
        lenet5=lenet,
        checks=_checks(chance, lenet, bad),
        records=Records(
            reports=reports,
            records=records,
            curves=_curves(chance, bad) if records else (),
            summary={"characters": chance.randint(800, 9000), "images": chance.randint(0, 12)}
            if reports
            else {},
        ),
        fingerprint=_fingerprint(seed * 1_000_003 + index),
        findings=findings,
        started=f"2026-06-01T{8 + index // 3600 % 12:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z",
        seconds=round(8 + sum(answer.seconds for answer in answers), 1),
        grader="0.1.0",
    )


def _fingerprint(number: int) -> Fingerprint:
    """Prints of 2,000 tokens, and of a backbone that all have with a head of one's own."""
    chance, backbone = np.random.default_rng(number), np.random.default_rng(0)
    code = chance.integers(0, 2**32, 240, np.uint32)
    tensors = [backbone.integers(0, 2**64, 200, np.uint64), chance.integers(0, 2**64, 2, np.uint64)]
    prints = packed(np.unique(np.concatenate(tensors)))
    return Fingerprint(
        code=packed(np.unique(code)), weights=(Tensors(file="results/net.ckpt", prints=prints),)
    )


def log(index: int) -> str:
    """What a submission printed."""
    chance = random.Random(index)
    lines = [f"[INFO] loading weights from results/model_{index % 7}.ckpt", "cuda: False"]
    lines += [f"predict: {chance.random():.4f} {HOSTILE[n % 12]}" for n in range(12)]
    lines += ["Traceback (most recent call last):", '  File "main.py", line 41, in predict']
    return "\n".join([*lines, "ValueError: could not broadcast"])


def _name(chance: random.Random, index: int) -> str:
    if index % 13 == 7:
        return ENGLISH[index % len(ENGLISH)]
    return chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))


def _answers(kind: str, chance: random.Random, lab: Assignment, bad: str) -> tuple[Answer, ...]:
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


def _findings(
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
        found.append(find("import-failed", entry="main.py", error=error, file="main.py", line=12))
    if kind == "constant":
        found.append(find("constant-answers", count=total, answer=lab.names[0]))
        found.append(find("weights-not-loaded", reason="all answers are alike"))
    if kind == "shift":
        swaps = "Banana Peel → Eggshell"
        found.append(find("label-order", other=total - 4, swaps=swaps, cause="…", **counts))
    if kind == "channels":
        found.append(find("channel-order", other=correct + 11, channels="BGR", **counts))
    if kind == "errors":
        count = sum(answer.problem is Problem.RAISED for answer in answers)
        error = "ValueError: could not broadcast input array"
        found.append(
            find(
                "predict-failed", error=error, file="main.py", line=41, count=count,
                channels="BGR", **counts,
            )
        )  # fmt: skip
    if kind == "slow":
        count = sum(answer.problem is Problem.NOT_ASKED for answer in answers)
        found.append(find("timeout-total", seconds=600, count=count, **counts))
    if bad and answers:
        found.append(find("unknown-class", count=4, said=bad, nearest="", **counts))
    if chance.random() < 0.12:
        found.append(
            find("dataset-at-import", path="datasets/garbage_26x100", file="main.py", line=30)
        )
    if chance.random() < 0.03:
        found.append(find("similar-code", percent=84, other="李伟 (3220100037-1)"))
    if chance.random() < 0.15:
        found.append(find("slow", function="predict", seconds="0.8"))
    if chance.random() < 0.2:
        found.append(find("report-missing", low=80, high=85))
    return tuple(found)


def _curves(chance: random.Random, bad: str) -> tuple[Curve, ...]:
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


def _lenet(chance: random.Random, torch: bool) -> LeNet5:
    if chance.random() < 0.08:
        return LeNet5(error="no class LeNet5 in main.py or any module beside it")
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
    return LeNet5(
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


def _checks(chance: random.Random, lenet: LeNet5, bad: str) -> tuple[Check, ...]:
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
