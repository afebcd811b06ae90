"""Which Keras a submission's files are for: that decides which one it gets."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from grader.worker.compat.keras_old import written_by_keras_2


def saved(place: Path, version: str) -> None:
    """The part of a model in Keras's own format that tells who wrote it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))


@pytest.mark.parametrize("version", ["2.15.0", "2.4.0-tf", "1.2"])
def test_a_file_of_keras_2_asks_for_it(tmp_path: Path, version: str) -> None:
    saved(tmp_path / "model" / "last.keras", version)
    assert written_by_keras_2(tmp_path) == "model/last.keras"


def test_a_name_that_is_no_text_is_told_as_one(tmp_path: Path) -> None:
    saved(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc4\xa3\xd0\xcd.keras")), "2.4.0")
    assert written_by_keras_2(tmp_path).isprintable()
    assert written_by_keras_2(tmp_path).encode("utf-8")


def test_a_file_of_keras_3_beside_older_ones_asks_for_keras_3(tmp_path: Path) -> None:
    saved(tmp_path / "a-backbone.keras", "2.2.4-tf")
    saved(tmp_path / "z-whole.keras", "3.15.1")
    assert written_by_keras_2(tmp_path) == ""


@pytest.mark.parametrize(
    ("owner", "old"), [("layer_with_weights-0/kernel", True), ("_operations/1/_kernel", False)]
)
def test_a_checkpoint_is_told_by_how_it_names_objects(
    tmp_path: Path, owner: str, old: bool
) -> None:
    name = f"\x00_CHECKPOINTABLE_OBJECT_GRAPH\x00{owner}/.ATTRIBUTES/VARIABLE_VALUE"
    (tmp_path / "ckpt.index").write_bytes(name.encode())
    assert written_by_keras_2(tmp_path) == ("ckpt.index" if old else "")


@pytest.mark.parametrize("name", ["broken.keras", "empty.index", "broken.h5", "x.weights.h5"])
def test_a_broken_file_says_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"" if name == "empty.index" else b"PK or not")
    assert written_by_keras_2(tmp_path) == ""


def test_a_submission_without_files_of_keras_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("keras_version = 2")
    assert written_by_keras_2(tmp_path) == ""
