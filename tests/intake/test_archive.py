from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.intake.unpackers import missing
from grader.readers.limits import MIB, IntakeLimits
from grader.readers.notices import FormatUnknownError
from tests.intake.archives import Item, below, raw_tar, raw_zip, tar_member
from tests.intake.taking import refused

# --- what is taken ----------------------------------------------------------------------


def test_names_of_chinese_windows_are_read_as_gbk(take: Callable[..., Path]) -> None:
    into = take(raw_zip([Item("实验/结果.txt".encode("gbk")), Item(b"main.py")]))
    assert below(into) == ["main.py", "实验/结果.txt"]


def test_names_of_macos_are_read_as_utf8_without_the_flag(take: Callable[..., Path]) -> None:
    assert below(take(raw_zip([Item("实验/结果.txt".encode())]))) == ["实验/结果.txt"]


def test_names_with_the_flag_or_the_unicode_field_are_taken_at_their_word(
    take: Callable[..., Path],
) -> None:
    told = "名.py".encode()
    raw = b"garbled.py"
    field = struct.pack("<BI", 1, zlib.crc32(raw)) + told
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    into = take(raw_zip([Item("实验.py".encode(), flags=0x800), Item(raw, extra=extra)]))
    assert below(into) == ["名.py", "实验.py"]


def test_decomposed_names_of_macos_are_composed(take: Callable[..., Path]) -> None:
    assert below(take(raw_zip([Item("cafe\u0301.py".encode())]))) == ["caf\u00e9.py"]


def test_backslashes_of_windows_packers_are_separators(take: Callable[..., Path]) -> None:
    assert below(take(raw_zip([Item(b"results\\a.ckpt"), Item(b"lib\\")]))) == ["results/a.ckpt"]


def test_clutter_is_left_out_before_it_is_counted(take: Callable[..., Path]) -> None:
    clutter = [Item(f"venv/lib/{n}.py".encode()) for n in range(200)]
    others = [b"__MACOSX/._main.py", b".DS_Store", b"__pycache__/a.pyc", b"Icon\r", b".git/HEAD"]
    into = take(raw_zip([Item(b"main.py"), *clutter, *map(Item, others)]))
    assert below(into) == ["main.py"]


def test_an_environment_is_left_out_whatever_its_name(take: Callable[..., Path]) -> None:
    environment = [Item(f"lab/my env/lib/{n}.py".encode()) for n in range(200)]
    marker = Item(b"lab/my env/pyvenv.cfg")
    assert below(take(raw_zip([*environment, Item(b"lab/main.py"), marker]))) == ["lab/main.py"]


def test_a_project_inside_its_environment_is_kept(take: Callable[..., Path]) -> None:
    environment = [Item(f"lab/Lib/{n}.py".encode()) for n in range(200)]
    project = [Item(b"lab/pyvenv.cfg"), Item(b"lab/main.py"), Item(b"lab/net/a.py")]
    into = take(raw_zip([*environment, *project]))
    assert below(into) == ["lab/main.py", "lab/net/a.py", "lab/pyvenv.cfg"]


def test_archives_inside_stay_as_they_are(take: Callable[..., Path]) -> None:
    inner = raw_zip([Item(b"data.txt")])
    assert below(take(raw_zip([Item(b"main.py"), Item(b"data.zip", inner)]))) == [
        "data.zip",
        "main.py",
    ]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_of_every_packing_are_taken(take: Callable[..., Path], mode: str) -> None:
    member = (tar_member("lab/main.py"), b"x = 1\n")
    into = take(raw_tar([member, (tar_member("lab/结果/a.txt"), b"1")], mode), name="a.tar")
    assert below(into) == ["lab/main.py", "lab/结果/a.txt"]


def test_tar_names_in_gbk_are_read(take: Callable[..., Path]) -> None:
    raw = raw_tar([(tar_member("A" * 4 + ".py"), b"")]).replace(b"AAAA", "实验".encode("gbk"))
    header = bytearray(raw[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert below(take(bytes(header) + raw[512:])) == ["实验.py"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_zip_methods_of_other_packers_are_taken(take: Callable[..., Path], method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        opened.writestr("main.py", "x = 1\n" * 100)
    assert (take(buffer.getvalue()) / "main.py").read_text() == "x = 1\n" * 100


def test_content_decides_not_the_suffix(take: Callable[..., Path]) -> None:
    assert below(take(raw_zip([Item(b"main.py")]), name="submission.rar")) == ["main.py"]


def test_zip64_of_large_files_is_taken(take: Callable[..., Path]) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened,
        opened.open("main.py", "w", force_zip64=True) as member,
    ):
        member.write(b"x = 1\n")
    assert below(take(buffer.getvalue())) == ["main.py"]


def test_links_and_special_files_are_left_out_and_told(take: Callable[..., Path]) -> None:
    link, pipe = stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644
    items = [Item(b"main.py"), Item(b"data", b"/etc", mode=link), Item(b"pipe", b"", mode=pipe)]
    assert below(take(raw_zip(items))) == ["main.py"]
    assert any("links" in said for said in take.notices)  # type: ignore[attr-defined]
    assert any("special" in said for said in take.notices)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_tar_links_and_devices_are_left_out(take: Callable[..., Path], kind: bytes) -> None:
    members = [(tar_member("main.py"), b""), (tar_member("evil", kind, "../../canary.txt"), b"")]
    assert below(take(raw_tar(members))) == ["main.py"]


def test_a_file_behind_a_link_stays_inside(take: Callable[..., Path]) -> None:
    members = [
        (tar_member("out", tarfile.SYMTYPE, "../.."), b""),
        (tar_member("out/canary.txt"), b"overwritten"),
    ]
    assert below(take(raw_tar(members))) == ["out/canary.txt"]


def test_names_that_differ_in_capitals_are_told(take: Callable[..., Path]) -> None:
    take(raw_zip([Item(b"main.py"), Item(b"MAIN.py")]))
    assert any("capital" in said for said in take.notices)  # type: ignore[attr-defined]


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"../canary.txt", "leads out"),
        (b"a/../../canary.txt", "leads out"),
        (b"..\\canary.txt", "leads out"),
        (b"/../canary.txt", "leads out"),
        (b"\\\\server\\share\\x", "absolute"),
        (b"C:\\windows\\x", "absolute"),
    ],
)
def test_names_that_lead_out_are_refused(
    take: Callable[..., Path], name: bytes, reason: str
) -> None:
    assert reason in refused(take, raw_zip([Item(b"main.py"), Item(name)]))


def test_tar_names_that_lead_out_are_refused(take: Callable[..., Path]) -> None:
    assert "leads out" in refused(take, raw_tar([(tar_member("../canary.txt"), b"x")]))
    assert "absolute" in refused(take, raw_tar([(tar_member("//tmp/x"), b"x")]))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"a\nb.py", "control"),
        (b"\x1b[2Jx.py", "control"),
        (b"main.py\x00.txt", "control"),
        ("evil\u202eyp.exe".encode(), "control"),
        (b"a" * 300, "too long"),
        (("课" * 70 + ".pdf").encode(), "too long"),
        (b"/".join([b"d"] * 30), "deep"),
    ],
)
def test_a_name_that_nobody_can_write_is_left_out_and_told(
    take: Callable[..., Path], name: bytes, reason: str
) -> None:
    assert below(take(raw_zip([Item(b"main.py"), Item(name)]))) == ["main.py"]
    assert [reason in said for said in take.notices] == [True]  # type: ignore[attr-defined]


def test_a_slash_at_the_beginning_is_dropped(take: Callable[..., Path]) -> None:
    assert below(take(raw_zip([Item(b"main.py"), Item(b"/images/a.txt")]))) == [
        "images/a.txt",
        "main.py",
    ]


def test_a_password_is_named(take: Callable[..., Path]) -> None:
    assert "password" in refused(take, raw_zip([Item(b"main.py", flags=1)]))


def test_an_unknown_method_is_named(take: Callable[..., Path]) -> None:
    with pytest.raises(FormatUnknownError) as caught:
        take(raw_zip([Item(b"main.py", method=9)]))
    assert "zip (method 9)" in str(missing(caught.value.format))


def test_other_code_under_one_name_is_refused(take: Callable[..., Path]) -> None:
    assert "twice" in refused(take, raw_zip([Item(b"main.py"), Item(b"./main.py", b"other")]))


@pytest.mark.parametrize(("name", "last"), [(b"main.py", b"x = 1\n"), (b"notes.txt", b"new")])
def test_a_harmless_twin_is_told_and_the_last_one_taken(
    take: Callable[..., Path], name: bytes, last: bytes
) -> None:
    into = take(raw_zip([Item(name), Item(b"lib.py"), Item(b"./" + name, last)]))
    assert (into / name.decode()).read_bytes() == last
    assert ["twice" in said for said in take.notices] == [True]  # type: ignore[attr-defined]


def test_a_file_that_is_a_folder_too_is_refused(take: Callable[..., Path]) -> None:
    assert "twice" in refused(take, raw_zip([Item(b"a"), Item(b"a/main.py")]))


def test_too_many_files_are_refused(take: Callable[..., Path]) -> None:
    assert "files" in refused(take, raw_zip(Item(f"{n}.txt".encode()) for n in range(60)))


def test_a_hundred_thousand_entries_are_refused_at_once(take: Callable[..., Path]) -> None:
    raw = raw_zip(Item(f"{n}".encode(), b"", method=0) for n in range(100_000))
    begun = time.monotonic()
    refused(take, raw)
    assert time.monotonic() - begun < 2


def test_names_of_ten_thousand_parts_are_left_out_at_once(take: Callable[..., Path]) -> None:
    raw = raw_zip([Item(b"a/" * 30_000 + b"%d" % n) for n in range(10)])
    begun = time.monotonic()
    assert below(take(raw)) == []
    assert time.monotonic() - begun < 5


def test_one_large_file_is_refused_by_what_it_declares(take: Callable[..., Path]) -> None:
    assert "one file may have" in refused(take, raw_zip([Item(b"a", os.urandom(3 * MIB))]))


def test_many_files_of_allowed_size_are_refused_together(take: Callable[..., Path]) -> None:
    items = [Item(f"{n}".encode(), os.urandom(MIB + 1)) for n in range(4)]
    assert "unpacks to" in refused(take, raw_zip(items))


def test_a_bomb_is_refused_by_its_ratio(take: Callable[..., Path]) -> None:
    limits = IntakeLimits()
    assert "times its size" in refused(take, raw_zip([Item(b"a", bytes(50 * MIB))]), limits)
    assert "times its size" in refused(take, gzip.compress(_tar_of(50 * MIB)), limits)


def test_a_bomb_that_declares_little_is_refused_too(take: Callable[..., Path]) -> None:
    refused(take, raw_zip([Item(b"a", bytes(30 * MIB), size=10)]))


def test_overlapping_members_are_refused(take: Callable[..., Path]) -> None:
    items = [Item(f"{n}".encode(), local_name=b"0") for n in range(30)]
    assert "share" in refused(take, raw_zip(items, overlap=True))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_stream_without_end_is_refused(
    take: Callable[..., Path], pack: Callable[[bytes], bytes]
) -> None:
    members = [(tar_member(f"venv/{n}"), bytes(MIB)) for n in range(20)]
    assert "more than is allowed" in refused(take, pack(raw_tar(members)))


def test_a_tar_header_that_asks_for_gigabytes_is_refused(take: Callable[..., Path]) -> None:
    info = tar_member("x", tarfile.GNUTYPE_LONGNAME)
    info.size = 7 * 1024**3
    refused(take, info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))


@pytest.mark.parametrize("cut", [10, 100, 1000, -30, -5])
def test_a_truncated_zip_is_refused(take: Callable[..., Path], cut: int) -> None:
    raw = raw_zip([Item(b"main.py", os.urandom(2000)), Item(b"b.py")])
    refused(take, raw[:cut])


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_truncated_tar_is_refused(take: Callable[..., Path], mode: str) -> None:
    raw = raw_tar([(tar_member(f"{n}.py"), os.urandom(4000)) for n in range(3)], mode)
    refused(take, raw[: len(raw) // 2])


def test_a_broken_second_header_is_not_taken_for_the_end(take: Callable[..., Path]) -> None:
    raw = bytearray(raw_tar([(tar_member("a.py"), b"1"), (tar_member("b.py"), b"2")]))
    raw[1024 + 10] ^= 0xFF
    assert "damaged" in refused(take, bytes(raw))


def test_wrong_bytes_are_refused_by_their_checksum(take: Callable[..., Path]) -> None:
    raw = raw_zip([Item(b"main.py", b"A" * 100, method=0)]).replace(b"AAAA", b"AAAB", 1)
    assert "damaged" in refused(take, raw)


# --- 7z ---------------------------------------------------------------------------------


# --- any bytes --------------------------------------------------------------------------


def _tar_of(size: int) -> bytes:
    return raw_tar([(tar_member("a"), bytes(size))])
