"""Building a network whose constructor is not known, and trying what it takes."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence, Tuple

import numpy as np

from . import source
from .frameworks import Framework, loaded_frameworks
from .network_search import NetworkCandidate, first_line_of
from .workdir import Workdir

Inputs = Sequence[Tuple[int, ...]]

# What a network may take: the lecture's first, then variants, which are told in the reply.
INPUTS: Inputs = ((1, 32, 32), (1, 28, 28), (3, 32, 32), (32, 32, 1), (28, 28, 1), (1024,), (784,))

_CLASSES = object()  # stands for the number of classes
_CHANNELS = object()  # for that of channels, or of numbers that are no image
_SIZE = object()  # for the height of an image

# Constructor arguments by a part of their name; the first that fits counts.
_GUESSES: tuple[tuple[str, Any], ...] = (
    ("class", _CLASSES),
    ("n_out", _CLASSES),
    ("out_feature", _CLASSES),
    ("output", _CLASSES),
    ("channel", _CHANNELS),
    ("in_feature", _CHANNELS),
    ("size", _SIZE),
    ("train", False),
    ("phase", "test"),
    ("keep_prob", 1.0),
    ("drop", 0.0),
    ("bias", True),
)


class Built(NamedTuple):
    """A network that was found and built."""

    network: Any
    framework: Framework
    name: str
    file: str
    line: int
    arguments: dict[str, Any]
    accepts: tuple[int, ...]  # sizes of one input that it takes, () if none
    gives: tuple[int, ...]  # sizes of one output for it
    error: BaseException | None  # of the forward pass, where it takes none


def pictures(inputs: Inputs) -> Inputs:
    """Those of the inputs that are images, where any is: for a network without a telling name,
    which is known by its layers.
    """
    return [sizes for sizes in inputs if len(sizes) == 3] or inputs


def build(candidate: NetworkCandidate, classes: int, inputs: Inputs, place: Workdir) -> Built:
    """The network of a candidate, built with as few arguments as needed, or with guesses for
    more where only those give `classes` numbers.

    Raises what the constructor raises, TypeError where an argument cannot be guessed or where
    what is built is no network.
    """
    if _framework_of(candidate.thing) is not None:
        return _tried(candidate, candidate.thing, {}, inputs, place)
    best: Built | None = None
    trouble: BaseException = TypeError(f"{candidate.name} cannot be built")
    known = {_CLASSES: classes, _CHANNELS: inputs[0][0], _SIZE: inputs[0][-1]}
    for arguments in _argument_sets(candidate.thing, known):
        try:
            built = _built(candidate, arguments, inputs, place)
        except BaseException as error:
            trouble = error
            continue
        if built.accepts == inputs[0] and built.gives == (classes,):
            return built
        best = best or built
    if best is None:
        raise trouble
    return best


def _built(
    candidate: NetworkCandidate, arguments: dict[str, Any], inputs: Inputs, place: Workdir
) -> Built:
    """The network with these arguments, in the first layout in which it takes any input."""
    built = _tried(candidate, candidate.thing(**arguments), arguments, inputs, place)
    for layout in [] if built.accepts else built.framework.other_layouts():
        other = candidate.thing(**arguments)
        again = _tried(candidate, other, arguments, inputs, place, layout)
        if again.accepts:
            return again
    return built


def _tried(
    candidate: NetworkCandidate,
    network: Any,
    arguments: dict[str, Any],
    inputs: Inputs,
    place: Workdir,
    layout: Framework | None = None,
) -> Built:
    framework = layout or _framework_of(network)
    if framework is None:
        raise TypeError(f"{candidate.name} gives no network")
    accepts, gives, error = _probe(framework, network, inputs)
    file, line = location(candidate, place)
    return Built(network, framework, candidate.name, file, line, arguments, accepts, gives, error)


def _framework_of(network: Any) -> Framework | None:
    for framework in loaded_frameworks():
        if isinstance(network, framework.network_type()):
            return framework
    return None


def _argument_sets(thing: Callable[..., Any], values: dict[object, int]) -> list[dict[str, Any]]:
    """Arguments to try: what must be given, then also what has a default that may be another."""
    needed: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        known, value = _guess(parameter.name, values)
        if parameter.default is parameter.empty:
            if not known:
                raise TypeError(f"its constructor needs {parameter.name!r}, which says nothing")
            needed[parameter.name] = value
        elif known and type(parameter.default) is int and parameter.default != value:
            optional[parameter.name] = value
    return [needed, dict(needed, **optional)] if optional else [needed]


def unknown_arguments(thing: Any) -> list[str]:
    """Names of arguments that must be given and of which nothing can be guessed."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        one.name
        for one in parameters
        if one.default is one.empty
        and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        and not _guess(one.name, {})[0]
    ]


def _guess(name: str, values: dict[object, int]) -> tuple[bool, Any]:
    for part, value in _GUESSES:
        if part in name.lower():
            return True, values.get(value, value)
    return False, None


def _probe(
    framework: Framework, network: Any, inputs: Inputs
) -> tuple[tuple[int, ...], tuple[int, ...], BaseException | None]:
    """Sizes of one input that the network takes and of its output, else the first error."""
    trouble: BaseException | None = None
    for sizes in inputs:
        try:
            made = framework.forward(network, np.zeros((1, *sizes), np.float32))
            if made.ndim > 1 and len(made) != 1:  # such as by a size of the batch written in it
                raise ValueError(f"of one input it makes an output of shape {made.shape}")
        except BaseException as error:
            trouble = trouble or error
            continue
        return sizes, tuple(int(size) for size in made.shape[1:]), None
    return (), (), trouble


def location(candidate: NetworkCandidate, place: Workdir) -> tuple[str, int]:
    """File and line of the class or function, wherever in the submission it was defined; of a
    network that was built, of the statement that binds it.
    """
    built = not hasattr(candidate.thing, "__name__")
    home = "" if built else str(getattr(candidate.thing, "__module__", ""))
    owner = sys.modules.get(home, candidate.module)
    filename = str(getattr(owner, "__file__", "") or getattr(candidate.module, "__file__", ""))
    name = str(getattr(candidate.thing, "__name__", candidate.name))
    line = first_line_of(source.read_source(Path(filename)), name)
    spot = place.spot(filename, line)
    return (spot.file, spot.line) if spot else ("", 0)
