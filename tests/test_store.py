"""Documents are whole or not there, and nothing written is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.class_rows import ClassRows, StudentRow
from grader.cli.survey import Marking, survey
from grader.evidence import Evidence, Submitter
from grader.store import MAX_FORMER, Store, key, write_atomically
from tests import make

ROLL = ClassRows({"s": StudentRow(Submitter(), source="s")})
MARKING = Marking(make.assignment().policy, 26, (), ROLL)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    evidence = make.evidence(make.answers(100))
    store.write(evidence, "printed")
    assert Store(tmp_path).read("s") == evidence
    assert store.log("s") == "printed"
    assert store.ids() == survey(store, store.ids(), MARKING).ids == [evidence.submission.id]


def test_former_examinations_are_kept_once_each_and_the_latest_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)

    def examined(number: int) -> Evidence:
        return make.evidence(make.answers(number), started=f"2026-11-30T00:00:{number:02}+00:00")

    def kept() -> list[int]:
        return [int(one.started[17:19]) for one in store.examinations("s")]

    assert kept() == []
    for number in range(3):
        store.write(examined(number), "")
    store.write(examined(2).model_copy(update={"seconds": 3.0}), "")  # the same one, named anew
    assert kept() == [0, 1, 2] and store.read("s") == store.examinations("s")[-1]
    with monkeypatch.context() as broken:  # killed before the new one is there
        broken.setattr(store, "_evidence", lambda name: tmp_path / "gone" / name)
        broken.setattr(store, "read", lambda name: examined(2))
        with pytest.raises(FileNotFoundError):
            store.write(examined(3), "")
    assert kept() == [0, 1, 2]
    for number in range(3, 50):
        store.write(examined(number), "")
    assert kept() == list(range(49 - MAX_FORMER, 50))
    assert len(list((tmp_path / "former" / "s").iterdir())) == MAX_FORMER


def test_evidence_of_another_version_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(make.evidence(), "")
    path = tmp_path / "evidence" / "s.json"
    path.write_text(path.read_text().replace('"stage"', '"phase"'))
    assert store.read("s") is None
    assert survey(store, store.ids(), MARKING).ids == []


def test_a_failed_write_leaves_the_former_document_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, "former")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "new \ud800")
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_former_document_whole(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the write fails half-way."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from grader.store import write_atomically\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "write_atomically(Path(sys.argv[1]), 'x' * 100_000)\n"
    )
    path = tmp_path / "a.json"
    path.write_text("former")
    done = subprocess.run([sys.executable, "-c", script, str(path)], stderr=subprocess.PIPE)
    assert b"OSError" in done.stderr
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_a_document_is_whole_whenever_its_writer_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from grader.store import write_atomically\n"
        "print('go', flush=True)\n"
        "for n in range(10**9): write_atomically(Path(sys.argv[1]), f'{n} ' * 50_000)\n"
    )
    path = tmp_path / "a.json"
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        while not path.exists():
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        words = path.read_text().split()
        assert len(words) == 50_000
        assert len(set(words)) == 1


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_never_share_a_key(one: list[str], other: list[str]) -> None:
    def encodable(parts: list[str]) -> list[str]:
        return [part.encode("utf-8", "replace").decode() for part in parts]

    one, other = encodable(one), encodable(other)
    assert (key(*one) == key(*other)) == (one == other)
