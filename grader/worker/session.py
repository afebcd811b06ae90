"""One submission in this process: what the grader's calls do to it."""

from __future__ import annotations

import platform
import sys
from contextlib import suppress

import numpy as np

from . import answers, compat, faults, importing
from .audit import UnreadImage
from .datasets import Datasets
from .exported import Exports
from .loading import Loading, LoadOrder
from .networks import SoughtNetworks
from .observing import Observation
from .operations import Array, Operation, Reply
from .outputs import outputs_watched
from .packages import installed_packages
from .protocol import RAISED, Answer, Meta
from .text import clean

MOST_OUTPUTS = 100  # rows that are reported


class WorkerSession:
    """State between calls: the loaded submission, the last error, its networks."""

    def __init__(self) -> None:
        self._loading: Loading | None = None
        self._last_error: BaseException | None = None
        self._unread: list[UnreadImage] = []  # images that could not be read before it
        self._operations: dict[str, Operation] = {
            "hello": self.hello,
            "load": self.load,
            "last_error": self.last_error,
            "interrupted": self.interrupted,
            "outputs": self.outputs,
            "opened": self.opened,
        }

    def operations(self) -> dict[str, Operation]:
        """Operations by name, except `predict` and `bye`; those of networks come with the load."""
        return self._operations

    def hello(self, meta: Meta, array: Array) -> Reply:
        """Who answers: {python, executable, packages: {name: version}}."""
        return {
            "python": platform.python_version(),
            "executable": clean(sys.executable or ""),
            "packages": installed_packages(),
        }, None

    def load(self, meta: Meta, array: Array) -> Reply:
        """Copy and import a submission: takes the fields of `LoadOrder`, gives those of
        `Loading`.
        """
        order = LoadOrder.read(meta)
        self._loading = loading = Loading(order)
        self._operations.update(SoughtNetworks(loading.place).operations())
        self._operations.update(Datasets(loading.place).operations())
        self._operations.update(Observation(loading, self.predict).operations())
        self._operations.update(Exports(loading, self.predict).operations())
        report = loading.run()
        self._failed(loading.error)
        return report, None

    def predict(self, given: Array, function: str = "", text: bool = False) -> Answer:
        """Ask a function, the required one where none is named, for one image or other array, of
        which it gets a fresh writable copy; with `text` for the text that its bytes are.
        """
        if given is None:
            return Answer(RAISED, "the call has no image")
        if self._loading is None:
            return Answer(RAISED, "there is no function to call")
        called = self._loading.named(function) if function else self._loading.function
        if called is None:
            named = f" {function}" if function else ""
            return Answer(RAISED, clean(f"there is no function{named} to call"))
        self._loading.observer.unread.clear()
        try:
            fresh = given.tobytes().decode("utf-8") if text else np.array(given, order="C")
            value = called(fresh)
            compat.absent.require_here(value)
        except BaseException as error:
            self._failed(error)
            return Answer(RAISED, faults.headline(error))
        return answers.answer_of(value)

    def interrupted(self, meta: Meta, array: Array) -> Reply:
        """Ask the function about one image, and stop it after meta["seconds"]: {error: where it was
        then, or null}.
        """
        self._last_error = None
        with suppress(importing.TimeLimit), importing.time_limit(float(meta["seconds"])):
            self.predict(array)
        is_over = isinstance(self._last_error, importing.TimeLimit)
        return self.last_error(meta, array) if is_over else ({"error": None}, None)

    def outputs(self, meta: Meta, array: Array) -> Reply:
        """The numbers, `classes` for an image, that networks gave while the function answered one
        image; float32 (N, classes), none where it asks no network: {}.
        """
        with outputs_watched(int(meta["classes"])) as found:
            self.predict(array)
        return {}, np.concatenate(found)[:MOST_OUTPUTS] if found else None

    def opened(self, meta: Meta, array: Array) -> Reply:
        """{files: the submission's own that it has read, as `OpenedFiles` has them, outside:
        what `OwnView` has told}.
        """
        if self._loading is None:
            return {"files": [], "outside": []}, None
        observer = self._loading.observer
        return {"files": observer.opened.files(), "outside": self._loading.outside()}, None

    def last_error(self, meta: Meta, array: Array) -> Reply:
        """{error: what `load` and the last RAISED answer report, or null}."""
        if self._loading is None or self._last_error is None:
            return {"error": None}, None
        facts = self._loading.described(self._last_error, self._unread)
        if not facts["file"]:  # raised where the function is called: its own line is to blame
            facts.update(self._loading.where_function())
        return {"error": facts}, None

    def escaped(self, operation: str, error: BaseException) -> Meta:
        """The report about an operation that raised: {error} where the exception came through a
        line of the submission, else {fault}, since then it is the worker's own.
        """
        place = self._loading.place if self._loading else None
        if place is not None and faults.is_theirs(error, place):
            return {"error": faults.describe(error, place, [])}
        return {"fault": f"{operation}: {faults.trace(error)}"}

    def _failed(self, error: BaseException | None) -> None:
        self._last_error = error
        self._unread = list(self._loading.observer.unread) if self._loading else []
