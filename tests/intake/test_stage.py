from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake import (
    ArchiveRefusedError,
    FileKind,
    IntakeLimits,
    Notice,
    Reading,
    Student,
    Submission,
)
from grader.intake import digest as digest_of
from grader.intake import stage as stage_of
from grader.intake.submissions import SubmissionFile
from grader.readers.file_kinds import kind_of
from grader.sandbox.unconfined import Unconfined
from tests.intake.archives import Item, below, raw_tar, raw_zip
from tests.intake.test_find import make


def submission(path: Path, kind: FileKind = FileKind.FOLDER) -> Submission:
    return Submission("3210000001_张三", Student("3210000001", "张三"), path, kind)


def zipped(path: Path, *items: Item) -> Submission:
    path.write_bytes(raw_zip(items))
    return submission(path, FileKind.ZIP)


def fingerprint(top: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(top.rglob("*")):
        status = path.lstat()
        whole.update(f"{path} {status.st_mode} {status.st_size} {status.st_mtime_ns}".encode())
        if path.is_file() and not path.is_symlink():
            whole.update(path.read_bytes())
    return whole.hexdigest()


def test_a_staged_copy_is_plain_and_the_original_untouched(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "main.py", "results/best.ckpt", "__pycache__/a.pyc", ".git/x")
    make(source, "venv/a.py", "env/pyvenv.cfg", "env/lib/a.py", ".DS_Store", "._main.py")
    (source / "main.py").chmod(0o6777)
    (source / "link.py").symlink_to("/etc/passwd")
    (source / "folder").symlink_to("/etc")
    os.mkfifo(source / "pipe")
    before = fingerprint(source)
    notices: list[Notice] = []
    out = tmp_path / "out"
    record = stage_of(submission(source), out, notices=notices)
    assert below(out) == ["main.py", "results/best.ckpt"]
    assert stat.S_IMODE((out / "main.py").stat().st_mode) == 0o644
    assert stat.S_IMODE((out / "results").stat().st_mode) == 0o755
    assert fingerprint(source) == before
    assert (record.files, record.size) == (2, 12)
    assert (record.id, record.number, record.name) == (
        "3210000001_张三",
        "3210000001",
        "张三",
    )
    assert record.source == "in"
    assert any("2 links" in str(said) for said in notices)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_project_inside_its_environment_is_kept(tmp_path: Path) -> None:
    names = ["lab/pyvenv.cfg", "lab/main.py", "lab/lib/a.py", "lab/net/b.py", "env/pyvenv.cfg"]
    source = make(tmp_path / "in", *names, "env/lib/c.py")
    stage_of(submission(source), tmp_path / "out")
    assert below(tmp_path / "out") == ["main.py", "net/b.py", "pyvenv.cfg"]
    with tarfile.open(tmp_path / "in.tar", "w") as opened:
        opened.add(source, ".")
    stage_of(submission(tmp_path / "in.tar", FileKind.TAR), tmp_path / "two")
    assert below(tmp_path / "two") == ["main.py", "net/b.py", "pyvenv.cfg"]


def test_folder_and_zip_of_the_same_files_have_one_digest(tmp_path: Path) -> None:
    folder = make(tmp_path / "in", "main.py", "结果/a.txt")
    archive = zipped(tmp_path / "a.zip", Item("top/结果/a.txt".encode("gbk")), Item(b"top/main.py"))
    one = stage_of(submission(folder), tmp_path / "one")
    two = stage_of(archive, tmp_path / "two")
    assert one.digest == two.digest
    assert below(tmp_path / "one") == below(tmp_path / "two") == ["main.py", "结果/a.txt"]


@pytest.mark.parametrize(
    ("names", "staged"),
    [
        (["a/b/main.py"], ["main.py"]),
        (["a/main.py", "a/results/x.ckpt"], ["main.py", "results/x.ckpt"]),
        (["a/main.py", "report.pdf"], ["main.py", "report.pdf"]),
        # The code may open it from where it runs, or above itself: it is at both.
        (["a/main.py", "net.pth"], ["a/main.py", "a/net.pth", "net.pth"]),
        (["a/main.py", "a/report.pdf", "report.pdf"], ["a/main.py", "a/report.pdf", "report.pdf"]),
        (["main.py", "a/b.py"], ["a/b.py", "main.py"]),
        (["code/main.py", "results/x.ckpt"], ["code/main.py", "results/x.ckpt"]),
        (["results/x.ckpt", "report.pdf"], ["report.pdf", "results/x.ckpt"]),
        (["a/x.ckpt"], ["x.ckpt"]),
    ],
)
def test_single_folders_around_the_code_are_opened(
    tmp_path: Path, names: list[str], staged: list[str]
) -> None:
    stage_of(submission(make(tmp_path / "in", *names)), tmp_path / "out")
    assert below(tmp_path / "out") == staged


def test_the_sole_zip_of_a_moodle_folder_is_unpacked_beside_the_report(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "report.pdf")
    (source / "lab2.zip").write_bytes(raw_zip([Item(b"lab2/main.py"), Item(b"lab2/report.pdf")]))
    stage_of(submission(source), tmp_path / "out")
    assert below(tmp_path / "out") == ["main.py", "report.pdf", "report.pdf.beside"]


def test_the_same_work_in_any_wrapping_is_the_same_submission(tmp_path: Path) -> None:
    """One harmless odd name among it, also told in each."""
    long = "课" * 70 + ".txt"
    items = [
        Item(b"lab2/main.py"),
        Item(b"lab2/w.json", b"{}"),
        Item(f"lab2/{long}".encode(), b"1"),
    ]
    plain = raw_zip(items)

    def tarred(*members: tuple[str, bytes]) -> bytes:
        listed = []
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            listed.append((info, data))
        return raw_tar(listed, "w:gz")

    tar = tarred(*((item.name.decode(), item.data) for item in items))
    in_zip = raw_zip([Item("作业.zip".encode(), plain), Item(b"__MACOSX/._x.zip", b"")])
    in_tar = tarred(("a/b/lab2.tar.gz", tar))
    thrice = raw_zip([Item(b"x/y.ZIP", raw_zip([Item(b"z.tgz", in_tar)]))])
    apart = raw_zip(
        [
            Item(b"code.zip", raw_zip([items[0], items[2]])),
            Item(b"weights.zip", raw_zip([items[1]])),
        ]
    )
    wrapped = {"zip": plain, "tar.gz": tar, "in zip": in_zip, "in tar": in_tar, "thrice": thrice}
    digests, told = {}, {}
    room = tmp_path / "room"
    room.mkdir()
    with Reading(room, Unconfined(own_code=True)) as reading:
        for number, (name, raw) in enumerate({**wrapped, "apart": apart}.items()):
            for folder in (False, True):  # as it is, and in a folder as Moodle lays it
                path = tmp_path / f"{number}{folder}" / "lab2.zip"
                path.parent.mkdir()
                path.write_bytes(raw)
                given = submission(path.parent) if folder else submission(path, kind_of(path))
                notices: list[Notice] = []
                out = tmp_path / f"{number}{folder}.out"
                digests[name, folder] = stage_of(given, out, None, notices, reading).digest
                told[name, folder] = any("too long" in str(said) for said in notices)
    assert set(digests.values()) == {digests["zip", False]} and all(told.values())
    assert below(tmp_path / "0False.out") == ["main.py", "w.json"]


@pytest.mark.parametrize(
    ("code", "weights", "staged"),
    [
        ("main.py", "results/w.ckpt", ["main.py", "results/w.ckpt"]),
        ("lab2/main.py", "results/w.ckpt", ["main.py", "results/w.ckpt"]),
        ("lab2/main.py", "lab2/results/w.ckpt", ["main.py", "results/w.ckpt"]),
        ("main.py", "w.ckpt", ["main.py", "w.ckpt"]),
    ],
)
@pytest.mark.parametrize("names", [("code.zip", "weights.zip"), ("z.zip", "a.zip")])
def test_weights_in_an_archive_of_their_own_keep_their_folder(
    tmp_path: Path, code: str, weights: str, staged: list[str], names: tuple[str, str]
) -> None:
    inside = zip(names, (code, weights), strict=True)
    items = [Item(name.encode(), raw_zip([Item(path.encode())])) for name, path in inside]
    stage_of(zipped(tmp_path / "lab2.zip", *items), tmp_path / "out")
    assert below(tmp_path / "out") == staged


def test_what_cannot_be_opened_inside_is_refused_as_if_it_came_by_itself(tmp_path: Path) -> None:
    locked = raw_zip([Item(b"main.py", flags=1)])
    with pytest.raises(ArchiveRefusedError, match="password"):
        stage_of(zipped(tmp_path / "a.zip", Item(b"lab2.zip", locked)), tmp_path / "a")
    notices: list[Notice] = []
    good = Item(b"code.zip", raw_zip([Item(b"main.py")]))
    both = zipped(tmp_path / "b.zip", Item(b"report.zip", locked), good)
    stage_of(both, tmp_path / "b", notices=notices)
    assert below(tmp_path / "b") == ["main.py", "report.zip"]
    assert any("report.zip was not unpacked" in str(said) for said in notices)


def test_archives_without_end_and_bombs_in_them_stop(tmp_path: Path) -> None:
    raw = raw_zip([Item(b"main.py")])
    for _ in range(12):
        raw = raw_zip([Item(b"again.zip", raw)])
    notices: list[Notice] = []
    stage_of(zipped(tmp_path / "a.zip", Item(b"again.zip", raw)), tmp_path / "a", notices=notices)
    assert any("archives in it were not unpacked" in str(said) for said in notices)
    bomb = raw_zip([Item(b"main.py"), Item(b"zeros", bytes(30 << 20))])
    with pytest.raises(ArchiveRefusedError, match="times its size"):
        stage_of(zipped(tmp_path / "b.zip", Item(b"b.zip", bomb, method=0)), tmp_path / "b")


def test_an_archive_beside_code_stays_as_it_is(tmp_path: Path) -> None:
    stage_of(submission(make(tmp_path / "in", "main.py", "data.zip")), tmp_path / "out")
    assert below(tmp_path / "out") == ["data.zip", "main.py"]


def test_names_of_gbk_bytes_on_disk_are_mended(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "main.py")
    try:
        (Path(os.fsdecode(os.fsencode(source) + b"/" + "结果.txt".encode("gbk")))).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    stage_of(submission(source), tmp_path / "out")
    assert below(tmp_path / "out") == ["main.py", "结果.txt"]


def test_odd_names_of_a_folder_are_left_out_and_told(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "main.py", "a\nb.py", "\x1b[31m.py")
    notices: list[Notice] = []
    stage_of(submission(source), tmp_path / "out", notices=notices)
    assert below(tmp_path / "out") == ["main.py"]
    assert len(notices) == 2 and all("\n" not in str(said) for said in notices)


def test_what_is_too_large_is_refused_and_nothing_left(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "main.py", "data/1.jpg", "data/2.jpg")
    with pytest.raises(ArchiveRefusedError, match="3 files or more, 2 are allowed"):
        stage_of(submission(source), tmp_path / "out", IntakeLimits(files=2))
    with pytest.raises(ArchiveRefusedError, match="18 bytes or more"):
        stage_of(submission(source), tmp_path / "out", IntakeLimits(total=13))
    archive = zipped(tmp_path / "a.zip", Item(b"main.py"), Item(b"../x"))
    with pytest.raises(ArchiveRefusedError, match="leads out"):
        stage_of(archive, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "in"]


def test_an_empty_place_is_taken_and_a_full_one_is_not(tmp_path: Path) -> None:
    source = submission(make(tmp_path / "in", "main.py"))
    (tmp_path / "out").mkdir()
    stage_of(source, tmp_path / "out")
    with pytest.raises(OSError, match="not empty"):
        stage_of(source, tmp_path / "out")
    assert below(tmp_path / "out") == ["main.py"]


def test_an_empty_submission_is_staged_as_one(tmp_path: Path) -> None:
    record = stage_of(submission(make(tmp_path / "in", "sub/")), tmp_path / "out")
    assert record.files == 0 and (tmp_path / "out").is_dir()


# --- the key for resuming ---------------------------------------------------------------


def test_the_key_of_a_folder_changes_with_what_is_staged_only(tmp_path: Path) -> None:
    source = make(tmp_path / "in", "main.py", "results/a.ckpt")
    key = digest_of(submission(source))
    make(source, "__pycache__/a.pyc", ".DS_Store", "empty/")
    os.utime(source / "main.py", (0, 0))
    assert digest_of(submission(source)) == key
    shutil.copytree(source, tmp_path / "elsewhere")
    assert digest_of(submission(tmp_path / "elsewhere")) == key
    (source / "main.py").write_bytes(b"x = 2\n")
    assert digest_of(submission(source)) != key


def test_the_key_tells_moved_and_renamed_files_apart(tmp_path: Path) -> None:
    keys = {
        digest_of(submission(make(tmp_path / f"{n}", *names)))
        for n, names in enumerate(
            [["a.py", "b.py"], ["a.py", "c.py"], ["a.py", "d/b.py"], ["a.py"]]
        )
    }
    assert len(keys) == 4


def test_the_key_of_an_archive_is_of_its_bytes(tmp_path: Path) -> None:
    first = zipped(tmp_path / "a.zip", Item(b"main.py"))
    second = zipped(tmp_path / "b.zip", Item(b"main.py", b"x = 2\n"))
    assert digest_of(first) != digest_of(second)
    shutil.copy(tmp_path / "a.zip", tmp_path / "c.zip")
    assert digest_of(submission(tmp_path / "c.zip", FileKind.ZIP)) == digest_of(first)


def test_a_refusal_names_the_archive_as_the_student_called_it(tmp_path: Path) -> None:
    folder = tmp_path / "Jane Roe_12_assignsubmission_file"
    folder.mkdir()
    (folder / "lab2.zip").write_bytes(b"PK\x03\x04 torn")
    (folder / "report.pdf").write_bytes(b"%PDF")
    uploaded = tmp_path / "roejane_11_501_lab.zip"
    uploaded.write_bytes(b"PK\x03\x04 torn")
    by_canvas = SubmissionFile(uploaded, FileKind.ZIP, "lab.zip")
    report = SubmissionFile(folder / "report.pdf", FileKind.FILE, "report.pdf")
    several = replace(submission(report.path, FileKind.FILE), beside=(by_canvas,))
    for one, name in ((submission(folder), "lab2.zip"), (several, "lab.zip")):
        with pytest.raises(ArchiveRefusedError) as caught:
            stage_of(one, tmp_path / "into")
        assert caught.value.archive == name
