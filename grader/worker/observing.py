"""Looking on while the submission's function answers one image, and asking it with a change made
on the way into its network.
"""

from __future__ import annotations

import sys
import zlib
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any, Callable, ContextManager, Iterator

import numpy as np

from . import faults
from .first_normalisation import MEANS, first_normalisation, packed
from .frameworks import Framework
from .image_changes import channels_first
from .loading import Loading
from .network_door import Passage, door
from .normalisations import Normalisations
from .operations import Array, Operation, Reply
from .protocol import WORD, Answer, Meta
from .text import clean, type_name
from .workdir import Workdir

MOST_SWALLOWED = 5
LARGEST_INPUT = 3 * 1024 * 1024  # numbers of an input that are reported

Ask = Callable[[Array], Answer]


class Observation:
    """The operations `look` and `replay`; `ask` puts an image to the submission's function."""

    def __init__(self, loading: Loading, ask: Ask) -> None:
        self._loading, self._ask = loading, ask
        self._arrived = Normalisations()

    def operations(self) -> dict[str, Operation]:
        """By name."""
        return {
            "look": self.look,
            "replay": self.replay,
            "normalisations": self.normalisations,
            "misfits": self.misfits,
        }

    def look(self, meta: Meta, array: Array) -> Reply:
        """What happens while one image is answered: see `grader.examine.replies.ObservedReport`;
        beside it the first image that entered a network, float32 (C, H, W). Exceptions only where
        they are asked for: to trace every line costs more than most answers do.
        """
        if array is None:
            return {"error": "there is no image"}, None
        place = self._loading.place
        hear = self._loading.observer.names_heard()
        nothing: ContextManager[list[dict[str, Any]]] = nullcontext([])
        traced = _swallowed(place) if meta.get("exceptions") else nothing
        with hear as opened, door(array, []) as passages, traced as swallowed:
            answer = self._ask(array)
        report: Meta = {
            "outcome": answer.outcome,
            "word": answer.word,
            "calls": len(passages),
            "swallowed": swallowed if answer.outcome == WORD else [],
            "opened": [place.name(path) for path in opened],
            **_of_networks(passages, place, int(meta["classes"])),
        }
        images = [image for image in map(_image, passages) if image is not None]
        if not images:
            return report, None
        first = np.ascontiguousarray(images[0][0], np.float32)
        report["digest"] = zlib.crc32(first.tobytes())
        return report, first if first.size <= LARGEST_INPUT else None

    def replay(self, meta: Meta, array: Array) -> Reply:
        """The answer to an image with `steps` on the way into the network: {outcome, word}; beside
        it the class whose output is `largest`, by index of `classes`.
        """
        if array is None:
            return {"error": "there is no image"}, None
        with door(array, list(meta["steps"])) as passages:
            answer = self._ask(array)
        output = _output(passages, int(meta["classes"]))
        largest = int(output.argmax()) if output is not None and np.isfinite(output).all() else None
        return {"outcome": answer.outcome, "word": answer.word, "largest": largest}, None

    def normalisations(self, meta: Meta, array: Array) -> Reply:
        """The normalisations over batches of the networks that answer about one image: {layers},
        and {sizes} of the first, with `packed` beside it; no sizes where there is none.
        """
        if array is None:
            return {"error": "there is no image"}, None
        asked = Normalisations()
        with door(array, []) as passages, asked.watched():
            self._ask(array)
        layers = asked.told()
        for passage in passages:
            found = first_normalisation(passage.framework, passage.network)
            if found is not None:
                sizes, values = packed(found)
                return {"sizes": sizes, "layers": layers}, values
        return {"sizes": [], "layers": layers}, None

    def misfits(self, meta: Meta, array: Array) -> Reply:
        """How far what arrived at each normalisation is from what it stored, of this image and all
        that were put so before: {misfits}, in the order of `layers`.
        """
        if array is None:
            return {"error": "there is no image"}, None
        with self._arrived.watched():
            self._ask(array)
        return {"misfits": self._arrived.misfits()}, None


def _image(passage: Passage) -> np.ndarray[Any, Any] | None:
    return None if passage.given is None else channels_first(passage.given)


def _output(passages: list[Passage], classes: int) -> np.ndarray[Any, Any] | None:
    """(classes,): what a network gave last for as many classes as there are."""
    made = [p.made for p in passages if p.made is not None and p.made.shape[-1:] == (classes,)]
    return np.asarray(made[-1], np.float32).reshape(-1, classes)[0] if made else None


def _of_networks(passages: list[Passage], place: Workdir, classes: int) -> Meta:
    report: Meta = {}
    output = _output(passages, classes)
    if output is not None:
        report["output"] = [float(value) if np.isfinite(value) else None for value in output]
    asked = next((p for p in passages if _image(p) is not None), passages[0] if passages else None)
    if asked is None:
        return report
    spot = place.calling_spot(asked.frame)
    report.update(
        file=spot.file if spot else "",
        line=spot.line if spot else 0,
        norms=asked.norms,
        drops=asked.drops,
        not_finite=_not_finite(passages),
        fresh=_fresh(asked.framework, asked.network),
    )
    if asked.given is not None:
        report.update(shape=list(asked.given.shape), dtype=str(asked.given.dtype))
    return report


def _not_finite(passages: list[Passage]) -> str:
    """Where NaN or infinity begin: "input", "weight NAME", "inside"; "" where there is none."""
    for passage in passages:
        given, made = passage.given, passage.made
        if given is not None and given.dtype.kind == "f" and not np.isfinite(given).all():
            return "input"
        if made is not None and made.dtype.kind == "f" and not np.isfinite(made).all():
            for name, values in passage.framework.stored(passage.network):
                if values.dtype.kind == "f" and not np.isfinite(values).all():
                    return "weight " + clean(name, 200)
            return "inside"
    return ""


def _fresh(framework: Framework, network: Any) -> bool | None:
    """Whether the normalisations are as they were built; None where there is none."""
    means = [
        values
        for name, values in framework.stored(network)
        if name.replace("/", ".").rpartition(".")[2] in MEANS  # zeros until it is trained
    ]
    return not any(values.any() for values in means) if means else None


@contextmanager
def _swallowed(place: Workdir) -> Iterator[list[dict[str, Any]]]:
    """For the duration the list grows by the exceptions that pass through the submission's own
    lines. Those that are still on their way at the end were not swallowed: the caller knows.
    """
    found: list[dict[str, Any]] = []
    seen: list[BaseException] = []
    sources: dict[str, bool] = {}

    def inside(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "exception":
            _, error, _ = argument
            known = any(error is one for one in seen)
            usual = isinstance(error, (StopIteration, StopAsyncIteration, GeneratorExit))
            if not known and not usual and len(found) < MOST_SWALLOWED:
                seen.append(error)
                spot = place.spot(frame.f_code.co_filename, frame.f_lineno)
                if spot is not None:
                    told = {"type": type_name(error), "message": faults.headline(error)}
                    found.append({**told, "file": spot.file, "line": spot.line})
        return inside

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if name not in sources:
            sources[name] = place.source(name) is not None
        return inside if sources[name] else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        yield found
    finally:
        sys.settrace(before)
