from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake import FileKind, IntakeError, find, stage
from grader.intake.layout import LayoutKind, judge, tree_of
from grader.intake.submissions import natural
from tests.intake.archives import Item, raw_zip


def make(top: Path, *names: str) -> Path:
    """Files with those names below `top`; a name that ends with a slash is a folder."""
    for name in names:
        path = top / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw_zip([Item(b"main.py")]) if name.endswith(".zip") else b"x = 1\n")
    return top


def ids(*paths: Path) -> list[str]:
    return [submission.id for submission in find(paths)]


# --- one submission ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["main.py"],
        ["main.py", "alice/main.py", "bob/main.py"],
        ["train.py", "utils/a.py"],
        ["lab.ipynb"],
        ["code/main.py", "results/a.ckpt", "report.pdf"],
        ["lenet5/main.py", "garbage/main.py"],
        ["实验一/main.py", "实验二/main.py"],
        ["report.pdf"],
        ["results/best.ckpt"],
    ],
)
def test_a_folder_with_code_is_one_submission(tmp_path: Path, names: list[str]) -> None:
    (submission,) = find([make(tmp_path / "3210000001_张三", *names)])
    assert (submission.id, submission.kind) == ("3210000001_张三", FileKind.FOLDER)


def test_the_one_archive_of_a_class_in_a_folder_is_the_class(tmp_path: Path) -> None:
    raw = raw_zip([Item(f"321000000{n}_张三/main.py".encode()) for n in (1, 2)])
    (tmp_path / "download.zip").write_bytes(raw)
    assert ids(tmp_path) == ["3210000001_张三", "3210000002_张三"]


def test_a_zip_is_one_submission(tmp_path: Path) -> None:
    make(tmp_path, "张三-3210000001-lab2.zip")
    (submission,) = find([tmp_path / "张三-3210000001-lab2.zip"])
    assert (submission.id, submission.kind, submission.student.name) == (
        "3210000001_张三",
        FileKind.ZIP,
        "张三",
    )


def test_an_archive_that_cannot_be_read_is_still_a_submission(tmp_path: Path) -> None:
    """It is refused, with its reason, when it is staged: the student is in the grades."""
    (tmp_path / "3210000001_张三.rar").write_bytes(b"Rar!\x1a\x07\x01\x00")
    (tmp_path / "3210000002_李四.zip").write_bytes(b"no zip at all")
    assert ids(tmp_path) == ["3210000001_张三", "3210000002_李四"]
    assert ids(tmp_path / "3210000001_张三.rar") == ["3210000001_张三"]


# --- a class ----------------------------------------------------------------------------


def test_a_class_is_folders_and_archives_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "lab10/main.py", "lab9/main.py", "bob.zip", "alice/main.py")
    assert ids(tmp_path) == ["alice", "bob", "lab9", "lab10"]


def test_in_a_class_what_does_not_run_is_a_submission_too(tmp_path: Path) -> None:
    make(tmp_path, "3210000001_张三/main.py", "3210000002_李四/", "3210000003_王五/report.pdf")
    assert ids(tmp_path) == ["3210000001_张三", "3210000002_李四", "3210000003_王五"]


def test_a_platforms_index_and_hidden_files_are_nobodys(tmp_path: Path) -> None:
    make(tmp_path, "alice/main.py", "bob/main.py", "README.md", "expected.toml", "index.html")
    make(tmp_path, ".git/config", "__MACOSX/alice/main.py", ".hidden.zip", "grades.xlsx")
    assert ids(tmp_path) == ["alice", "bob"]


def test_our_own_output_in_a_class_is_nobodys(tmp_path: Path) -> None:
    make(tmp_path, "alice/main.py", "bob/main.py", "out/grades.csv", "out/evidence/alice.json")
    assert ids(tmp_path) == ["alice", "bob"]


def test_a_class_of_one_is_named_after_the_student(tmp_path: Path) -> None:
    assert ids(make(tmp_path / "submissions", "3210000001_张三/main.py")) == ["3210000001_张三"]


def test_loose_files_of_a_class_are_told(tmp_path: Path) -> None:
    found = find([make(tmp_path, "1_a_main.ipynb", "3210000001_张三/a.py", "3210000002_李四/a.py")])
    assert len(found) == 2
    assert "1_a_main.ipynb" in str(found.notices[0])


def test_links_in_a_class_are_passed_over(tmp_path: Path) -> None:
    outside = make(tmp_path / "outside", "main.py")
    folder = make(tmp_path / "class", "alice/main.py", "bob/main.py")
    (folder / "carol").symlink_to(outside)
    assert ids(folder) == ["alice", "bob"]


def test_moodle_folders_with_a_zip_each_are_a_class(tmp_path: Path) -> None:
    make(
        tmp_path,
        "Zhang San_123456_assignsubmission_file_/lab2.zip",
        "Li Si_123457_assignsubmission_file_/lab2.zip",
    )
    found = find([tmp_path])
    assert [(submission.id, submission.kind) for submission in found] == [
        ("Li_Si", FileKind.FOLDER),
        ("Zhang_San", FileKind.FOLDER),
    ]


def test_gradescope_tells_students_by_its_metadata(tmp_path: Path) -> None:
    make(tmp_path, "submission_11/main.py", "submission_12/main.py", "submission_13/main.py")
    (tmp_path / "submission_metadata.yml").write_text(
        "submission_11:\n  :submitters:\n  - :name: 张三\n    :sid: '3210000001'\n"
        "    :email: a@b.c\n  :created_at: 2026-11-20\n  :results:\n    :name: not a student\n"
        'submission_12:\n  :submitters:\n  - :name: "Li Si"\n    :sid: 3210000002\n'
        "  - :name: Partner\n    :sid: 9\n",
        "utf-8",
    )
    found = find([tmp_path])
    assert [submission.id for submission in found] == [
        "3210000001_张三",
        "3210000002_Li_Si",
        "submission_13",
    ]


def test_two_submissions_of_one_student_are_both_kept_and_told(tmp_path: Path) -> None:
    found = find([make(tmp_path, "3210000001_张三/a.py", "张三-3210000001-v2.zip", "bob/a.py")])
    assert [submission.id for submission in found] == [
        "3210000001_张三",
        "3210000001_张三-2",
        "bob",
    ]
    assert "one student" in str(found.notices[0])
    assert "3210000001_张三-2" in found.notices[0].said_in("zh")


def test_several_paths_make_one_class(tmp_path: Path) -> None:
    first = make(tmp_path / "a" / "3210000002_李四", "main.py")
    second = make(tmp_path / "b", "3210000001_张三.zip", "3210000003_王五/main.py")
    assert ids(first, second, first) == ["3210000001_张三", "3210000002_李四", "3210000003_王五"]


# --- an archive of a class --------------------------------------------------------------


def test_one_zip_of_all_submissions_is_a_class(tmp_path: Path) -> None:
    make(tmp_path / "in" / "export", "3210000001_张三.zip", "3210000002_李四/main.py", "a.txt")
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in (tmp_path / "in").rglob("*"):
            opened.write(path, path.relative_to(tmp_path / "in"))
    before = archive.read_bytes()
    found = find([archive], workspace=tmp_path / "work")
    assert [submission.id for submission in found] == ["3210000001_张三", "3210000002_李四"]
    assert all(submission.path.is_relative_to(tmp_path / "work") for submission in found)
    assert archive.read_bytes() == before


def test_a_zip_with_parts_of_one_work_is_no_class(tmp_path: Path) -> None:
    archive = tmp_path / "张三.zip"
    archive.write_bytes(raw_zip([Item(b"lenet5/main.py"), Item(b"garbage/main.py")]))
    assert ids(archive) == ["张三"]


def test_a_zip_in_a_class_is_never_taken_for_a_class(tmp_path: Path) -> None:
    both = raw_zip([Item(b"3210000008_a/main.py"), Item(b"3210000009_b/main.py")])
    (tmp_path / "3210000001_张三.zip").write_bytes(both)
    make(tmp_path, "3210000002_李四/main.py")
    assert ids(tmp_path) == ["3210000001_张三", "3210000002_李四"]


def test_a_class_archive_that_leads_out_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    names = [b"3210000001_a/main.py", b"3210000002_b/main.py", b"../x"]
    archive.write_bytes(raw_zip(map(Item, names)))
    with pytest.raises(IntakeError, match="leads out"):
        find([archive], workspace=tmp_path / "work")
    assert not (tmp_path / "x").exists()


# --- nothing to grade -------------------------------------------------------------------


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"nowhere is not there.*current folder"):
        find([tmp_path / "nowhere"])


def test_an_empty_class_says_what_was_expected_and_found(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"expected; found: nothing"):
        find([tmp_path])
    make(tmp_path, "notes.txt", "empty/")
    with pytest.raises(IntakeError, match=r"found: empty, notes\.txt"):
        find([tmp_path])


def test_a_single_source_file_gets_the_cure(tmp_path: Path) -> None:
    make(tmp_path, "main.py")
    with pytest.raises(IntakeError, match="give the folder that holds it"):
        find([tmp_path / "main.py"])


# --- rules ------------------------------------------------------------------------------


def test_natural_order_counts_numbers() -> None:
    assert sorted(["b", "a10", "a9", "a", "A8"], key=natural) == ["a", "A8", "a9", "a10", "b"]


NAMES = st.lists(
    st.lists(
        st.sampled_from(["main.py", "a.py", "张三_3210000001", "alice", "code", "x.zip", "r.pdf"]),
        min_size=1,
        max_size=4,
    ).map("/".join),
    max_size=8,
)


@given(st.sampled_from(["张三", "class", "code"]), NAMES)
def test_judging_is_total(name: str, names: list[str]) -> None:
    tree = tree_of(names)
    verdict = judge(name, tree)
    if tree.get("main.py", {}) is None:
        assert verdict is LayoutKind.SUBMISSION
    if not names:
        assert verdict is not LayoutKind.CLASS


def test_folders_that_differ_in_digits_keep_their_own_names(tmp_path: Path) -> None:
    for name in ("student1", "student2", "student10"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").write_text("")
    found = find([tmp_path])
    assert [(h.id, h.student.name, h.path.name) for h in found] == [
        (name, name, name) for name in ("student1", "student2", "student10")
    ]
    assert found.notices == ()


def test_loose_sources_of_several_students_are_a_class(tmp_path: Path) -> None:
    make(
        tmp_path / "in",
        *("3210000001_张三_main.py", "3210000001_张三_model.npz", "3210000002 李四.ipynb"),
        *("3210000003_王五.zip", "collect.py"),
    )
    found = find([tmp_path / "in"])
    by_number = {one.student.number: [part.name for part in one.parts] for one in found}
    assert by_number == {
        "3210000001": ["main.py", "model.npz"],
        "3210000002": ["李四.ipynb"],
        "3210000003": ["3210000003_王五.zip"],
    }
    assert "collect.py" in "\n".join(map(str, found.notices))
    stage(next(iter(found)), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["main.py", "model.npz"]


def test_a_source_that_names_a_file_keeps_it(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", "3210000001_a.npz", "3210000002.py")
    (folder / "3210000001_main.py").write_text("open('3210000001_a.npz')")
    first = next(iter(find([folder])))
    assert [part.name for part in first.parts] == ["main.py", "3210000001_a.npz"]


@pytest.mark.parametrize(
    "names", [("张量.py", "方差.py"), ("3210000001_张三.py", "model.npz"), ("高斯.py", "main.py")]
)
def test_modules_that_are_called_like_people_are_one_submission(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    assert len(find([make(tmp_path / "in", *names)]).submissions) == 1


@pytest.mark.parametrize(
    ("names", "people"),
    [
        (["3210000001_a.py", "3210000002_b.py"], {"3210000001", "3210000002"}),
        (["doejane_4211_1_main.py", "roelisa_4213_2_main.py"], {""}),
    ],
)
def test_loose_sources_of_a_class_are_found_in_its_archive(
    tmp_path: Path, names: list[str], people: set[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as packed:
        for name in names:
            packed.writestr(name, "x = 1")
    found = find([tmp_path / "class.zip"])
    assert len(found.submissions) == 2
    assert {one.student.number for one in found} == people


@pytest.mark.parametrize(
    ("names", "many"),
    [
        (["class1/3210000001_张三/main.py", "class1/3210000002_李四/main.py"], 2),
        (["1班/张三.zip", "1班/李四.zip", "2班/王五/main.py", "2班/赵六/a.ipynb", "说明.md"], 4),
        (["a/doejane_4211_1_a.py", "a/roelisa_4213_2_a.py", "b/ab_1_2_x.zip", "b/cd_3_4_y.zip"], 4),
        (["3210000009_李雷/张三/main.py", "3210000009_李雷/李四/main.py"], 1),  # a student's
        (["1班/张三.zip", "1班/李四.zip", "王五/main.py"], 2),  # one of them is no class
    ],
)  # fmt: skip
def test_classes_in_a_folder_each_are_found(tmp_path: Path, names: list[str], many: int) -> None:
    assert len(find([make(tmp_path / "in", *names)]).submissions) == many


def test_what_a_student_s_own_folder_holds_is_no_class(tmp_path: Path) -> None:
    make(tmp_path / "3210000001_张三", "第1组/3210000001_张三/a.py", "第1组/3210000002_李四/b.py")
    assert ids(tmp_path / "3210000001_张三") == ["3210000001_张三"]
