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

from .frameworks import Framework, loaded_frameworks, loaded_runners
from .image_changes import Step, changed, changes_output

MOST_PASSAGES = 100


class Passage(NamedTuple):
    """One call of a network: what was called, by which frame, and the values that went in and came
    out, in the framework's own order of axes; None for what is no tensor. How many layers of
    normalisation over batches, and of dropout, were in training mode.
    """

    framework: Framework
    network: Any
    frame: FrameType
    given: np.ndarray[Any, Any] | None
    made: np.ndarray[Any, Any] | None
    norms: int = 0
    drops: int = 0


@contextmanager
def door(image: np.ndarray[Any, Any], steps: list[Step]) -> Iterator[list[Passage]]:
    """For the duration the list grows by a passage for each call of a network, and `steps` change
    what passes. `image` is what the function was given.
    """
    passages: list[Passage] = []
    depth = [0]
    with ExitStack() as stack:
        for framework in (*loaded_frameworks(), *loaded_runners()):
            keeper = _Doorkeeper(framework, image, steps, passages, depth)
            for owner, name in framework.entrances():
                if framework.takes:
                    stack.enter_context(_replaced(owner, framework.takes, keeper.taking))
                    stack.enter_context(_replaced(owner, name, keeper.answering))
                else:
                    stack.enter_context(_replaced(owner, name, keeper.asking))
        yield passages


class _Doorkeeper:
    """Who stands at the networks of one framework: a method of theirs becomes one that lets in what
    `steps` make of the image, and notes what passes.
    """

    def __init__(
        self,
        framework: Framework,
        image: np.ndarray[Any, Any],
        steps: list[Step],
        passages: list[Passage],
        depth: list[int],
    ) -> None:
        self._framework, self._image, self._steps = framework, image, steps
        self._passages = passages
        self._depth = depth  # of networks within networks, whatever their frameworks
        self._taken: dict[int, Any] = {}  # what networks were given, by id, before they are asked

    def asking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The method that is given an image and answers."""

        def ask(network: Any, *arguments: Any, **options: Any) -> Any:
            holds = self._framework.holds_weights
            if self._depth[0]:
                options = self._settled(network, options)
                return original(network, *arguments, **options)
            if not _quietly(lambda: holds(network)):
                return original(network, *arguments, **options)
            mode = _quietly(lambda: self._framework.in_training(network, options)) or (0, 0)
            values, arguments, options = self._let_in(network, arguments, options)
            self._depth[0] += 1
            try:
                made = original(network, *arguments, **options)
            finally:
                self._depth[0] -= 1
            return self._let_out(network, sys._getframe(1), values, made, mode)

        return ask

    def taking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The method that is given an image, of networks that are asked by another one."""

        def take(network: Any, *arguments: Any, **options: Any) -> Any:
            values, arguments, options = self._let_in(network, arguments, options)
            self._taken[id(network)] = values
            return original(network, *arguments, **options)

        return take

    def answering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The method that answers about what the network was given before."""

        def answer(network: Any, *arguments: Any, **options: Any) -> Any:
            made = original(network, *arguments, **options)
            return self._let_out(network, sys._getframe(1), self._taken.get(id(network)), made)

        return answer

    def _let_in(
        self, network: Any, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[np.ndarray[Any, Any] | None, tuple[Any, ...], dict[str, Any]]:
        """The values that enter, and the arguments with what `steps` make of them."""
        at, names = self._framework.given_at, list(options)
        if at < len(arguments):
            given = arguments[at]
        elif at - len(arguments) < len(names):
            given = options[names[at - len(arguments)]]
        else:
            return None, arguments, options
        values = _quietly(lambda: self._framework.values(given))
        if not self._steps or values is None:
            return values, arguments, options
        options = self._settled(network, options)
        other = changed(values, self._image, self._steps)
        if other is None:
            return values, arguments, options
        put = self._framework.like(other, given)
        if at < len(arguments):
            return values, (*arguments[:at], put, *arguments[at + 1 :]), options
        return values, arguments, {**options, names[at - len(arguments)]: put}

    def _settled(self, network: Any, options: dict[str, Any]) -> dict[str, Any]:
        """The named arguments of a call that is to be one in evaluation mode, if a step says so."""
        if not any(step["kind"] == "settle" for step in self._steps):
            return options
        return self._framework.settle(network, options)

    def _let_out(
        self,
        network: Any,
        frame: FrameType,
        given: np.ndarray[Any, Any] | None,
        made: Any,
        mode: tuple[int, int] = (0, 0),
    ) -> Any:
        left = _quietly(lambda: self._framework.values(made))
        if len(self._passages) < MOST_PASSAGES:
            self._passages.append(Passage(self._framework, network, frame, given, left, *mode))
        if left is not None and changes_output(self._steps):
            return self._framework.like(-left, made)
        return made


@contextmanager
def _replaced(
    owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Iterator[None]:
    """For the duration the method is what `make` makes of it."""
    original = getattr(owner, name)
    setattr(owner, name, make(original))
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
