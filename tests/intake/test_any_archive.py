"""Whatever an archive holds, it is taken whole within its limits, or refused with a sentence."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.folder import OutputFolder
from grader.intake.unpackers import missing
from grader.readers.archive import unpack
from grader.readers.notices import ArchiveRefusedError, FormatUnknownError
from tests.intake.archives import Item, raw_tar, raw_zip, tar_member
from tests.intake.taking import SMALL
from tests.intake.test_other_formats import seven

ITEMS = st.builds(
    Item,
    name=st.one_of(
        st.binary(min_size=1, max_size=40),
        st.sampled_from([b"main.py", b"MAIN.PY", b"a/b/../../../x", b"con", b"a/", b"nul.txt"]),
    ),
    data=st.binary(max_size=300),
    flags=st.sampled_from([0, 0, 0, 0x800, 0x1, 0x8]),
    mode=st.sampled_from([0, 0, 0o100644, 0o120777, 0o010644, 0o020644, 0o040755]),
    method=st.sampled_from([0, 8, 8, 8, 12, 99]),
    size=st.one_of(st.none(), st.none(), st.integers(0, 2**32 - 1)),
    extra=st.one_of(st.just(b""), st.binary(max_size=30)),
)


CHANGES = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=4)


def changed(raw: bytes, changes: list[tuple[int, int]]) -> bytes:
    """`raw` with some of its bytes set to others."""
    made = bytearray(raw)
    for place, value in changes:
        if made:
            made[place % len(made)] = value
    return bytes(made)


def survives(raw: bytes) -> None:
    """Unpacking ends well or by a refusal; nothing lies outside, nothing but files inside."""
    with tempfile.TemporaryDirectory() as folder:
        around = Path(folder)
        archive, into = around / "a", around / "into"
        archive.write_bytes(raw)
        into.mkdir()
        try:
            unpack(archive, OutputFolder(into), SMALL)
        except FormatUnknownError as error:
            assert missing(error.format).cure
        except ArchiveRefusedError as error:
            assert error.reason and "\n" not in error.reason
        assert sorted(path.name for path in around.iterdir()) == ["a", "into"]
        files = [path for path in into.rglob("*") if not path.is_dir()]
        assert all(path.is_file() and not path.is_symlink() for path in files)
        assert len(files) <= SMALL.files
        assert sum(path.stat().st_size for path in files) <= SMALL.total + 64 * 1024


@settings(max_examples=200)
@given(st.lists(ITEMS, max_size=5), CHANGES, st.booleans())
def test_any_zip_is_taken_or_refused(
    items: list[Item], changes: list[tuple[int, int]], overlap: bool
) -> None:
    survives(changed(raw_zip(items, overlap=overlap), changes))


TYPES = st.sampled_from([b"0", b"0", b"1", b"2", b"3", b"5", b"6", b"7", b"S", b"x", b"L", b"K"])


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=30), TYPES, st.binary(max_size=300)), max_size=4
    ),
    CHANGES,
    st.sampled_from(["w", "w:gz", "w:bz2", "w:xz"]),
)
def test_any_tar_is_taken_or_refused(
    members: list[tuple[str, bytes, bytes]], changes: list[tuple[int, int]], mode: str
) -> None:
    infos = []
    for name, kind, data in members:
        info = tar_member(name.encode("utf-8", "replace").decode(), kind, "../x")
        infos.append((info, data))
    try:
        raw = raw_tar(infos, mode)
    except (ValueError, OSError):  # names that even the writer does not take
        return
    survives(changed(raw, changes))


@settings(max_examples=150)
@given(
    st.sampled_from(
        [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"Rar!\x1a\x07", b""]
    ),
    st.binary(max_size=2000),
)
def test_any_bytes_are_taken_or_refused(magic: bytes, rest: bytes) -> None:
    survives(magic + rest)


@settings(max_examples=4)
@given(CHANGES)
def test_any_7z_is_taken_or_refused(changes: list[tuple[int, int]]) -> None:
    survives(changed(seven(**{"main.py": b"x = 1\n" * 50, "结果": bytes(500)}), changes))
