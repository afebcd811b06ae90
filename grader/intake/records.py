"""Lab reports and training records: found by names and types, summarised, never executed.

A person says whether they are complete; here is only what they are and how much they hold. Nothing
is unpickled, no document is rendered, every file is read up to READ bytes.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from grader.evidence import Records
from grader.intake.clutter import clutter

READ = 8 * 1024 * 1024  # bytes of one file that are looked at
FILES = 20_000  # in one hand-in

_REPORT = re.compile(r"report|实验|报告|总结|说明|write-?up|readme", re.IGNORECASE)
_LOG = re.compile(r"(?:^|[_\-. ])logs?(?:$|[_\-. 0-9])|train|nohup|history|output|记录|日志", re.I)
_CURVE = re.compile(
    r"loss|acc|curve|train|val|epoch|history|metric|confusion|result|lr|曲线|损失|精度|准确|混淆|结果",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"tfevents|\.summary\.|_lineage$|events\.out", re.IGNORECASE)
_OFFICE = (".pdf", ".docx", ".doc", ".odt", ".wps")
_TEXTS = (".md", ".markdown", ".txt", ".tex", ".html", ".htm", ".rst")
_IMAGES = (".png", ".jpg", ".jpeg", ".svg")
_WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".safetensors", ".npz")
NOTEBOOK_TEXT = 200  # characters of Markdown from which on a notebook counts as a report
EPOCHS = 2  # weights whose names differ in numbers only, from which on they record a training


def find_records(root: Path) -> Records:
    """What `root`, a staged hand-in, holds of reports and records of training."""
    paths = sorted(path for path in _files(root))
    counts: Counter[str] = Counter()
    reports: list[str] = []
    records: list[str] = []
    for path in paths:
        name = path.relative_to(root).as_posix()
        if (read := _report_reader(path)) and (found := read(path)) is not None:
            reports.append(name)
            counts.update(found)
        elif what := _record(path):
            records.append(name)
            counts[what] += 1
    series = _series([path.relative_to(root).as_posix() for path in paths])
    records += series
    counts["checkpoints"] += len(series)
    return Records(
        reports=tuple(reports),
        records=tuple(sorted(records)),
        summary={name: count for name, count in sorted(counts.items()) if count},
    )


def _files(root: Path) -> Iterator[Path]:
    for count, path in enumerate(root.rglob("*")):
        if count > FILES:
            return
        if path.is_file() and not path.is_symlink() and not clutter((path.name,)):
            yield path


def _record(path: Path) -> str:
    """What kind of record a file is: "logs", "curves", "summaries", or "" for none."""
    name, suffix = path.stem, path.suffix.lower()
    if _SUMMARY.search(path.name):
        return "summaries"
    if suffix == ".log" or (suffix in (".txt", ".csv", ".json", ".jsonl") and _LOG.search(name)):
        return "logs"
    if suffix in _IMAGES and _CURVE.search(name) and not _sample(path):
        return "curves"
    return ""


def _sample(path: Path) -> bool:
    """Whether an image belongs to a data set: dozens of images beside it."""
    beside = sum(other.suffix.lower() in _IMAGES for other in path.parent.iterdir())
    return beside > 40


def _series(names: list[str]) -> list[str]:
    """Weights of several epochs: names that differ in their numbers only."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() in _WEIGHTS and re.search("[0-9]", path.stem):
            groups[re.sub("[0-9]+", "#", path.stem) + path.suffix].append(name)
    return [name for group in groups.values() if len(group) >= EPOCHS for name in group]


# --- reports ----------------------------------------------------------------------------

Counts = dict[str, int]


def _report_reader(path: Path) -> Callable[[Path], Counts | None] | None:
    suffix = path.suffix.lower()
    if suffix == ".docx":
        return _docx
    if suffix == ".pdf":
        return _pdf
    if suffix in _OFFICE:
        return lambda path: {"report_bytes": path.stat().st_size}
    if suffix == ".ipynb":
        return _notebook
    if suffix in _TEXTS and _REPORT.search(path.stem):
        return _text
    return None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(READ)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _counts(text: str, headings: int, images: int) -> Counts:
    characters = sum(not character.isspace() for character in text)
    return {"report_characters": characters, "headings": headings, "images": images}


def _text(path: Path) -> Counts | None:
    text = _decode(_read(path))
    if not text.strip():
        return None
    headings = len(re.findall(r"(?m)^#{1,6}\s|\\(?:sub)*section\b|<h[1-6]\b", text))
    images = len(re.findall(r"!\[[^\]\n]{0,300}\]|<img\b|\\includegraphics", text))
    return _counts(text, headings, images)


def _notebook(path: Path) -> Counts | None:
    """Markdown of a notebook; with too little of it a notebook is code, not a report."""
    try:
        cells = json.loads(_decode(_read(path)))["cells"]
        texts = [_source(cell) for cell in cells if cell.get("cell_type") == "markdown"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    text = "\n".join(texts)
    if len(text) < NOTEBOOK_TEXT:
        return None
    outputs = sum(_pictures(cell) for cell in cells)
    headings = len(re.findall(r"(?m)^#{1,6}\s", text))
    images = outputs + len(re.findall(r"!\[[^\]\n]{0,300}\]|<img\b", text))
    return _counts(text, headings, images)


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _pictures(cell: object) -> int:
    outputs = cell.get("outputs") if isinstance(cell, dict) else None
    if not isinstance(outputs, list):
        return 0
    data = [output.get("data") for output in outputs if isinstance(output, dict)]
    return sum(
        any(str(key).startswith("image/") for key in kinds)
        for kinds in data
        if isinstance(kinds, dict)
    )


def _docx(path: Path) -> Counts | None:
    """Counts of a Word document, by its marks rather than by a parser of XML: nothing to expand."""
    try:
        with zipfile.ZipFile(path) as opened:
            images = sum(
                info.filename.startswith("word/media/") for info in opened.infolist()[:FILES]
            )
            with opened.open("word/document.xml") as document:
                xml = document.read(READ)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, zlib.error, EOFError,
            NotImplementedError, RuntimeError):  # fmt: skip
        return None
    text = _decode(xml)
    said = "".join(re.findall(r"<w:t(?:\s[^<>]{0,200})?>([^<]*)</w:t>", text))
    headings = len(re.findall(r'<w:pStyle w:val="(?:Heading|heading|标题)?\s?[1-6]"', text))
    return _counts(said, headings, images)


def _pdf(path: Path) -> Counts | None:
    """Pages and pictures by their marks; packed object streams are opened up to READ bytes."""
    raw = _read(path)
    if raw.lstrip()[:5] != b"%PDF-":
        return None
    text = raw + b"\n".join(_object_streams(raw))
    return {
        "pages": len(re.findall(rb"/Type\s*/Page(?![A-Za-z])", text)),
        "images": len(re.findall(rb"/Subtype\s*/Image(?![A-Za-z])", text)),
        "report_bytes": path.stat().st_size,
    }


def _object_streams(raw: bytes) -> Iterator[bytes]:
    left = READ
    for match in re.finditer(rb"/Type\s*/ObjStm[^>]{0,400}>>\s*stream\r?\n", raw):
        if left <= 0:
            return
        try:
            opened = zlib.decompressobj().decompress(raw[match.end() : match.end() + READ], left)
        except zlib.error:
            continue
        left -= len(opened)
        yield opened
