"""7z, RAR and what libarchive knows: judged as a zip of the same files, or told what opens them."""

import io
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.intake.unpackers import missing
from grader.readers.archive import names
from grader.readers.limits import MIB
from grader.readers.notices import ArchiveRefusedError, FormatUnknownError
from tests.intake.archives import Item, below, raw_rar, raw_zip
from tests.intake.taking import SMALL, refused


def test_what_libarchive_knows_is_opened_where_it_is(
    take: Callable[..., Path], tmp_path: Path
) -> None:
    try:
        import libarchive
    except (ImportError, OSError, AttributeError, TypeError):
        pytest.skip("the package libarchive-c or its library is not here")
    packed = tmp_path / "packed"
    with libarchive.file_writer(str(packed), "ustar", "zstd") as archive:
        archive.add_file_from_memory("lab/main.py", 6, b"x = 1\n")
    assert (
        take(packed.read_bytes(), name="lab.tar.zst") / "lab/main.py"
    ).read_bytes() == b"x = 1\n"
    assert "damaged" in refused(take, b"Rar!\x1a\x07\x01\x00" + bytes(100))


@pytest.mark.parametrize("raw", [b"", b"MZ\x90\x00", b"%PDF-1.4\n", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_refused(take: Callable[..., Path], raw: bytes) -> None:
    refused(take, raw)


def test_a_program_with_a_zip_behind_it_is_no_archive(take: Callable[..., Path]) -> None:
    refused(take, raw_zip([Item(b"main.py")], prefix=b"MZ" + bytes(100)))


def seven(**files: bytes) -> bytes:
    py7zr = pytest.importorskip("py7zr")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as opened:
        for name, data in files.items():
            opened.writestr(data, name)
    return buffer.getvalue()


def test_7z_archives_are_taken(take: Callable[..., Path], tmp_path: Path) -> None:
    raw = seven(**{"lab/main.py": b"x = 1\n", "lab/结果/a.ckpt": bytes(1000), "lab/empty": b""})
    assert below(take(raw)) == ["lab/empty", "lab/main.py", "lab/结果/a.ckpt"]
    assert sorted(names(tmp_path / "submission.zip", SMALL)) == [
        "lab/empty",
        "lab/main.py",
        "lab/结果/a.ckpt",
    ]


def test_7z_bombs_and_damage_are_refused(take: Callable[..., Path]) -> None:
    assert "one file may have" in refused(take, seven(a=bytes(3 * MIB)))
    raw = seven(a=os.urandom(3000))
    refused(take, raw[:1500])
    refused(take, raw[:-10] + bytes(10))


def of_members(members: Sequence[tuple[str, bytes]]) -> bytes:
    py7zr = pytest.importorskip("py7zr")
    buffer = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, py7zr.SevenZipFile(buffer, "w") as opened:
        patch.setattr("py7zr.py7zr.check_archive_path", lambda name: True)  # others write any
        for name, data in members:
            opened.writestr(data, name)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        [("main.py", b"1"), ("a.txt", b"1"), ("a.txt", b"2"), ("a.txt", b"3")],
        [("main.py", b"1"), ("main.py", b"1"), ("/images/a.txt", b"")],
        [("main.py", b"1"), ("a.txt", b"1"), ("a.txt_0", b"2"), ("长" * 70, b"3")],
        [("main.py", b"1"), ("main.py", b"2")],
        [("main.py", b"1"), ("b/../a.txt", b"2")],
        [("main.py", b"1"), ("a:b.txt", b"2")],
        [("C:\\main.py", b"1")],
    ],
)
def test_a_7z_is_judged_as_a_zip_of_the_same_members(
    take: Callable[..., Path], tmp_path: Path, members: list[tuple[str, bytes]]
) -> None:
    pytest.importorskip("libarchive")
    found: list[object] = []
    for raw in (raw_zip([Item(n.encode(), d) for n, d in members]), of_members(members)):
        take.notices.clear()  # type: ignore[attr-defined]
        into = tmp_path / "around" / "into"
        try:
            take(raw)
            held = {name: (into / name).read_bytes() for name in below(into)}
            found.append((held, list(take.notices)))  # type: ignore[attr-defined]
        except ArchiveRefusedError as error:
            found.append(error.reason)
        shutil.rmtree(into)
        into.mkdir()
    assert found[0] == found[1]


def test_a_7z_password_is_named(take: Callable[..., Path]) -> None:
    py7zr = pytest.importorskip("py7zr")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password="secret") as opened:  # noqa: S106
        opened.writestr(b"1", "main.py")
    assert "password" in refused(take, buffer.getvalue())


def test_7z_links_are_left_out(take: Callable[..., Path], tmp_path: Path) -> None:
    py7zr = pytest.importorskip("py7zr")
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.py").write_text("x = 1\n")
    (source / "data").symlink_to("/etc")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as opened:
        opened.writeall(source, "lab")
    assert below(take(buffer.getvalue())) == ["lab/main.py"]


def test_a_missing_7z_package_is_our_fault(
    take: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py7zr", None)
    monkeypatch.setattr("grader.intake.unpackers.find_spec", lambda name: None)
    with pytest.raises(FormatUnknownError) as caught:
        take(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    assert "pip install py7zr" in missing(caught.value.format).cure


def test_a_rar_is_judged_as_a_zip_of_the_same_members(take: Callable[..., Path]) -> None:
    try:
        import libarchive  # noqa: F401
    except (ImportError, OSError, AttributeError, TypeError):
        pytest.skip("the package libarchive-c or its library is not here")
    items = [Item("实验/main.py".encode(), b"x = 1\n"), Item("实验/权重.npz".encode(), bytes(2000))]
    into = take(raw_rar(items))
    assert below(into) == ["实验/main.py", "实验/权重.npz"]
    assert (into / "实验/权重.npz").read_bytes() == bytes(2000)
    stored = raw_zip([Item(b"data.pkl", b"weights")])  # as torch.save and Word make their files
    into = take(raw_rar([Item(b"main.py", b"1"), Item(b"net.pth", stored)]))
    assert (into / "main.py").is_file() and (into / "net.pth").read_bytes() == stored
    assert "leads out" in refused(take, raw_rar([Item(b"../main.py", b"1")]))
    assert "twice" in refused(take, raw_rar([Item(b"main.py", b"1"), Item(b"main.py", b"2")]))
    refused(take, raw_rar(items)[:-1500])
    assert "one file may have" in refused(take, raw_rar([Item(b"a", bytes(3 * MIB))]))


@pytest.mark.parametrize("magic", [b"Rar!\x1a\x07\x01\x00", b"(\xb5/\xfd", b"MSCF\0\0\0\0"])
def test_a_format_that_nothing_here_opens_is_our_fault(
    take: Callable[..., Path], magic: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "libarchive", None)
    with pytest.raises(FormatUnknownError) as caught:
        take(magic + bytes(100))
    assert "apt install libarchive13" in missing(caught.value.format).cure
