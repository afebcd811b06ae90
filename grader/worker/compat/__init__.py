"""Old interfaces put back, and interfaces made harmless, each reported by name when used."""

from __future__ import annotations

from importlib.abc import MetaPathFinder
from pathlib import Path

from ..audit import Observer
from ..hooks import AfterImportFinder, PutBackFinder
from ..workdir import Workdir
from . import (
    absent,
    devices,
    keras_backend,
    keras_old,
    keras_saved,
    loading,
    mindspore,
    mindspore_old,
    new_names,
    old_names,
    opencv,
    pickled,
    plots,
    torch,
    training,
)

__all__ = ["CompatLayer", "absent"]


class CompatLayer:
    """What is arranged before a submission runs. `used` names what it then made use of; `finders`
    are to be installed before those that are there.
    """

    def __init__(
        self,
        after: AfterImportFinder,
        put_back: PutBackFinder,
        observer: Observer,
        place: Workdir,
        device: str,
        threads: int,
    ) -> None:
        self.used: list[str] = []
        self.finders: list[MetaPathFinder] = []
        self._after = after
        self._put_back = put_back
        self._observer = observer
        self._place = place
        self._device = device
        self._threads = threads

    def arrange(self, submission: Path, compat: bool, move: bool) -> None:
        """Set frameworks up once they are imported; with `compat` put old interfaces back, those
        of Keras as `submission` needs them; with `move` let what is fixed to another device run on
        this one.
        """
        self._after.when(
            "mindspore", lambda module: mindspore.set_up(module, self._device, self._threads)
        )
        self._after.when("cv2", lambda module: module.setNumThreads(self._threads))
        self._after.when("cv2", lambda module: opencv.report_unread(module, self._observer))
        self._after.when("cv2", lambda module: opencv.note_networks(module, self._observer))
        training.watch(self._after, self._observer)
        loading.watch(self._after, self._observer)
        if compat:
            old_names.put_back(self._put_back, self._after, self.use)
            new_names.offer(self._place, self.use)
            pickled.find_in_main(self._place, self.use)
            pickled.find_paths(self.use)
            keras_saved.find_in_main(self._place, self._after, self.use)
            self._after.when("cv2", lambda module: opencv.without_windows(module, self.use))
            plots.without_windows(self._after, self.use)
            self._after.when("torch", lambda module: torch.tolerant_load(module, self.use))
            self.finders.append(keras_backend.BackendFinder(self.use))
            self.finders += keras_old.bring_back(submission, self._after, self.use)
            mindspore_old.put_back(
                self._put_back, self._after, self._observer, self._device, self.use
            )
        if move:
            devices.move(self._after, self._device, self.use)

    def use(self, name: str) -> None:
        """Note that an old interface was made use of."""
        if name not in self.used:
            self.used.append(name)
