"""A folder with links to files of the machine."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "main.py").write_text("""
import os

for path in ("passwd", "root"):
    try:
        print("ESCAPED", os.listdir(path) if path == "root" else open(path).read()[:20])
    except OSError as error:
        print("denied", error)


def predict(image):
    return "Hats"
""")
    (folder / name / "passwd").symlink_to("/etc/passwd")
    (folder / name / "root").symlink_to("/var")
    (folder / name / "loop").symlink_to(".")
