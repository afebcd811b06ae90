"""What is private lies in no folder that a submission can read, or nothing runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.cli import machine
from grader.cli.exposure import require_unexposed
from grader.cli.main import UsageError, main
from grader.runtimes.detect import Runtime
from grader.sandbox.contract import Mount

PYTHON = Path("/course/bin/python")


def runtime(*folders: Path) -> Runtime:
    mounts = tuple(Mount(folder, folder) for folder in folders)
    return Runtime("torch", PYTHON, "3.11.7", mounts=mounts)


@pytest.mark.parametrize("private", ["course", "course/images", "linked/images", "course/new/out"])
def test_what_lies_below_a_runtimes_folder_is_refused(private: str, tmp_path: Path) -> None:
    (tmp_path / "course/images").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "course")
    for shown in (tmp_path / "course", tmp_path / "linked"):
        with pytest.raises(UsageError, match=r"course.* finds its packages there"):
            require_unexposed([tmp_path / private], [runtime(shown)])


def test_what_the_system_shows_is_refused_and_what_lies_beside_is_not(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="as it is the system's"):
        require_unexposed([Path("/usr/local/labs/images")], [])
    (tmp_path / "course/.venv").mkdir(parents=True)
    beside = [runtime(tmp_path / "course/.venv")]
    require_unexposed([tmp_path / "course", tmp_path / "course/.venv2"], beside)


@pytest.mark.parametrize("exposed", ["images", "out", "class", "roster.csv", "lab"])
def test_a_class_that_could_read_it_does_not_run(
    exposed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {
        name: tmp_path / ("shown" if name == exposed else "apart") / name
        for name in ("images", "out", "class", "roster.csv", "lab")
    }
    for name in ("images/a", "class/s1", "lab"):
        first, *rest = name.split("/")
        places[first].joinpath(*rest).mkdir(parents=True)
    cv2.imwrite(str(places["images"] / "a/1.png"), np.zeros((8, 8, 3), np.uint8))
    (places["class"] / "s1/main.py").write_text("def predict(image):\n    return 'a'\n")
    places["roster.csv"].parent.mkdir(exist_ok=True)
    places["roster.csv"].write_text("number,name\ns1,One\n")
    (places["lab"] / "assignment.toml").write_text(
        '[assignment]\nid = "t"\ntitle = {en = "t", zh = "t"}\n[interface]\nlenet5 = ""\n'
        '[[classes]]\nfolder = "a"\nen = "a"\n'
        '[[classes]]\nfolder = "b"\nen = "b"\n'
    )
    real = machine.runtimes

    def showing(forced: str | None) -> tuple[Runtime, ...]:
        mount = Mount(tmp_path / "shown", tmp_path / "shown")
        return tuple(replace(one, mounts=(*one.mounts, mount)) for one in real(forced))

    monkeypatch.setattr(machine, "runtimes", showing)
    words = [places["class"], "--assignment", places["lab"], "--hidden", places["images"]]
    words += ["--roster", places["roster.csv"], "--out", places["out"], "--device", "CPU"]
    assert main(["--lang", "en", *map(str, words)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "which every submission can read" in said
    assert not places["out"].exists()
