from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.readers.limits import IntakeLimits
from grader.readers.notices import notice, shown
from grader.readers.paths import BadNameError, decoded, parts_of, path_of, path_text, readable_name

LIMITS = IntakeLimits()


@given(st.text(st.characters(), max_size=300))
def test_parts_never_lead_out(name: str) -> None:
    try:
        parts = parts_of(name, LIMITS)
    except BadNameError as error:
        assert str(error).isprintable()
        return
    assert not {"..", ".", ""}.intersection(parts)
    assert all("/" not in part and "\\" not in part and "\0" not in part for part in parts)


@pytest.mark.parametrize("name", ["con", "NUL.txt", "a/com1.py", "a:b", "x.", "y ", "what?.py"])
def test_what_windows_cannot_write_is_refused_there_only(name: str) -> None:
    assert parts_of(name, LIMITS, windows=False)
    with pytest.raises(BadNameError, match="Windows"):
        parts_of(name, LIMITS, windows=True)


def test_one_encoding_is_taken_for_all_names_of_an_archive() -> None:
    lucky = "联通".encode("gbk")  # reads as UTF-8, too
    assert decoded([lucky, "实验结果".encode("gbk")]) == ["联通", "实验结果"]
    assert decoded([b"\xff\xff", b"a"]) == ["\xa0\xa0", "a"]


@given(st.text(st.characters(), max_size=500), st.text(st.characters(), max_size=30))
def test_a_notice_shows_names_on_one_line(name: str, other: str) -> None:
    said = str(notice("{name} and {other}", name=name, other=other))
    assert said.isprintable() and len(said) <= 200


def test_a_reason_inside_a_notice_is_said_whole_and_in_its_language() -> None:
    inner = notice("the name {name} leads out of the folder", name="a" * 75)
    said = str(notice("left out: {reason}", reason=inner))
    assert said == f"left out: the name {'a' * 75} leads out of the folder"


def test_braces_in_names_stay_braces() -> None:
    assert str(notice("{a} {b}", a="{b}", b="x")) == "{b} x"
    assert shown("a" * 500).count("a") == 79


def test_a_name_that_is_no_utf8_becomes_text_that_can_be_written(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/3210000001_" + "张三".encode("gbk")
    Path(os.fsdecode(raw)).mkdir()
    (path,) = tmp_path.iterdir()
    assert readable_name(path) == "3210000001_张三"


@given(
    st.binary(min_size=1, max_size=40).filter(lambda raw: b"\0" not in raw and b"\\x" not in raw)
)
def test_a_path_of_any_bytes_can_be_written_and_found_again(raw: bytes) -> None:
    path = Path(os.fsdecode(b"/class/" + raw))
    text = path_text(path)
    assert json.loads(json.dumps(text).encode("utf-8")) == text
    assert path_of(text) == path
