"""Several versions of one work in one submission: which counts, and that people are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake import FileKind, Notice, Submission, find
from grader.intake import stage as stage_of
from grader.intake.layers import TWICE
from grader.intake.submissions import SubmissionFile
from grader.readers.file_kinds import kind_of
from tests.intake.archives import Item, below, raw_zip
from tests.intake.test_stage import submission

OLD, NEW = b"# the first\n", b"# the second\n"


def laid(folder: Path, parts: dict[str, bytes], inside_one_folder: bool) -> Submission:
    """The parts of one upload, as Canvas (beside each other) or Moodle (in a folder) has them."""
    folder.mkdir()
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    if inside_one_folder:
        return submission(folder)
    first, *beside = (
        SubmissionFile(path, FileKind.FILE if path.suffix == ".py" else kind_of(path), path.name)
        for path in sorted(folder.iterdir(), key=lambda path: list(parts).index(path.name))
    )
    made = replace(submission(first.path, first.kind), name=first.name)
    return replace(made, beside=tuple(beside))


def twice(notices: list[Notice]) -> list[tuple[str, str, str]]:
    """Of which file two were handed in, that of which part was used, and that of which was not."""
    told = [one for one in notices if one.text == TWICE]
    return [(str(f["path"]), str(f["used"]), str(f["others"])) for f in (t.facts for t in told)]


@pytest.mark.parametrize("in_folder", [False, True])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lab.zip", "lab-1.zip"),
        ("lab.zip", "lab (1).zip"),
        ("lab-1.zip", "lab-2.zip"),
        ("lab-2.zip", "lab-10.zip"),
        ("LAB.zip", "lab(3).zip"),
    ],
)
@pytest.mark.parametrize("folders", [("", ""), ("lab/", "lab/"), ("first/", "second/")])
@pytest.mark.parametrize("turned", [False, True])
def test_of_one_name_uploaded_again_the_latest_counts(
    tmp_path: Path, old: str, new: str, folders: tuple[str, str], in_folder: bool, turned: bool
) -> None:
    before = [Item(f"{folders[0]}main.py".encode(), OLD), Item(f"{folders[0]}w.npy".encode(), b"1")]
    parts = {
        old: raw_zip(before),
        new: raw_zip([Item(f"{folders[1]}main.py".encode(), NEW)]),
    }
    if turned:
        parts = dict(reversed(parts.items()))
    notices: list[Notice] = []
    stage_of(laid(tmp_path / "in", parts, in_folder), tmp_path / "out", notices=notices)
    assert (tmp_path / "out" / "main.py").read_bytes() == NEW
    assert (tmp_path / "out" / "w.npy").exists()
    assert twice(notices) == [("main.py", new, old)]


@pytest.mark.parametrize("folders", [("a/", "b/"), ("", "b/"), ("a/", "")])
def test_two_versions_under_other_names_are_told(tmp_path: Path, folders: tuple[str, str]) -> None:
    parts = {
        "final.zip": raw_zip([Item(f"{folders[0]}main.py".encode(), NEW)]),
        "old.zip": raw_zip([Item(f"{folders[1]}main.py".encode(), OLD)]),
    }
    notices: list[Notice] = []
    stage_of(laid(tmp_path / "in", parts, False), tmp_path / "out", notices=notices)
    assert (tmp_path / "out" / "main.py").read_bytes() == NEW
    assert twice(notices) == [("main.py", "final.zip", "old.zip")]


@pytest.mark.parametrize("turned", [False, True])
def test_a_source_uploaded_again_counts_and_is_told(tmp_path: Path, turned: bool) -> None:
    parts = {"main.py": OLD, "main-1.py": NEW, "utils.py": b""}
    if turned:
        parts = dict(reversed(parts.items()))
    notices: list[Notice] = []
    stage_of(laid(tmp_path / "in", parts, False), tmp_path / "out", notices=notices)
    assert (tmp_path / "out" / "main.py").read_bytes() == NEW
    assert twice(notices) == [("main.py", "main-1.py", "main.py")]


@pytest.mark.parametrize("in_folder", [False, True])
def test_what_is_the_same_or_for_people_is_not_told(tmp_path: Path, in_folder: bool) -> None:
    parts = {
        "lab.zip": raw_zip([Item(b"main.py", OLD), Item(b"report.pdf", b"1")]),
        "lab-1.zip": raw_zip([Item(b"main.py", OLD), Item(b"report.pdf", b"2")]),
        "w.zip": raw_zip([Item(b"w.npy", b"1")]),
    }
    notices: list[Notice] = []
    stage_of(laid(tmp_path / "in", parts, in_folder), tmp_path / "out", notices=notices)
    assert twice(notices) == []
    reports = {path.read_bytes() for path in (tmp_path / "out").glob("report.pdf*")}
    assert reports == {b"1", b"2"}


def test_a_package_in_an_archive_of_its_own_stays_a_package(tmp_path: Path) -> None:
    parts = {
        "lab.zip": raw_zip([Item(b"main.py", b"import nets.lenet"), Item(b"nets/a.py")]),
        "nets.zip": raw_zip([Item(b"nets/lenet.py"), Item(b"nets/__init__.py")]),
    }
    stage_of(laid(tmp_path / "in", parts, False), tmp_path / "out")
    assert below(tmp_path / "out") == ["main.py", "nets/__init__.py", "nets/a.py", "nets/lenet.py"]


@pytest.mark.parametrize("layout", ["canvas", "canvas late", "moodle"])
def test_a_download_of_a_platform_has_the_latest(tmp_path: Path, layout: str) -> None:
    where, names = tmp_path / "class", ["lab.zip", "lab-1.zip"]
    if layout == "moodle":
        folders = [where / f"{who}_assignsubmission_file_" for who in ("Li Si_51", "Wu Lin_52")]
        paths = [folders[0] / "lab.zip", folders[0] / "lab-1.zip", folders[1] / "lab.zip"]
    else:
        late = "_LATE" if "late" in layout else ""
        paths = [where / f"lisi{late}_102_{at}_{name}" for at, name in enumerate(names, 9002)]
        paths.append(where / "wangwu_103_9004_lab.zip")
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = NEW if "lab-1" in path.name else OLD
        path.write_bytes(raw_zip([Item(b"lab/main.py", data)]))
    first = min(find([where]), key=lambda one: one.path.as_posix())
    notices: list[Notice] = []
    stage_of(first, tmp_path / "out", notices=notices)
    assert (tmp_path / "out" / "main.py").read_bytes() == NEW
    assert twice(notices) == [("main.py", "lab-1.zip", "lab.zip")]
