"""Writes a submission: its files as a plain folder, and the form in which it is sent."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from reference import framework
from reference.garbage.imagenet import NORMALISATION
from reference.garbage.labels import NAMES
from reference.garbage.networks import build
from reference.sample_class.recipes import NETWORK, Trained, Weights
from reference.sample_class.students import Student

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_MARKER = "生成 main.py 时请勾选此 cell"
_ZIP_DATE = (2026, 6, 1, 12, 0, 0)

_TORCH_KIND = {ours: theirs for theirs, ours in NORMALISATION.items()}


def write_plain(student: Student, trained: Trained | None, folder: Path, torch: str) -> None:
    """Write the submission as an ordinary folder. `torch` is the interpreter that has PyTorch."""
    shutil.copytree(_TEMPLATES / student.template, folder)
    for name in student.starter:
        shutil.copyfile(_TEMPLATES / "starter" / name, folder / name)
    if trained and student.weights:
        _write_weights(trained.weights[-1], folder / student.weights, torch)
    if trained and student.records:
        _write_records(student, trained, folder)


def _write_weights(weights: Weights, path: Path, torch: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".pth":
        _write_torch(weights, path, torch)
        return
    network = build(NETWORK)
    framework.assign(network, weights, "the training")
    framework.save(network, path)


def _write_torch(weights: Weights, path: Path, torch: str) -> None:
    renamed = {}
    for name, array in weights.items():
        layer, _, kind = name.rpartition(".")
        renamed[f"{layer}.{_TORCH_KIND.get(kind, kind)}"] = array
        if kind == "moving_mean":
            renamed[f"{layer}.num_batches_tracked"] = np.array(0, np.int64)
    with tempfile.TemporaryDirectory() as scratch:
        arrays = Path(scratch) / "weights.npz"
        np.savez(arrays, **renamed)
        command = [torch, str(_HERE / "to_torch.py"), str(arrays), str(path)]
        subprocess.run(command, check=True)  # noqa: S603  (our own script)


def _write_records(student: Student, trained: Trained, folder: Path) -> None:
    """Add the log and an early checkpoint, and fill in the report."""
    scored = trained.epochs
    log = [
        f"epoch {epoch.number:2d}  loss {epoch.loss:.4f}  val {score.correct}/{score.total}\n"
        for epoch, score in scored
    ]
    records = folder / "records"
    records.mkdir()
    (records / "train.log").write_text("".join(log), encoding="utf-8")
    middle = (len(scored) - 1) // 2
    early = records / f"ckpt_epoch_{scored[middle][0].number}.ckpt"
    _write_weights(trained.weights[middle], early, torch="")
    last = scored[-1][1]
    for report in folder.glob("*报告.md"):
        filled = report.read_text(encoding="utf-8").format(
            number=student.number,
            name=student.name,
            planned=student.recipe.epochs if student.recipe else "",
            trained=scored[-1][0].number,
            accuracy=f"{100 * last.correct / last.total:.1f}",
            rows="\n".join(
                f"| {epoch.number} | {epoch.loss:.4f} | {score.correct} / {score.total} |"
                for epoch, score in scored
            ),
        )
        report.write_text(filled, encoding="utf-8")


def count_right(student: Student, plain: Path, hidden: Path, torch: str) -> int:
    """Run the plain loop of `measure.py` on a copy of the submission; return the right answers."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "submission"
        shutil.copytree(plain, copy)
        if student.form == "notebook":
            (copy / "main.py").write_text(_marked_cells(next(copy.glob("*.ipynb"))), "utf-8")
        interpreter = torch if student.weights.endswith(".pth") else sys.executable
        result = subprocess.run(  # noqa: S603  (our own templates)
            [interpreter, str(_HERE / "measure.py"), str(hidden.resolve()), *NAMES],
            cwd=copy,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return int(result.stdout.split()[-1])


def _marked_cells(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return "\n\n".join(source for source in sources if _MARKER in source)


def send(student: Student, plain: Path, out: Path) -> None:
    """Write the submission below `out` in the form in which it is sent."""
    if student.form == "zip":
        _write_zip(student, plain, out / f"{student.id}.zip")
    else:
        shutil.copytree(plain, out / student.id)


def _write_zip(student: Student, plain: Path, path: Path) -> None:
    """Write a zip as Windows in China names files, with the twins that macOS adds.

    Names are GBK bytes and the flag that would say UTF-8 is not set; all is one folder deep.
    """
    top = f"垃圾分类_{student.name}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(each for each in plain.rglob("*") if each.is_file()):
            inner = f"{top}/{file.relative_to(plain).as_posix()}"
            _add(archive, inner, file.read_bytes())
            folder, _, name = inner.rpartition("/")
            # An AppleDouble header with no entries: what macOS puts beside every file.
            _add(archive, f"__MACOSX/{folder}/._{name}", bytes.fromhex("0005160700020000") * 2)


class _GbkName(zipfile.ZipInfo):
    """An entry whose name is stored as GBK, where Python itself would choose UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (zipfile calls it)
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = _GbkName(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
