"""What a student sees before submitting: which Python, what is packed, what was probably meant."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from grader.assignment import Assignment, PlatformSettings
from grader.cli import own_python, packing, self_check
from grader.cli.main import UsageError
from grader.cli.upload_size import upload_line
from grader.language import translator
from grader.runtimes import detect
from grader.runtimes.detect import Runtime
from grader.runtimes.imports import ImportScan, PackageImport
from grader.worker.source import similar_function
from tests import make, submissions
from tests.report import make as report

SAY = translator("en")
TORCH = ImportScan(imports=(PackageImport("torch", "main.py", 1, optional=False),))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Path]]:
    """A machine with these environments, each with these modules; the first one is active."""
    there: dict[Path, Runtime] = {}

    def look(python: Path, name: str = "") -> Runtime:
        if python not in there:
            raise detect.BrokenRuntimeError(str(python))
        return there[python]

    def with_environments(*modules: str) -> list[Path]:
        for number, words in enumerate(modules):
            home = tmp_path / "home" / ".virtualenvs" / f"env{number}"
            home /= "bin/python"
            submissions.submission(home.parent, {home.name: ""})
            versions = {"torch": f"2.{number}"}
            there[home] = Runtime("torch", home, "3.11.7", versions, frozenset(words.split()))
        monkeypatch.setenv("VIRTUAL_ENV", str(next(iter(there)).parent.parent))
        return list(there)

    monkeypatch.setattr(detect, "examine_python", look)
    monkeypatch.setattr(detect, "added_folders", dict)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    return with_environments


def suiting(tmp_path: Path) -> Runtime:
    return own_python.suiting(TORCH, tmp_path, Console(), SAY)


def test_the_active_environment_runs_the_code_where_it_has_the_framework(
    machine: Callable[..., list[Path]], tmp_path: Path
) -> None:
    active, _ = machine("numpy torch", "numpy torch")
    assert suiting(tmp_path).python == active


def test_another_environment_is_found_where_the_active_one_lacks_the_framework(
    machine: Callable[..., list[Path]], tmp_path: Path
) -> None:
    _, other = machine("numpy", "numpy torch")
    found = suiting(tmp_path)
    assert found.python == other
    assert str(other) in own_python.runtime_line(found, SAY)
    assert "torch 2.1" in own_python.runtime_line(found, SAY)


@pytest.mark.parametrize(
    ("environments", "said"),
    [
        (("numpy", "numpy torch", "numpy torch"), "env2"),  # each is named, nobody is asked here
        (("numpy", "numpy"), "No Python with torch"),
        (("torch",), "-m pip install numpy"),
    ],
)
def test_what_cannot_be_decided_is_said_with_what_to_do(
    machine: Callable[..., list[Path]], tmp_path: Path, environments: tuple[str, ...], said: str
) -> None:
    machine(*environments)
    with pytest.raises(UsageError) as refused:
        suiting(tmp_path)
    assert said in str(refused.value)
    assert refused.value.said_in("zh") != refused.value.said_in("en")


def test_the_zip_leaves_data_sets_and_caches_at_home_and_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    images = {f"data/train/{n // 60}/{n}.jpg": b"\xff" for n in range(packing.MIN_DATASET_IMAGES)}
    files: dict[str, str | bytes] = {
        "main.py": submissions.honest(), "results/net.pth": "w" * 3_000_000, "report/1.png": b"1",
        "kernel_meta/a.o": "x", "data/MNIST/t10k-images-idx3-ubyte.gz": "x", "data/names.py": "N=1",
        **images,
    }  # fmt: skip
    folder = submissions.submission(tmp_path / "mine", files)
    target = tmp_path / "mine.zip"
    packed = packing.pack(folder, target, make.assignment(), ())
    names = {name for name in zipfile.ZipFile(target).namelist() if not name.endswith("/")}
    assert names == {"main.py", "results/net.pth", "report/1.png", "data/names.py"}
    packing.tell(packed, target, make.assignment(), Console(width=200), SAY)
    said = capfd.readouterr().out
    assert "2.9 MB  results/net.pth" in said
    assert "a data set: data/train (100 files" in said
    assert "a cache: kernel_meta" in said
    assert "the lab takes 1,024.0 MB unpacked" in said


def test_folders_of_classes_stay_at_home_however_few_images_they_hold(tmp_path: Path) -> None:
    one, other = (label.folder for label in make.assignment().classes[:2])
    files: dict[str, str | bytes] = {
        "main.py": submissions.honest(), f"pictures/{one}/1.png": b"1", "figures/1.png": b"1",
        f"sets/train/{one}/1.png": b"1", f"sets/train/{other}/1.png": b"1", "sets/names.txt": "x",
    }  # fmt: skip
    folder = submissions.submission(tmp_path / "mine", files)
    packed = packing.pack(folder, tmp_path / "mine.zip", make.assignment(), ())
    kept = {name for name, _ in packed.files}
    assert kept == {"main.py", f"pictures/{one}/1.png", "figures/1.png", "sets/names.txt"}
    assert [out.path for out in packed.left_out] == ["sets/train"]


def with_upload(limit: int) -> Assignment:
    one = make.assignment()
    return one.model_copy(update={"platform": PlatformSettings(upload=limit)})


@pytest.mark.parametrize("packs", [True, False])
@pytest.mark.parametrize(("limit", "fine"), [(1, False), (4, True)])
def test_a_zip_that_the_platform_refuses_is_something_to_mend(
    tmp_path: Path, packs: bool, limit: int, fine: bool
) -> None:
    folder = submissions.submission(
        tmp_path / "mine", {"main.py": "", "net.pth": os.urandom(2_000_000), "old.ckpt": "x"}
    )
    assignment = with_upload(limit)
    packed = packing.pack(folder, tmp_path / "a.zip", assignment, ()) if packs else None
    lines = upload_line(folder, packed, assignment, SAY)
    assert [line.fine for line in lines] == ([fine] if packs or not fine else [])
    if not fine:
        assert "1.9 MB" in lines[0].text
        assert "net.pth (1.9 MB), old.ckpt" in lines[0].cure


def test_without_a_limit_nothing_is_said_of_the_size(tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "mine", {"main.py": "x"})
    assert upload_line(folder, None, make.assignment(), SAY) == []


def test_data_of_one_class_alone_is_answered_by_the_folder_above(tmp_path: Path) -> None:
    label = make.assignment().classes[0].folder
    submissions.submission(tmp_path, {f"val/{label}/1.png": b""})
    with pytest.raises(UsageError, match=r"Did you mean `--data .*val`"):
        self_check._own_images(make.assignment(), tmp_path / "val" / label)
    with pytest.raises(UsageError, match=r"images of your own"):
        self_check._own_images(make.assignment(), tmp_path / "nowhere")


def test_a_folder_too_high_is_answered_by_the_one_that_was_meant(tmp_path: Path) -> None:
    label = make.assignment().classes[0].folder
    submissions.submission(tmp_path, {f"garbage/val/{label}/1.png": b"", "lab2/main.py": ""})
    with pytest.raises(UsageError, match=r"Did you mean `--data .*val`") as refused:
        self_check._own_images(make.assignment(), tmp_path)
    assert refused.value.said_in("zh") != refused.value.said_in("en")
    assert "grade --self-check" in str(self_check._below(tmp_path, "main.py"))


def test_answers_at_guessing_level_are_something_to_mend() -> None:
    one = report.one(12)
    wrong = [answer.model_copy(update={"answer": None}) for answer in one.answers]
    evidence = one.model_copy(update={"answers": tuple(wrong)})
    line = self_check._estimate(evidence, make.assignment(), SAY)
    assert line.fine is False
    assert line.cure


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("def prediction(image): ...", "prediction"),
        ("class A:\n    def Predict(self, image): ...", "Predict"),
        ("def train(): ...", ""),
        ("def (", ""),
        ("def load(path): ...\ndef classify(image): ...\ndef fit(x, y): ...", "classify"),
        ("def what_is_it(image, size=3): ...", "what_is_it"),
        ("def load(path): ...\ndef show(path): ...", ""),
        ("def predict_words(text): ...", ""),
        ("def main(*args): ...\ndef fit(x=1): ...", "main"),
    ],
)
def test_the_function_that_was_meant_is_told(text: str, meant: str) -> None:
    assert similar_function(text, "predict", ["predict_words"]) == meant
