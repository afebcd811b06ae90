"""The door at a network: what enters and leaves it while the submission's function answers.

A call counts where no other call of a network is under way, and where what is called holds weights:
a transform that a framework has as a layer is none. What enters can be changed on the way in, and
what leaves on the way out; the submission's own code goes on with that.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, Callable, Iterator, NamedTuple

import numpy as np

from .frameworks import Framework, loaded_frameworks
from .image_changes import Step, changed, changes_output


class Passage(NamedTuple):
    """One call of a network: what was called, by which frame, and the values that went in and came
    out, in the framework's own order of axes; None for what is no tensor.
    """

    framework: Framework
    network: Any
    frame: FrameType
    given: np.ndarray[Any, Any] | None
    made: np.ndarray[Any, Any] | None


@contextmanager
def door(image: np.ndarray[Any, Any], steps: list[Step]) -> Iterator[list[Passage]]:
    """For the duration the list grows by a passage for each call of a network, and `steps` change
    what passes. `image` is what the function was given.
    """
    passages: list[Passage] = []
    with ExitStack() as stack:
        for framework in loaded_frameworks():
            watch = _watching(framework, image, steps, passages)
            for owner, name in framework.entrances():
                stack.enter_context(_entrance(owner, name, watch))
        yield passages


def _watching(
    framework: Framework,
    image: np.ndarray[Any, Any],
    steps: list[Step],
    passages: list[Passage],
) -> Callable[..., Any]:
    depth = [0]

    def watch(
        original: Callable[..., Any], network: Any, given: Any, call: Callable[[Any], Any]
    ) -> Any:
        if depth[0] or not _quietly(lambda: framework.holds_weights(network)):
            return call(given)
        values = _quietly(lambda: framework.values(given))
        arriving = given
        if steps and values is not None:
            arriving = _arriving(framework, network, given, values, image, steps)
        frame = sys._getframe(2)
        depth[0] += 1
        try:
            made = call(arriving)
        finally:
            depth[0] -= 1
        left = _quietly(lambda: framework.values(made))
        if len(passages) < 100:
            passages.append(Passage(framework, network, frame, values, left))
        if left is not None and changes_output(steps):
            return framework.like(-left, made)
        return made

    return watch


def _arriving(
    framework: Framework,
    network: Any,
    given: Any,
    values: np.ndarray[Any, Any],
    image: np.ndarray[Any, Any],
    steps: list[Step],
) -> Any:
    """What goes in in place of `given`."""
    if any(step["kind"] == "settle" for step in steps):
        framework.settle(network)
    other = changed(values, image, steps)
    return given if other is None else framework.like(other, given)


@contextmanager
def _entrance(owner: Any, name: str, watch: Callable[..., Any]) -> Iterator[None]:
    """For the duration calls of the method go through `watch`."""
    original = getattr(owner, name)

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        if arguments:
            return watch(
                original,
                self,
                arguments[0],
                lambda given: original(self, given, *arguments[1:], **options),
            )
        key = next(iter(options), None)
        if key is None:
            return original(self)
        return watch(
            original,
            self,
            options[key],
            lambda given: original(self, **{**options, key: given}),
        )

    setattr(owner, name, call)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _quietly(look: Callable[[], Any]) -> Any:
    """What `look` finds; None where it raises: to look must not disturb who is looked at."""
    try:
        return look()
    except Exception:
        return None
