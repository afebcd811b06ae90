"""``grade --self-check``: a student sees before submitting what the grader will see."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.cli import self_check
from grader.cli.main import main
from grader.runtimes.detect import runtimes
from grader.runtimes.offered import offered
from grader.runtimes.recipes import BY_NAME
from grader.sandbox.unconfined import Unconfined
from tests import make, submissions


def check(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return submissions.grade(
        "--self-check", folder, "--page", folder.parent / "page.html", "--set",
        "interface.lenet5=''", *words,
    )  # fmt: skip


def test_a_submission_with_nothing_to_mend(tmp_path: Path) -> None:
    network = (
        "from mindspore import nn\n"
        "class LeNet5(nn.SequentialCell):\n"
        "    def __init__(self):\n"
        "        super().__init__(nn.Conv2d(1, 6, 5, pad_mode='valid'), nn.ReLU(),\n"
        "            nn.MaxPool2d(2, 2), nn.Conv2d(6, 16, 5, pad_mode='valid'), nn.ReLU(),\n"
        "            nn.MaxPool2d(2, 2), nn.Flatten(), nn.Dense(400, 120), nn.ReLU(),\n"
        "            nn.Dense(120, 84), nn.ReLU(), nn.Dense(84, 10))\n"
    )
    folder = submissions.submission(
        tmp_path / "mine", {"main.py": submissions.honest(), "lenet5.py": network}
    )
    page = tmp_path / "page.html"
    done = submissions.grade("--self-check", folder, "--page", page)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing to mend" in done.stdout
    assert "uint8 arrays (height, width, 3) in BGR" in done.stdout
    assert "52 of 52" not in done.stdout
    assert "<html" in page.read_text(encoding="utf-8")


def test_what_is_wrong_is_named_with_its_cure(tmp_path: Path) -> None:
    folder = submissions.submission(
        tmp_path / "mine", {"main.py": "w = open('results/a.ckpt')\ndef predict(image): ...\n"}
    )
    done = check(folder)
    assert done.returncode == 1
    assert "results/a.ckpt" in done.stdout
    assert "weights-missing" in done.stdout
    assert "→" in done.stdout


def test_archives_beside_each_other_are_one_submission(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    code = "name = open('net.txt').read()\ndef predict(image):\n    return name\n"
    for archive, name, text in (("code", "main.py", code), ("weights", "net.txt", "Hats")):
        with zipfile.ZipFile(folder / f"{archive}.zip", "w") as file:
            file.writestr(name, text)
    done = check(folder)
    assert "weights-missing" not in done.stdout, done.stdout + done.stderr
    assert "✓ main.py is imported" in done.stdout


def test_own_images_give_an_estimate_with_its_interval(tmp_path: Path) -> None:
    data = submissions.colours(tmp_path / "data")
    folder = submissions.submission(tmp_path / "mine", {"main.py": submissions.honest()})
    done = check(folder, "--data", data)
    assert "52 of 52 of your images are right" in done.stdout
    assert "93 to 100 %" in " ".join(done.stdout.split())


def test_pack_makes_the_zip_and_examines_that_zip(tmp_path: Path) -> None:
    files = {"main.py": submissions.honest(), "__pycache__/x.pyc": "", ".git/config": "secret"}
    folder = submissions.submission(tmp_path / "mine", files)
    target = tmp_path / "submission.zip"
    done = check(folder, "--pack", target)
    assert target.name in done.stdout
    assert zipfile.ZipFile(target).namelist() == ["main.py"]


@pytest.mark.parametrize(
    ("main", "told"),
    [
        (submissions.honest().replace("    return", "    print(image.mean())\n    return"), True),
        ("for epoch in range(60): print('epoch', epoch)\n" + submissions.honest(), False),
    ],
)
def test_who_prints_for_each_image_is_told_once_that_it_does_no_harm(
    tmp_path: Path, main: str, told: bool
) -> None:
    done = check(submissions.submission(tmp_path / "mine", {"main.py": main}))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("prints something for each image") == told


def test_packing_again_leaves_out_what_was_made_before(tmp_path: Path) -> None:
    files = {"main.py": submissions.honest(), "results/curve.html": "mine", "old.zip": "mine too"}
    folder = submissions.submission(tmp_path / "mine", files)
    target, page = folder / "lab2.zip", folder / "self-check.html"
    for _ in range(2):
        done = check(folder, "--pack", target, "--page", page)
        assert page.is_file(), done.stderr
    names = zipfile.ZipFile(target).namelist()
    assert sorted(names) == ["main.py", "old.zip", "results/", "results/curve.html"]


def test_the_self_check_speaks_chinese(tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "mine", {"main.py": "x = 1\n"})
    done = check(folder, "--lang", "zh")
    assert done.returncode == 1
    assert "predict-missing" in done.stdout
    assert "定义" in done.stdout


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = submissions.grade("--self-check", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_nothing_is_needed_that_windows_lacks(tmp_path: Path) -> None:
    """A stand-in for Windows, which is not at hand: see `like_windows`."""
    main = "import numpy as np\nfrom mindspore import nn\n" + submissions.honest()
    folder = submissions.submission(tmp_path / "我的作业", {"main.py": main})
    command = [
        sys.executable, "-X", "warn_default_encoding", "tests/like_windows.py", "grader",
        "--self-check", str(folder), "--data", str(submissions.colours(tmp_path / "data")),
        "--page", str(tmp_path / "page.html"), "--pack", str(tmp_path / "mine.zip"),
        "--lang", "zh",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=make.ROOT, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "gbk", "COLUMNS": "200"},
    )  # fmt: skip
    said = done.stdout.decode("gbk")
    assert "52 张图片" in said, said + done.stderr.decode("gbk")
    assert "无法找到" not in said
    assert done.returncode == 1
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("module", "needs"), [("fcntl", "import fcntl"), ("os", "import os\nos.getuid()")]
)
def test_the_stand_in_for_windows_lacks_what_windows_lacks(module: str, needs: str) -> None:
    """Else the test above could not fail."""
    code = f"import tests.like_windows as w; w.main(['{module}'])"
    program = f"exec(compile({needs!r}, 'x', 'exec'), {{'__file__': w.OURS}})"
    done = subprocess.run(
        [sys.executable, "-c", code.replace(f"w.main(['{module}'])", "w.builtins.__import__ = "
         f"w.importing; {program}")],
        cwd=make.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "is not on Windows" in done.stderr


def test_signs_that_an_encoding_lacks_are_replaced(tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "mine", {"main.py": submissions.honest()})
    done = subprocess.run(
        submissions.command("--self-check", folder, "--page", tmp_path / "page.html"),
        cwd=make.ROOT, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "LANG": "C.UTF-8"},
    )  # fmt: skip
    said = done.stdout.decode("cp1252")
    assert "+ main.py is imported" in said, said + done.stderr.decode("cp1252")


def test_wrong_usage_is_told_in_the_readers_language(tmp_path: Path) -> None:
    done = submissions.grade("--self-check", tmp_path / "none", "--lang", "zh")
    assert done.returncode == 2
    assert "不存在。请给出你要提交的文件夹" in done.stderr


@pytest.mark.parametrize(
    "confined",
    [
        pytest.param(True, id="in a sandbox", marks=pytest.mark.thorough),
        pytest.param(False, id="where there is none"),
    ],
)
def test_what_only_this_machine_has_is_found_before_it_is_graded(
    confined: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A file and a module outside of the folder, and a package that no runtime offers."""
    if not confined:
        monkeypatch.setattr(self_check, "_sandbox", lambda: Unconfined(own_code=True))
    elsewhere = submissions.submission(
        tmp_path / "elsewhere", {"net.bin": "0" * 9_999, "mine.py": "x = 1"}
    )
    honest = submissions.honest()
    begun = "def predict(image):\n"
    sources = {
        "weights": honest.replace(
            begun, f"{begun}    open({str(elsewhere / 'net.bin')!r}).read()\n"
        ),
        "module": f"import sys\nsys.path.append({str(elsewhere)!r})\nimport mine\n{honest}".replace(
            begun, f"{begun}    mine.x + 1\n"
        ),
        "fallback": f"import os\nhere = os.path.exists({str(elsewhere / 'net.bin')!r})\n{honest}",
        "late module": f"import importlib as i, sys\nsys.path.append({str(elsewhere)!r})\n"
        + honest.replace(begun, f"{begun}    i.import_module('mi' + 'ne')\n"),
        "package": f"import hypothesis\n{honest}".replace(
            begun, f"{begun}    hypothesis.strategies.integers()\n"
        ),
        "fine": f"import matplotlib.pyplot as plt, cv2, os, sysconfig\nplt.figure()\n{honest}",
    }
    said = {}
    for name, text in sources.items():
        folder = submissions.submission(tmp_path / name, {"main.py": text})
        code = main(
            ["--lang", "en", "--self-check", str(folder), "--page", str(tmp_path / f"{name}.html"),
             "--set", "interface.lenet5=''"]
        )  # fmt: skip
        said[name] = (code, " ".join(capfd.readouterr().out.split()))
    assert said["fine"][0] == 0, said["fine"][1]
    assert all(said[name][0] == 1 for name in ("weights", "module", "package")), said
    assert "net.bin" in said["weights"][1]
    assert "Things to mend: 1." in said["weights"][1]
    assert said["late module"][0] == 1
    assert "mine" in said["late module"][1]
    if not confined:  # in a sandbox nobody can say that it was there
        assert said["fallback"][0] == 1
        assert "net.bin" in said["fallback"][1]
    assert "mine" in said["module"][1]
    assert "hypothesis" in said["package"][1]


def test_what_is_published_is_what_runtimes_offer() -> None:
    there = {one.name: one.modules for one in runtimes()}
    assert set(there) & set(BY_NAME)
    for name, packages in offered().items():
        assert {BY_NAME[name].framework, *BY_NAME[name].beside} <= packages
        assert packages <= there.get(name, packages), name
    assert set(offered()) == set(BY_NAME)
