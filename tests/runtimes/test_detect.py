from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.runtimes import detect, paths
from grader.runtimes.cuda import write_compiler
from grader.runtimes.detect import MARKER_FILE, BrokenRuntimeError, examine_python, runtimes
from tests.runtimes.interpreters import environment, install


def test_an_interpreter_tells_what_it_has_without_importing_it(tmp_path: Path) -> None:
    python = environment(tmp_path / "rt", {"torch": "2.14.1", "ttach": "0.0.3"})
    poisoned = next((tmp_path / "rt").glob("lib/python3.*/site-packages/torch/__init__.py"))
    poisoned.write_text("raise SystemExit('imported')")
    found = examine_python(python)
    assert found.name == "torch" and found.framework == "torch"
    assert found.python == python
    assert found.version == "{}.{}.{}".format(*sys.version_info[:3])
    assert found.frameworks == {"torch": "2.14.1"}
    assert {"torch", "ttach", "os", "sys", "json", "_ctypes"} <= found.modules
    assert not {"mindspore", "pip", "torch-2"} & found.modules
    assert found.devices == ("CPU",)


def test_what_its_user_installed_for_himself_belongs_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    python = Path(sys.base_prefix) / "bin/python3"
    assert "torch" not in examine_python(python).modules
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (tmp_path / "home/.local/lib" / version / "site-packages").mkdir(parents=True)
    install(tmp_path / "home/.local", "torch", "2.14.1")
    found = examine_python(python)
    assert found.frameworks["torch"] == "2.14.1" and found.name == "torch"
    assert any(mount.outside.is_relative_to(tmp_path / "home") for mount in found.mounts)
    script = tmp_path / "script.py"
    script.write_text("import torch; print(torch.__file__)")
    said = subprocess.check_output(
        found.command(str(script)),
        text=True,
        env={"PYTHONNOUSERSITE": "1", **found.environment, "HOME": "/nowhere"},
    )
    assert str(tmp_path / "home/.local") in said
    # One that has all its own is not shown what its user has beside it.
    other = examine_python(environment(tmp_path / "rt", {}))
    assert "torch" not in other.modules and "-s" in other.command("x.py")


def test_its_shares_hold_all_that_it_reads(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(environment(tmp_path / "rt", {}).parent.parent)
    found = examine_python(tmp_path / "linked/bin/python")
    folders = [share.outside for share in found.mounts]
    assert all(share.inside == share.outside for share in found.mounts)
    script = "import json, sys; print(*[p for p in sys.path if p], sys.executable, sep='\\n')"
    said = subprocess.check_output([found.python, "-I", "-c", script], text=True)
    for path in map(Path, said.split()):
        assert not path.exists() or any(path.is_relative_to(folder) for folder in folders)
    assert not any(a != b and a.is_relative_to(b) for a in folders for b in folders)


def test_what_was_learned_is_remembered_until_something_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "rt", {"torch": "2.14.1"})
    examine_python(python)
    asked: list[Path] = []
    ask = detect._ask

    def counted(python: Path) -> dict[str, object]:
        asked.append(python)
        return ask(python)

    monkeypatch.setattr(detect, "_ask", counted)
    assert examine_python(python).frameworks == {"torch": "2.14.1"} and not asked
    install(tmp_path / "rt", "timm", "1.0.31")
    assert examine_python(python).frameworks == {"torch": "2.14.1", "timm": "1.0.31"} and asked


def test_without_a_place_for_the_cache_it_is_asked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert examine_python(Path(sys.executable)).version
    (tmp_path / "cache").unlink()
    (paths.cache_folder()).mkdir(parents=True)
    (paths.cache_folder() / detect.CACHE_FILE).write_text("[broken")
    assert examine_python(Path(sys.executable)).version


def test_mindspore_of_the_first_generation_is_a_runtime_of_its_own(tmp_path: Path) -> None:
    python = environment(tmp_path / "rt", {"mindspore": "0", "mindspore-gpu": "1.10.0"})
    libraries = next((tmp_path / "rt").glob("lib/python3.*/site-packages")) / "nvidia/x/lib"
    libraries.mkdir(parents=True)
    found = examine_python(python)
    assert found.name == "mindspore1"
    assert found.environment["LD_LIBRARY_PATH"] == str(libraries)


def test_gpu_is_promised_only_with_cudas_libraries(tmp_path: Path) -> None:
    python = environment(tmp_path / "rt", {"mindspore": "2.10.0"})
    site = next((tmp_path / "rt").glob("lib/python3.*/site-packages"))
    plugin = site / "mindspore/lib/plugin/libmindspore_gpu.so.11.6"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    assert examine_python(python).devices == ("CPU",)
    for part, name in (("cudnn", "libcudnn.so.8"), ("cublas", "libcublas.so.11")):
        (site / f"nvidia/{part}/lib").mkdir(parents=True)
        (site / f"nvidia/{part}/lib/{name}").touch()
    (site / "nvidia/cuda_runtime/lib").mkdir(parents=True)
    (site / "nvidia/cuda_runtime/lib/libcudart.so.11.0").touch()
    assert examine_python(python).devices == ("CPU",), "2.x asks nvcc for the version"
    write_compiler(tmp_path / "rt")
    found = examine_python(python)
    assert found.devices == ("CPU", "GPU")
    assert found.environment["CUDA_HOME"] == str(tmp_path / "rt/cuda")
    assert found.environment["LD_LIBRARY_PATH"].count("nvidia") == 3


def test_added_runtimes_are_listed_in_the_order_of_recipes(tmp_path: Path) -> None:
    for name, package in (("tensorflow", "tensorflow"), ("torch", "torch")):
        environment(tmp_path / "runtimes" / name, {package: "9.9"})
        (tmp_path / "runtimes" / name / MARKER_FILE).touch()
    environment(tmp_path / "runtimes/mindspore1", {"mindspore": "1.10.0"})  # half made: no marker
    names = [runtime.name for runtime in runtimes()]
    assert names[-2:] == ["torch", "tensorflow"]
    assert "mindspore1" not in names


def test_a_broken_runtime_is_passed_over_and_told(tmp_path: Path) -> None:
    python = environment(tmp_path / "runtimes/torch", {"torch": "9.9"})
    (tmp_path / "runtimes/torch" / MARKER_FILE).touch()
    python.unlink()
    assert "torch" not in [runtime.name for runtime in runtimes()]
    assert "does not start" in detect.broken()["torch"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo '{'", "exit code 0"),
        ("echo oops >&2; exit 3", "exit code 3: oops"),
        ("echo 1", "int"),
    ],
)
def test_what_is_no_interpreter_is_named(tmp_path: Path, script: str, said: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(BrokenRuntimeError, match=said):
        examine_python(program)


def test_this_interpreter_is_a_runtime() -> None:
    assert runtimes(), "there is always one to try out a submission with"


def test_what_make_has_added_is_found_without_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(paths.FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path)
    own = tmp_path / "data" / paths.APPLICATION / "runtimes"
    made = tmp_path / paths.OF_CHECKOUT
    for folder in (own / "torch", own / "tensorflow", made / "torch"):
        folder.mkdir(parents=True)
        (folder / detect.MARKER_FILE).write_text("{}")
    assert detect.added_folders() == {n: own / n for n in ("torch", "tensorflow")}
    (tmp_path / "Makefile").touch()
    assert detect.added_folders() == {"torch": made / "torch", "tensorflow": own / "tensorflow"}
    assert paths.runtimes_folder() == made
    monkeypatch.setenv(paths.FOLDER_VARIABLE, str(tmp_path / "elsewhere"))
    assert detect.added_folders() == {}


def test_the_makefile_adds_runtimes_where_the_program_looks() -> None:
    text = (paths.CHECKOUT / "Makefile").read_text(encoding="utf-8")
    assert f"{paths.FOLDER_VARIABLE} ?= $(CURDIR)/{paths.OF_CHECKOUT}\n" in text


def test_the_graders_own_sources_are_shown_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(tmp_path / "rt", {})
    site = next((tmp_path / "rt").glob("lib/python3.*/site-packages"))
    for name in ("grading", "course"):  # ours, and a package of the course's own
        (tmp_path / name).mkdir()
        (site / f"{name}.pth").write_text(f"{tmp_path / name}\n")
    (tmp_path / "linked").symlink_to(tmp_path / "grading")
    monkeypatch.setattr(grader, "__file__", str(tmp_path / "linked/grader/__init__.py"))
    folders = {mount.outside for mount in examine_python(python).mounts}
    assert tmp_path / "course" in folders
    assert not any((tmp_path / "grading").is_relative_to(folder) for folder in folders)
    monkeypatch.setattr(grader, "__file__", str(site / "grader/__init__.py"))
    folders = {mount.outside for mount in examine_python(python).mounts}
    assert any(site.is_relative_to(folder) for folder in folders)  # an installed grader hides none


def test_a_link_in_a_home_does_not_show_the_home(tmp_path: Path) -> None:
    python = environment(tmp_path / "rt", {})
    link = tmp_path / "home/bin/python"
    link.parent.mkdir(parents=True)
    link.symlink_to(python)
    folders = {mount.outside for mount in examine_python(link).mounts}
    assert link.parent in folders
    assert not any((tmp_path / "home").is_relative_to(folder) for folder in folders)
