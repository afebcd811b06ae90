"""Keras 2 for submissions whose networks it saved: Keras 3 reads hardly any of its files.

TensorFlow has Keras 3 since 2.16; Keras 2 goes on as `tf_keras`, which TensorFlow takes in its
place where TF_USE_LEGACY_KERAS is set. Nothing is done where `tf_keras` is not installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import mmap
import os
import re
import sys
import zipfile
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Iterator, Sequence

from ..hooks import AfterImportFinder
from ..text import clean

OLD_PACKAGE = "tf_keras"
MOST_FILES = 200  # that are looked at; each is opened, none is read whole


def bring_back(
    submission: Path, after: AfterImportFinder, use: Callable[[str], None]
) -> list[MetaPathFinder]:
    """Let the submission have Keras 2 where that wrote its files; finders to install, if so."""
    if importlib.util.find_spec(OLD_PACKAGE) is None:
        return []
    written = written_by_keras_2(submission)
    if not written:
        return []
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    after.when(OLD_PACKAGE, lambda module: use(f"Keras 2 for {written}"))
    return [_AliasFinder()]


def written_by_keras_2(submission: Path) -> str:
    """The first file below `submission` that Keras 2 wrote, by its path; "" where there is none, or
    where Keras 3 wrote another: an old file of pretrained weights is read by both.
    """
    found = ""
    for path in _candidates(submission):
        try:
            version = _version(path)
        except Exception as error:  # whatever a broken file makes a library raise
            print(f"worker: {path.name}: {error!r}", file=sys.__stderr__)
            continue
        if version >= 3:
            return ""
        if version and not found:
            found = clean(path.relative_to(submission).as_posix())
    return found


def _candidates(submission: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, files in os.walk(str(submission)):
        folders.sort()
        for name in sorted(files):
            if name.endswith((".h5", ".hdf5", ".keras", ".index")) or name == "keras_metadata.pb":
                count += 1
                if count > MOST_FILES:
                    return
                yield Path(folder, name)


def _version(path: Path) -> int:
    """The major version of the Keras that wrote a file; 0 where that does not show."""
    if path.name == "keras_metadata.pb":  # beside a SavedModel; Keras 3 writes none
        return 2
    if path.suffix == ".index":  # of TensorFlow's checkpoints, which name objects by their owners
        with path.open("rb") as file, _mapped(file) as data:
            return 2 if data.find(b"layer_with_weights-") >= 0 else 0
    if path.suffix == ".keras" and zipfile.is_zipfile(str(path)):
        with zipfile.ZipFile(str(path)) as archive, archive.open("metadata.json") as metadata:
            return _major(json.loads(metadata.read(10_000)).get("keras_version"))
    h5py: Any = importlib.import_module("h5py")  # TensorFlow needs it, too
    with h5py.File(str(path), "r") as file:
        if "keras_version" in file.attrs:
            return _major(file.attrs["keras_version"])
    return 3 if path.name.endswith(".weights.h5") else 0  # Keras 3 asks for this name


def _mapped(file: Any) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _major(version: object) -> int:
    text = version.decode("ascii", "replace") if isinstance(version, bytes) else str(version)
    match = re.match(r"[0-9]{1,3}", text)
    return int(match.group()) if match else 0


class _AliasFinder(MetaPathFinder):
    """Finds `tf_keras.…` where `keras.…` is asked for."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of Keras 2 that goes by the name of Keras."""
        if fullname.partition(".")[0] != "keras":
            return None
        return ModuleSpec(fullname, _AliasLoader(), is_package=True)


class _AliasLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        rest = spec.name[len("keras") :]
        try:
            module = importlib.import_module(OLD_PACKAGE + rest)
        except ImportError:
            # Once `keras.engine`, `keras.layers.core`, …; none of the interface ever since.
            module = importlib.import_module(f"{OLD_PACKAGE}.src{rest}")
        self._own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._own  # the import system has put the alias's there
