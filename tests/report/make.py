"""A made-up class: believable evidence for any number of submissions, the same for the same
seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from grader.assignment import Assignment, read_assignment
from grader.evidence import (
    Confinement,
    Evidence,
    Loading,
    Records,
    Runtime,
    Stage,
    SubmissionRecord,
    Trouble,
)
from grader.report import Context, Result, publish
from grader.scoring import Override, grade
from tests.report.parts import (
    HOSTILE,
    answers_of,
    checks_of,
    curves_of,
    findings_of,
    fingerprint_of,
    images,
    lenet_of,
)

ROOT = Path(__file__).parents[2]
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英子涵雨轩梓萱浩然诗琪宇航欣怡"
ENGLISH = ("Ada Moreau", "Jonas Weber", "Priya Nair", "Diego Santos", "Mei-Ling O'Hara")


@cache
def assignment() -> Assignment:
    return read_assignment(ROOT / "hidden_tests")


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
    answers = answers_of(kind, chance, lab, bad)
    torch = chance.random() < 0.55
    findings = findings_of(kind, chance, lab, answers, bad)
    reports = ("report/实验报告.md",) if chance.random() < 0.8 else ()
    records = ("results/train.log",) if chance.random() < 0.7 else ()
    lenet = lenet_of(chance, torch)
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
        networks=(lenet,),
        checks=checks_of(chance, lenet, bad),
        records=Records(
            reports=reports,
            records=records,
            curves=curves_of(chance, bad) if records else (),
            summary={"characters": chance.randint(800, 9000), "images": chance.randint(0, 12)}
            if reports
            else {},
        ),
        fingerprint=fingerprint_of(seed * 1_000_003 + index),
        findings=findings,
        started=f"2026-06-01T{8 + index // 3600 % 12:02d}:{index // 60 % 60:02d}:{index % 60:02d}Z",
        seconds=round(8 + sum(answer.seconds for answer in answers), 1),
        grader="0.1.0",
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
