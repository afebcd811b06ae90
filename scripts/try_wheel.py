"""Try what a student installs: the wheel in a fresh environment, without a framework.

usage: try_wheel.py FOLDER    (with the wheel in it)

Says how many MB the environment has beyond an empty one, then examines three submissions by
``grade --self-check``. Needs nothing but Python, on any system.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LIGHT = 150  # MB that the install may take without a framework

# main.py, the exit code, and what has to be said
SUBMISSIONS = {
    "fine": ("def predict(image):\n    return 'Hats'\n", 0, "Nothing to mend"),
    "unnamed": ("def classify(image):\n    return 'Hats'\n", 1, "predict-missing"),
    "untrained": ("open('best.pt')\ndef predict(image): ...\n", 1, "weights-missing"),
}


def main(folder: Path) -> int:
    """See the module."""
    (wheel,) = folder.resolve().glob("*.whl")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        home = Path(temporary)
        venv.create(home / "venv", with_pip=True)
        python = home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        before = megabytes(home / "venv")
        install = [python, "-m", "pip", "install", "--quiet", "--no-compile", wheel]
        subprocess.run(install, check=True)
        taken = megabytes(home / "venv") - before
        print(f"installed: {taken:.0f} MB (at most {LIGHT})")
        failed = [name for name in SUBMISSIONS if not examined(python, home, name)]
    return int(bool(failed) or taken > LIGHT)


def megabytes(folder: Path) -> float:
    """What the files below `folder` hold, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def examined(python: Path, home: Path, name: str) -> bool:
    """Whether ``--self-check`` says of the submission what it should."""
    code, expected, said = SUBMISSIONS[name]
    (home / name).mkdir()
    (home / name / "main.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [python, "-m", "grader", "--self-check", "--lang", "en", "--set", "interface.lenet5=''"],
        cwd=home / name,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        capture_output=True,
    )
    fine = done.returncode == expected and said in done.stdout
    print(f"{name}: {'ok' if fine else done.stdout + done.stderr}")
    return fine


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
