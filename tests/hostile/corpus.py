"""The hostile corpus: submissions that mean harm, among neighbours, with bait and alarms around
them.

`run` grades all of them as one class, by the program a teacher uses, and tells what came of it. The
bait: files, variables and sockets that hold secrets; the alarms: what would change if one got out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import grader
from grader.sandbox.contract import Level
from tests.hostile.bait import (
    Planted,
    adopt_orphans,
    decoy_process,
    difference,
    fingerprint,
    harm_done,
    listening,
    survivors_of,
)
from tests.hostile.expectations import CASES, Case, Outcome, Result, Usage, list_in
from tests.hostile.setting import ASSIGNMENT, CLASSES, EACH, HONEST, NEIGHBOURS, SECONDS

if sys.version_info >= (3, 11):
    pass
else:
    pass

REPOSITORY = Path(grader.__file__).parent.parent
BETWEEN_LOOKS = 0.2  # seconds


@contextmanager
def run(
    level: Level,
    chosen: Sequence[Case],
    program: Sequence[str] = ("grader",),
    honest: Sequence[str] = NEIGHBOURS,
) -> Iterator[Result]:
    """Grade the cases at `level`; results can be looked at until the block ends.

    program: the module that grades, with arguments of its own. honest: names of honest submissions,
    which are graded in the order of names among the cases.
    Raises ValueError for level none: these submissions are never run unconfined.
    """
    if level is Level.NONE:
        raise ValueError("hostile submissions are run confined only")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-")))
        folder.chmod(0o755)  # so that only the sandbox stands before it
        planted = Planted(folder)
        stack.callback(planted.remove)
        alarms = stack.enter_context(listening(folder))
        decoy = stack.enter_context(decoy_process())
        bait = planted.bait | alarms.bait | {"pids": [decoy.pid]}
        home, class_ = _assignment(folder), folder / "submissions"
        submission(class_, chosen, honest, bait)
        planted.hide()
        out, temporary = folder / "out", folder / "tmp"
        temporary.mkdir()
        temporary.chmod(0o1777)
        before = fingerprint(folder, without=(out, temporary))
        words = [*("--assignment", str(home), "--out", str(out), "--require", level.value)]
        words += [
            "--device",
            "CPU",
            "--no-tune",
            "--jobs",
            str(os.cpu_count() or 1),
            "--set",
            "policy.guessing=0",
        ]
        adopt_orphans()
        mounts = Path("/proc/self/mounts").read_text()
        graded = subprocess.Popen(
            [sys.executable, "-m", *program, str(class_), *words],
            env={
                **os.environ,
                **planted.variables,
                "TMPDIR": str(temporary),
                "PYTHONPATH": str(REPOSITORY),
            },
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        usage: list[Usage] = []
        watcher = threading.Thread(target=_watch, args=(graded.pid, usage), daemon=True)
        watcher.start()
        terminal, _ = graded.communicate(timeout=SECONDS)
        watcher.join()
        yield Result(
            exit_code=graded.returncode,
            terminal=terminal.decode("utf-8", "replace"),
            honest=honest,
            outcomes=_outcomes(out, [*honest, *(case.name for case in chosen)]),
            out=out,
            secrets=planted.secrets,
            reached=alarms.reached(),
            changed=difference(before, fingerprint(folder, without=(out, temporary))),
            mounted=[
                line
                for line in Path("/proc/self/mounts").read_text().splitlines()
                if line not in mounts
            ],
            usage=usage,
            harmed=harm_done(decoy),
            survivors=survivors_of(decoy),
            left_behind=[path.name for path in temporary.iterdir()],
        )


def _watch(grader_: int, usage: list[Usage]) -> None:
    """Note what the grader's examiners hold, again and again until the grader has ended."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(grader_)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            for child in process.children():
                with contextlib.suppress(psutil.Error):
                    if "spawn_main" in " ".join(child.cmdline()):
                        memory = child.memory_info().rss / 2**20
                        usage.append(Usage(child.pid, memory, child.num_fds()))
            time.sleep(BETWEEN_LOOKS)


def _assignment(folder: Path) -> Path:
    """An assignment of three classes with a few hidden images."""
    import cv2

    home = folder / "hidden_set"
    random = np.random.default_rng(7)
    text = ASSIGNMENT
    for number, (name, label) in enumerate(CLASSES):
        text += f'\n[[classes]]\nfolder = "{name}"\nen = "{label}"\n'
        (home / "images" / name).mkdir(parents=True)
        for image in range(EACH):
            pixels = random.integers(0, 256, (24, 24, 3), np.uint8)
            pixels[0, 0] = 80 * number + 40
            path = home / "images" / name / f"hidden_image_{number}_{image}.png"
            cv2.imwrite(str(path), pixels)
    (home / "assignment.toml").write_text(text)
    return home


def submission(
    class_: Path, chosen: Sequence[Case], honest: Sequence[str], bait: Mapping[str, Any]
) -> None:
    """Lay the class out: the cases, and honest submissions of the names `honest`."""
    class_.mkdir()
    for name in honest:
        (class_ / name).mkdir()
        (class_ / name / "main.py").write_text(HONEST)
    for case in chosen:
        recipe = case.folder / "make.py"
        if recipe.exists():
            _follow(recipe, class_, case.name)
            continue
        place = class_ / case.name
        shutil.copytree(case.folder, place, ignore=shutil.ignore_patterns("expected.toml"))
        shutil.copy(CASES / "bait.py", place)
        for payload in place.glob("*.hostile"):  # stored so that no tool of ours picks it up
            payload.rename(payload.with_suffix(""))
        (place / "bait.json").write_text(json.dumps({**bait, "id": case.name}))


def _follow(recipe: Path, class_: Path, name: str) -> None:
    """Make a submission by a recipe of ours."""
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", recipe)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(class_, name)


def _outcomes(out: Path, names: Sequence[str]) -> dict[str, list[Outcome]]:
    """What came of each submission, by the name that its own begins with."""
    names = sorted(names, key=len, reverse=True)
    grades = json.loads((out / "grades.json").read_text(encoding="utf-8"))
    statuses = {grade["id"]: grade["status"] for grade in list_in(grades)}
    found: dict[str, list[Outcome]] = {}
    for path in sorted((out / "evidence").glob("*.json")):
        evidence = json.loads(path.read_text(encoding="utf-8"))
        submission = evidence["submission"]["id"]
        source = evidence["submission"]["source"]
        name = next(name for name in names if source.startswith(name))
        log = (out / "logs" / f"{submission}.txt").read_text(encoding="utf-8")
        page = (out / "report" / "student" / f"{submission}.html").read_text(encoding="utf-8")
        page += json.dumps([evidence[field] for field in ("told", "networks", "checks")])
        found.setdefault(name, []).append(Outcome(statuses[submission], evidence, log, page))
    return found
