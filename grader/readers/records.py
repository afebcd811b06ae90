"""Lab reports and training records: found by names, types and what they hold, never executed.

A person says whether they are complete; here is only what they are and how much they hold. Every
file is read up to a bound.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

from grader.readers import contents
from grader.readers.curves import event_file, find_curves
from grader.readers.limits import ReadingLimit
from grader.readers.reports import count_report
from grader.readers.time_limits import leaving_out

_LOG = re.compile(r"(?:^|[_\-. ])logs?(?:$|[_\-. 0-9])|train|nohup|history|output|记录|日志", re.I)
_CURVE = re.compile(
    r"loss|acc|curve|train|val|epoch|history|metric|confusion|result|lr|曲线|损失|精度|准确|混淆|结果",
    re.IGNORECASE,
)
_IMAGES = (".png", ".jpg", ".jpeg", ".svg")
_WEIGHTS = (".ckpt", ".pth", ".pt", ".h5", ".keras", ".safetensors", ".npz")
EPOCHS = 2  # weights whose names differ in numbers only, from which on they record a training
MAX_FILES_NAMED = 200  # files that are named, of each kind; all are counted
DATA_SET = 40  # images in a folder above which they are data, not drawings of a training


def read_records(root: Path, each: float) -> dict[str, Any]:
    """What `root`, a staged submission, holds of reports and records of training; of each file as
    much as can be read in `each` seconds of processor time.

    Has the form of `evidence.Records`, and in `left_out` what a limit stopped: file, limit.
    """
    paths = sorted(path for path in contents.files(root))
    names = {path: path.relative_to(root).as_posix() for path in paths}
    images = Counter(path.parent for path in paths if path.suffix.lower() in _IMAGES)
    counts: Counter[str] = Counter()
    reports: list[str] = []
    left_out: dict[str, ReadingLimit] = {}
    curves = find_curves(root, paths, each, left_out)
    records = {drawn["file"]: "logs" for drawn in curves}
    for path, name in names.items():
        found = None
        with leaving_out(name, left_out, each):
            found = count_report(path)
        if found is not None:
            reports.append(name)
            counts.update(found)
        elif what := _record(path, images[path.parent]):
            records[name] = what
    records |= dict.fromkeys(_series(list(names.values())), "checkpoints")
    counts.update(records.values())
    return {
        "reports": reports[:MAX_FILES_NAMED],
        "records": sorted(records)[:MAX_FILES_NAMED],
        "summary": {name: count for name, count in sorted(counts.items()) if count},
        "curves": curves,
        "left_out": list(left_out.items())[:MAX_FILES_NAMED],
    }


def _record(path: Path, images: int) -> str:
    """What kind of record a file with so many `images` in its folder is by its name: "logs",
    "curves" (drawn ones), "summaries", or "" for none.
    """
    name, suffix = path.stem, path.suffix.lower()
    if event_file(path) or path.name.endswith("_lineage"):
        return "summaries"
    if suffix == ".log" or (suffix in (".txt", ".csv", ".json", ".jsonl") and _LOG.search(name)):
        return "logs"
    if suffix in _IMAGES and _CURVE.search(name) and images <= DATA_SET:
        return "curves"
    return ""


def _series(names: list[str]) -> list[str]:
    """Weights of several epochs: names that differ in their numbers only."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() in _WEIGHTS and re.search("[0-9]", path.stem):
            groups[re.sub("[0-9]+", "#", path.stem) + path.suffix].append(name)
    return [name for group in groups.values() if len(group) >= EPOCHS for name in group]
