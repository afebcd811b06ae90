"""Downloads of whole classes: several in a folder, and the versions that Teams keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake import find
from tests.intake.archives import Item, raw_zip
from tests.intake.test_find import ids, make

MOODLE = b"%s_1%d_assignsubmission_file/main.py"
DOWNLOADS = {
    "lab 2-48213.zip": [MOODLE % (b"Jane Roe", 1), MOODLE % (b"Max Muster", 2)],
    "submissions.zip": [b"roejane_11_501_a.py", b"muster_12_502_a.py"],
    "Lab 2.zip": [b"A B/Lab 2/Version 1/main.py", b"C D/Lab 2/Version 1/main.py"],
}


def download(path: Path, names: list[bytes]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw_zip([Item(name) for name in names]))


def test_a_folder_of_downloads_holds_all_of_their_students(tmp_path: Path) -> None:
    for name, held in DOWNLOADS.items():
        download(tmp_path / "friday" / name, held)
    (tmp_path / "friday/roster.csv").write_text("number,name\n")
    assert sorted(ids(tmp_path / "friday")) == sorted(
        ["A_B", "C_D", "Jane_Roe", "Max_Muster", "muster", "roejane"]
    )


@pytest.mark.parametrize("beside", ["li.zip", "3210000001_张三.zip", "zoe/main.py"])
def test_a_download_beside_other_submissions_is_told_and_nobody_elses(
    tmp_path: Path, beside: str
) -> None:
    download(tmp_path / "class/all.zip", DOWNLOADS["lab 2-48213.zip"])
    make(tmp_path / "class", beside)
    found = find([tmp_path / "class"])
    assert len(found) == 2 and "all" in {each.id for each in found}
    assert "all.zip look like whole classes" in "\n".join(map(str, found.notices))


def test_a_students_archive_with_others_names_in_it_stays_one(tmp_path: Path) -> None:
    for name in ("3210000001_张三.zip", "3210000002_李四.zip"):
        download(tmp_path / "class" / name, DOWNLOADS["lab 2-48213.zip"])
    assert ids(tmp_path / "class") == ["3210000001_张三", "3210000002_李四"]


@pytest.mark.parametrize(
    ("top", "word"),
    [
        ("Submitted files", "Version "),
        ("提出済みのファイル", "バージョン"),
        ("Student Work/a", "Версия "),
    ],
)
@pytest.mark.parametrize("archived", [False, True])
def test_of_teams_versions_the_last_counts(
    tmp_path: Path, top: str, word: str, archived: bool
) -> None:
    names = [f"{top}/Kim Min/Lab 2/{word}{number}/main.py" for number in (1, 2, 9, 10)]
    names += [f"{top}/A B/Lab 2/{word}1/code.zip"]
    if top == "Submitted files":
        names += [f"Working files/{who}/Lab 2/main.py" for who in ("Kim Min", "A B", "Late")]
    if archived:
        download(tmp_path / "t.zip", [name.encode() for name in names])
        found = find([tmp_path / "t.zip"])
    else:
        found = find([make(tmp_path / "class", *names)])
    assert {each.id: each.path.name for each in found} == {
        "A_B": f"{word}1",
        "Kim_Min": f"{word}10",
    }
    assert "of the 4 versions of Kim Min the last is taken" in "\n".join(map(str, found.notices))


def test_folders_that_are_no_versions_are_left_as_they_are(tmp_path: Path) -> None:
    names = ["3210000001_张三/lab/part 1/main.py", "3210000001_张三/lab/part 2/main.py"]
    names += ["3210000002_李四/lab/Version 1/main.py", "3210000002_李四/lab/main.py"]
    for each in find([make(tmp_path / "class", *names)]):
        assert each.path.name == each.id
