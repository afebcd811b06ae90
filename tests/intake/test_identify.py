from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.ids import ID_BYTES, id_for, safe_id, unique
from grader.platforms.folders import Student, identify, recognised

KNOWN = [
    ("3210000001_张三", "3210000001", "张三"),
    ("张三-3210000001-lab2", "3210000001", "张三"),
    ("张三(3210000001)", "3210000001", "张三"),
    ("3210000001张三实验二", "3210000001", "张三"),
    ("3210000001 张三 第二次作业 (1)", "3210000001", "张三"),
    ("U202012345-王小明-垃圾分类", "U202012345", "王小明"),
    ("人工智能实验2-李雷-22151234", "22151234", "李雷"),
    ("欧阳娜娜 lab2", "", "欧阳娜娜"),
    ("买买提·艾力_3210000001", "3210000001", "买买提·艾力"),
    ("1_A0123456X_lab2", "A0123456X", ""),
    ("202012150123_张伟", "202012150123", "张伟"),  # twelve digits: also a minute of a day
    ("张三_3210000001_202611202130", "3210000001", "张三"),
    ("lab2_201928013229001", "", ""),  # fifteen digits: only a roster knows
    ("lab2_3210000001_20261120_main", "3210000001", ""),
    ("实验二_张三_20261120", "", "张三"),  # a date is no number
    ("jane.doe", "", "jane.doe"),
    ("lenet5", "", ""),
    ("实验二", "", ""),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "number", "name"), KNOWN)
def test_names_laid_by_hand_tell_the_student(text: str, number: str, name: str) -> None:
    assert identify(text) == Student(number, name)


@pytest.mark.parametrize("text", ["lenet5", "results", "code", "model_v2", "实验报告", "数据集"])
def test_names_of_work_are_no_students(text: str) -> None:
    assert not recognised(text)


# Everything a file system can hold and more: surrogates, controls, directions, marks.
ANY = st.text(st.characters(), max_size=400)
NAMES = st.one_of(
    ANY,
    st.text("张三李四 _-.()0123456789abcLATE實验二\u0301\u202e\u200d\n\ud800", max_size=80),
    st.from_regex(r"[a-z]{1,9}(_LATE)?_[0-9]{1,9}_[0-9]{1,9}_.{0,20}", fullmatch=True),
)


@given(NAMES)
def test_identifying_is_total_and_says_the_same_twice(text: str) -> None:
    student = identify(text)
    assert student == identify(text)
    assert len(student.name) <= 60
    assert all(unicodedata.category(c)[0] not in "CZ" or c == " " for c in student.name)
    assert student.number == "" or student.number.isalnum()
    recognised(text)


@given(NAMES)
def test_an_id_is_always_a_safe_file_name(text: str) -> None:
    made = id_for(identify(text), text)
    assert made == safe_id(made), "an id of an id is itself"
    assert 0 < len(made.encode()) <= ID_BYTES
    assert made == unicodedata.normalize("NFC", made)
    assert all(c in "-_.()" or unicodedata.category(c)[0] in "LNM" for c in made)
    assert made[0] not in ".-" and made[-1] != "."
    stem = made.split(".")[0].lower()
    assert stem not in {"con", "prn", "aux", "nul"} and not stem.startswith(("com1.", "lpt1."))


@given(ANY)
def test_an_id_keeps_chinese(text: str) -> None:
    assert "张三" in safe_id(f"张三{text}")


@given(st.lists(st.sampled_from(["a", "A", "a-2", "张三", "b"]), max_size=12))
def test_ids_differ_also_where_capitals_do_not_count(wanted: list[str]) -> None:
    taken: set[str] = set()
    for want in wanted:
        made = unique(want, taken)
        assert made.casefold() not in taken
        assert made.startswith(want)
        taken.add(made.casefold())
