from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.runtimes import detect, install, paths
from grader.runtimes.install import InstallError, add, find_python, installed, remove
from grader.runtimes.recipes import BY_NAME, RECIPES, Recipe
from tests.runtimes.interpreters import environment

HERE = "{}.{}".format(*sys.version_info[:2])


def wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    """A wheel of plain Python files."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    everything = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*everything, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as opened:
        for file, text in {**everything, f"{info}/RECORD": record}.items():
            opened.writestr(file, text)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip finds, a recipe "torch" of them, and no network."""
    folder = tmp_path / "wheels"
    wheel(folder, "torch", "9.9", {"torch/__init__.py": "__version__ = '9.9'"})
    trial = "import json, sys, torch\n"
    (tmp_path / "trial.py").write_text(
        trial + "print(json.dumps({'framework': sys.argv[1], 'version': torch.__version__,"
        " 'devices': 'CPU', 'seconds': 0.1}))"
    )
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr(install, "TRIAL_SCRIPT", tmp_path / "trial.py")
    monkeypatch.setattr(install, "_usable_uv", lambda: None)
    monkeypatch.setitem(BY_NAME, "torch", Recipe("torch", "torch", (HERE,), ("torch==9.9",)))
    return folder


@pytest.fixture
def quick(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runtimes are made at once, of names only: venv and pip take seconds."""

    def make(python: Path, place: Path, requirements: list[str], *_: object) -> None:
        environment(place, dict(line.split("==") for line in requirements))
        site = next(place.glob("lib/python3.*/site-packages"))
        (site / "torch/__init__.py").write_text("__version__ = '9.9'")

    monkeypatch.setattr(install, "_make", make)


@pytest.mark.thorough
def test_a_runtime_is_made_by_pip_with_its_own_settings(shelf: Path, tmp_path: Path) -> None:
    said: list[str] = []
    made = add("torch", tell=said.append)
    assert (made.name, made.frameworks) == ("torch", {"torch": "9.9"})
    assert made.python.is_relative_to(tmp_path / "runtimes/torch")
    assert any("LeNet5" in line for line in said)


def test_a_runtime_is_listed_until_it_is_removed(quick: None, tmp_path: Path) -> None:
    add("torch")
    assert installed() == ["torch"]
    assert "torch" in [runtime.name for runtime in detect.runtimes()]
    with pytest.raises(InstallError, match=r"there already\. Remove it first"):
        add("torch")
    remove("torch")
    assert installed() == [] and not (tmp_path / "runtimes/torch").exists()


def test_a_runtime_of_an_older_recipe_is_told_and_made_anew(
    quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def version() -> str:
        program = detect.program_of(paths.runtimes_folder() / "torch")
        return detect.examine_python(program).frameworks["torch"]

    add("torch")
    assert main(["runtime", "add", "torch", "--if-missing"]) == 0
    assert version() == "9.9"
    monkeypatch.setenv("COLUMNS", "300")
    newer = Recipe("torch", "torch", (HERE,), ("torch==9.10",))
    monkeypatch.setitem(BY_NAME, "torch", newer)
    assert main(["runtime", "list", "--lang", "en"]) == 0
    assert "grade runtime add torch --if-missing" in " ".join(capsys.readouterr().out.split())
    assert main(["runtime", "add", "torch", "--if-missing"]) == 0
    assert version() == "9.10"
    assert not install.is_outdated("torch")


def test_a_step_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"failed: .*\n.*no such wheel"):
        install._run([sys.executable, "-c", "raise SystemExit('no such wheel')"], lambda line: None)


def test_a_step_that_fails_leaves_nothing(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(python: Path, place: Path, requirements: list[str], *_: object) -> None:
        place.mkdir(parents=True)
        (place / "half").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(install, "_make", make)
    with pytest.raises(KeyboardInterrupt):
        add("torch")
    assert installed() == [] and not (tmp_path / "runtimes/torch").exists()


def test_a_runtime_that_runs_no_network_is_not_kept(quick: None, tmp_path: Path) -> None:
    (tmp_path / "trial.py").write_text("raise SystemExit('no kernel image')")
    with pytest.raises(InstallError, match=r"runs no network .*no kernel image"):
        add("torch")
    assert installed() == []


def test_what_a_crash_left_is_not_installed_and_made_anew(quick: None, tmp_path: Path) -> None:
    environment(tmp_path / "runtimes/torch", {"torch": "0.1"})
    assert installed() == []
    assert add("torch").frameworks == {"torch": "9.9"}


def test_a_folder_of_somebody_else_is_left_alone(quick: None, tmp_path: Path) -> None:
    thesis = tmp_path / "runtimes/torch/thesis.tex"
    thesis.parent.mkdir(parents=True)
    thesis.touch()
    with pytest.raises(InstallError, match="no runtime of ours"):
        add("torch")
    with pytest.raises(InstallError, match="is not there"):
        remove("torch")
    assert thesis.exists()


def test_an_unknown_name_gets_the_list(shelf: Path) -> None:
    with pytest.raises(InstallError, match="expected one of mindspore, mindspore1, torch"):
        add("caffe")


def test_the_first_python_that_is_there_is_taken() -> None:
    assert find_python(("3.5", HERE)).is_file()
    with pytest.raises(InstallError, match=r"CPython 3\.5 or 3\.4 .*uv python install 3\.5"):
        find_python(("3.5", "3.4"))


@pytest.mark.parametrize(
    ("uv", "steps"),
    [
        (None, ["-m venv", "-m pip install --upgrade pip", "-m pip install --no-input x==1"]),
        ("/usr/bin/uv", ["uv venv --python", "uv pip install --compile-bytecode --python"]),
    ],
)
def test_uv_is_used_where_it_is_and_pip_where_not(
    uv: str | None, steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(install, "_usable_uv", lambda: uv)
    monkeypatch.setattr(install, "_run", lambda command, say, **_: ran.append(" ".join(command)))
    install._make(Path("/python3.9"), tmp_path / "rt", ["x==1"], print)
    assert len(ran) == len(steps)
    assert all(step in line for step, line in zip(steps, ran, strict=True))


@pytest.mark.parametrize(
    ("gpu", "offered", "taken"),
    [
        (False, "Would install torch", ["torch==2+cpu", "numpy==1"]),
        (False, "", ["torch==2", "numpy==1"]),  # the registry has no such build
        (True, "Would install torch", ["torch==2", "numpy==1"]),
    ],
)
def test_without_a_gpu_the_build_for_processors_is_taken_where_there_is_one(
    gpu: bool, offered: str, taken: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    recipe = Recipe("torch", "torch", (HERE,), ("torch==2", "numpy==1"), cpu=("torch==2+cpu",))
    monkeypatch.setattr(install, "_usable_uv", lambda: None)
    monkeypatch.setattr(install, "_output", lambda command: offered)
    monkeypatch.setattr(install, "_run", lambda command, say, **_: ran.append(list(command)))
    builds = install._cpu_builds(recipe, gpu)
    install._make(Path("/python3.9"), tmp_path, list(recipe.requirements), print, builds)
    assert ran[-1][-2:] == taken


def test_a_runtime_that_the_disk_has_no_room_for_is_not_begun(
    quick: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = Recipe("torch", "torch", (HERE,), ("torch==9.9",), gigabytes=1e9)
    monkeypatch.setitem(BY_NAME, "torch", huge)
    assert main(["runtime", "add", "torch", "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert "torch takes about 1e+09 GB" in told.out
    assert "GRADE_RUNTIMES" in told.err
    assert installed() == []


def test_uv_gets_pips_settings_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/a /b")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror/simple")
    words = install._uv_words()
    assert words[:4] == ["--find-links", "/a", "--find-links", "/b"]
    assert words[-2:] == ["--default-index", "https://mirror/simple"]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_version_of_a_recipe_is_pinned(recipe: Recipe) -> None:
    assert all(line.count("==") == 1 for line in (*recipe.requirements, *recipe.gpu))
    names = [line.split("==")[0] for line in recipe.requirements]
    assert len(names) == len(set(names))


@pytest.mark.skipif(not os.environ.get("GRADE_TEST_INSTALL"), reason="downloads gigabytes")
@pytest.mark.parametrize("name", os.environ.get("GRADE_TEST_INSTALL", "").split())
def test_a_real_runtime_is_made(name: str) -> None:
    assert add(name).name == name
    assert installed() == [name]
