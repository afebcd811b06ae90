"""How much faster a MindSpore submission runs in ``grade`` than in a plain loop, in one paired run.

``python benchmarks/mindspore_speed.py [PAIRS]`` makes a MobileNetV2 submission of the course's kind
and lets it answer the 130 sample images, in turn by the ten lines that anybody would write and by
``grade``. Prints seconds for the images after the first, and the ratio pair by pair.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from course_submission import IMAGES, ROOT, make

LOOP = """
import json, os, sys, time
import cv2
sys.path.insert(0, os.getcwd())
from main import predict
folder, times, answers = sys.argv[1], [], {}
for label in sorted(os.listdir(folder)):
    for name in sorted(os.listdir(os.path.join(folder, label))):
        image = cv2.imread(os.path.join(folder, label, name))
        begun = time.perf_counter()
        answers[label + "/" + name] = predict(image)
        times.append(time.perf_counter() - begun)
json.dump({"seconds": sum(times[1:]), "answers": answers}, sys.stdout)
"""


def plain(folder: Path) -> tuple[float, dict[str, str]]:
    """Seconds and answers of the plain loop, in the interpreter that ``grade`` uses too."""
    environment = {k: v for k, v in os.environ.items() if k != "ONEDNN_MAX_CPU_ISA"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LOOP, str(IMAGES)],
        cwd=folder, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    return told["seconds"], told["answers"]


def graded(folder: Path, out: Path, *words: str) -> tuple[float, dict[str, str]]:
    """Seconds and answers of ``grade``, seen from the grader: pipes and checks included."""
    command = [sys.executable, "-m", "grader", str(folder), "--out", str(out), "--fresh", *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    (path,) = (out / "evidence").glob("*.json")
    answers = json.loads(path.read_text(encoding="utf-8"))["answers"]
    times = sorted(answer["seconds"] for answer in answers)
    return sum(times[:-1]), {answer["image"]: answer["answer"] for answer in answers}


def main(pairs: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = make(Path(temporary) / "submission")
        graded(folder, Path(temporary) / "warm-up")  # the tuning is measured once a machine
        for pair in range(pairs):
            slow, by_hand = plain(folder)
            fast, answers = graded(folder, Path(temporary) / "out")
            same = "the same answers" if answers == by_hand else "OTHER ANSWERS"
            sys.stdout.write(
                f"pair {pair + 1}: plain loop {slow:.2f} s, grade {fast:.2f} s, "
                f"ratio {slow / fast:.1f}, {same}\n"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
