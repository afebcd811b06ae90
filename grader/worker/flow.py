"""How values flow through a network: which layer was given what other layers made.

A network's own code joins layers by plain functions (`relu(x)`, `x + y`, `cat([x, y], 1)`), of
which no framework tells. They are found by comparing what a layer was given with what was made
before.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np

from .frameworks import TrainingStep
from .text import clean

TOLERANCE = 1e-4  # of the largest value, below which two results are the same
LOOKED_BACK = 48  # values made before, among which what was joined is sought
SAMPLED = 256  # numbers of a value that tell quickly that two are not the same
LONGEST_CHAIN = 2


class Layer(NamedTuple):
    """One layer. `output` is without the batch; convolutions and dense layers have `weight`, in
    the order (out, in, height, width) or (out, in), whatever the framework's own order is.
    """

    name: str
    kind: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int  # for one image
    weight: tuple[int, ...] = ()
    bias: bool = False
    step: TrainingStep | None = None  # None for what was found between two layers
    one_sided: bool = False  # pads one side alone: strides over an even size with "same"
    takes: tuple[int, ...] = ()  # whose output it is given: 1 for the first layer, 0 for the input
    level: tuple[float, float] = (0.0, 0.0)  # of what it makes: mean of the sizes, deviation
    window: tuple[int, ...] = ()  # of a pooling: height, width, both strides; () if not known

    def report(self) -> dict[str, Any]:
        """The layer as a reply has it."""
        return {
            "name": clean(self.name),
            "kind": self.kind,
            "output": list(self.output),
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "weight": list(self.weight),
            "bias": self.bias,
            "one_sided": self.one_sided,
            "takes": list(self.takes),
            "window": list(self.window),
            "seconds": round(self.step.seconds, 6) if self.step is not None else 0.0,
        }


class _Made(NamedTuple):
    """A value, the layer that made it, and some of its numbers."""

    number: int  # of the layer, from 1; 0 for the input
    value: Any
    sample: Any


class Flow:
    """The layers so far, in order of execution, and what they made."""

    def __init__(self, given: Any) -> None:
        self.layers: list[Layer] = []
        self._made = [_Made(0, given, _sample(given))]

    def run(self, layer: Layer, made: Any) -> None:
        """A layer that was given the last value."""
        self._add(layer, made, (self._made[-1].number,))

    def reach(self, given: Any) -> None:
        """What a layer was given, or the network gave: the functions that lead there."""
        last = self._made[-1]
        ways = (
            *(self._one, self._branch, self._sum, self._side_by_side, self._two, self._bent),
            self._function_of_sum,
        )
        if not any(find(last, given) for find in ways):
            self._function("other", given, (last.number,))

    def _add(self, layer: Layer, made: Any, takes: tuple[int, ...]) -> None:
        self.layers.append(layer._replace(takes=takes, level=_level(made)))
        self._made.append(_Made(len(self.layers), made, _sample(made)))

    def _function(self, kind: str, value: Any, takes: tuple[int, ...]) -> None:
        window = (2, 2, 2, 2) if kind in ("max-pool", "average-pool") else ()
        self._add(Layer("", kind, value.shape[1:], 0, 0, window=window), value, takes)

    def _follow(self, from_: _Made, kinds: Sequence[str], values: Sequence[Any], to: Any) -> None:
        """Functions of one value, one after the other, and the change of form at the end."""
        number, last = from_.number, from_.value
        for kind, value in zip(kinds, values):
            self._function(kind, value, (number,))
            number, last = len(self.layers), value
        if last.ndim != to.ndim:
            self._function("flatten", to, (number,))
        elif not kinds and from_ is not self._made[-1]:
            self._made.append(from_)

    def _chained(self, from_: _Made, to: Any, length: int) -> bool:
        chain = _chain(from_.value, to, length)
        if chain is None:
            return False
        self._follow(from_, [kind for kind, _ in chain], [value for _, value in chain], to)
        return True

    def _one(self, last: _Made, given: Any) -> bool:
        """Whether it is the last value, or one function of it."""
        return any(self._chained(last, given, length) for length in (0, 1))

    def _two(self, last: _Made, given: Any) -> bool:
        """Whether it is two functions of the last value."""
        return self._chained(last, given, LONGEST_CHAIN)

    def _recent(self) -> list[_Made]:
        """Values made before, the latest first, each layer's once."""
        seen: dict[int, _Made] = {}
        for made in reversed(self._made):
            seen.setdefault(made.number, made)
        return list(itertools.islice(seen.values(), LOOKED_BACK))

    def _branch(self, last: _Made, given: Any) -> bool:
        """Whether it is what an earlier layer made."""
        sample = _sample(given)
        for made in self._recent():
            alike = made.value.ndim != given.ndim or _same(made.sample, sample)
            if alike and self._chained(made, given, 0):
                return True
        return False

    def _bent(self, last: _Made, given: Any) -> bool:
        """Whether it is a function, number by number, of what an earlier layer made."""
        sample = _sample(given)
        for made in self._recent():
            for kind, bend in _BENDS:
                if _same(bend(made.sample), sample) and _same(bend(made.value), given):
                    self._follow(made, [kind], [bend(made.value)], given)
                    return True
        return False

    def _sum(self, last: _Made, given: Any) -> bool:
        """Whether it is the sum of two values, as it is or bent."""
        sample = _sample(given)
        fitting = [made for made in self._recent() if made.value.shape == given.shape]
        for one, other in itertools.combinations(fitting, 2):
            for kind, bend in (("", _itself), *_BENDS):
                if not _same(bend(one.sample + other.sample), sample):
                    continue
                total = one.value + other.value
                if _same(bend(total), given):
                    takes = tuple(sorted((one.number, other.number)))
                    self._function("add", total, takes)
                    if kind:
                        self._function(kind, given, (len(self.layers),))
                    return True
        return False

    def _function_of_sum(self, last: _Made, given: Any) -> bool:
        """Whether it is made by functions that change its form of the last value and an earlier
        one, added.
        """
        for made in self._recent():
            if made.number == last.number or made.value.shape != last.value.shape:
                continue
            total = last.value + made.value
            for length in (1, LONGEST_CHAIN):
                chain = _chain(total, given, length)
                if chain is not None:
                    self._function("add", total, tuple(sorted((last.number, made.number))))
                    kinds, values = [kind for kind, _ in chain], [value for _, value in chain]
                    self._follow(self._made[-1], kinds, values, given)
                    return True
        return False

    def _side_by_side(self, last: _Made, given: Any) -> bool:
        """Whether it is several values put side by side along the channels."""
        parts: list[_Made] = []
        done = 0
        if given.ndim < 2:
            return False
        recent = [
            made
            for made in self._recent()
            if made.value.ndim == given.ndim and made.value.shape[2:] == given.shape[2:]
        ]
        while done < given.shape[1]:
            left = given[:, done:]
            part = next((made for made in recent if _begins(left, made.value)), None)
            if part is None:
                return False
            parts.append(part)
            done += part.value.shape[1]
        if len(parts) < 2:
            return False
        self._function("concatenate", given, tuple(made.number for made in parts))
        return True


def _begins(whole: Any, part: Any) -> bool:
    width = part.shape[1]
    if not 0 < width <= whole.shape[1]:
        return False
    first, other = (value[0, 0].reshape(-1)[:SAMPLED][None] for value in (part, whole))
    return _same(first, other) and _same(part, whole[:, :width])


def _sample(value: Any) -> Any:
    """Some of the numbers of each example, the same ones for values of one form."""
    flat = value.reshape(-1)
    return flat[:: max(flat.size // SAMPLED, 1)][: 2 * SAMPLED][None]


def _level(value: Any) -> tuple[float, float]:
    with np.errstate(all="ignore"):
        return float(np.abs(value).mean()), float(value.std())


def _itself(x: Any) -> Any:
    return x


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _windows(x: Any) -> Any:
    """(N, C, H, W) as windows of 2 x 2: (N, C, H/2, W/2, 4)."""
    n, c, h, w = x.shape
    if h < 2 or w < 2:
        raise ValueError("too small to pool")
    x = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
    return x.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)


_BENDS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("relu", _relu),
    ("tanh", np.tanh),
    ("sigmoid", _sigmoid),
    ("relu6", lambda x: np.clip(x, 0, 6)),
    ("leaky-relu", lambda x: np.where(x > 0, x, 0.01 * x)),
)
_FUNCTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    *_BENDS,
    ("softmax", _softmax),
    ("log-softmax", lambda x: np.log(_softmax(x))),
    ("max-pool", lambda x: _windows(x).max(axis=-1)),
    ("average-pool", lambda x: _windows(x).mean(axis=-1)),
    ("global-average-pool", lambda x: x.mean(axis=(2, 3))),
)


def _chain(value: Any, to: Any, length: int) -> list[tuple[str, Any]] | None:
    """So many functions, by name, and what each makes, that lead from one value to the other."""
    for chain in itertools.product(_FUNCTIONS, repeat=length):
        values = _applied(chain, value)
        if values is not None and _same(values[-1] if chain else value, to):
            return [(name, made) for (name, _), made in zip(chain, values)]
    return None


def _applied(chain: Sequence[tuple[str, Callable[[Any], Any]]], value: Any) -> list[Any] | None:
    """The value after each function; None where one cannot be applied."""
    made = []
    for _, function in chain:
        try:
            with np.errstate(all="ignore"):
                value = function(value)
        except (ValueError, IndexError):  # numpy's AxisError is both
            return None
        made.append(value)
    return made


def _same(one: Any, other: Any) -> bool:
    """Whether two arrays hold the same values in the same order, or in that of channels last."""
    if one.size != other.size or len(one) != len(other):
        return False
    limit = TOLERANCE * max(float(np.abs(other).max()), 1e-6)
    orders = [one]
    if one.ndim == 4 and other.ndim != 4:
        orders.append(one.transpose(0, 2, 3, 1))
    flat = other.reshape(len(other), -1)
    return any(bool(np.abs(x.reshape(len(x), -1) - flat).max() <= limit) for x in orders)
