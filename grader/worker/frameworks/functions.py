"""Functions of tensors that networks use in place of layers: `F.conv2d(x, self.w)`, `x @ self.w`.

Each is read as the layer that computes the same, with the parameters that it was given.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, Mapping, Sequence

# What such a function is called, without underscores, and what layer it stands for.
_LAYERS = {
    "conv2d": "conv2d",
    "linear": "linear",
    "dense": "linear",
    "matmul": "matmul",
    "matmulext": "matmul",
    "mm": "matmul",
    "addmm": "addmm",
    "maxpool2d": "maxpool",
    "maxpool2dwithindices": "maxpool",
    "maxpool": "maxpool",
    "maxpoolwithargmaxv2": "maxpool",
    "avgpool2d": "avgpool",
    "avgpool": "avgpool",
    "adaptiveavgpool2d": "adaptiveavgpool",
    "dropout": "dropout",
}
_SUMS = ("add", "iadd", "radd", "biasadd")

Watch = Callable[[str, Sequence[Any], Mapping[str, Any], Callable[[], Any]], Any]


class Function:
    """A function that stands for a layer; frameworks ask it what they ask layers.

    kind: as the class of such a layer is called. weight, bias: parameters of the network, or views
    of them; None for what it lacks. turned: `weight` has the axes (in, out).
    """

    def __init__(
        self, kind: str, weight: Any = None, bias: Any = None, *, turned: bool = False
    ) -> None:
        self.kind, self.weight, self.bias, self.turned = kind, weight, bias, turned
        self.has_bias = bias is not None
        self.kernel_size: Any = None  # of a pooling
        self.stride: Any = None
        self.held: list[tuple[str, Any]] = []  # the parameters and their names in the network

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """As a module of PyTorch has them."""
        return iter(self.held)

    def trainable_params(self) -> list[Any]:
        """As a cell of MindSpore has them."""
        return [item for _, item in self.held]

    def add(self, bias: Any) -> None:
        """It is followed by the sum with a bias."""
        self.bias, self.has_bias = bias, True


def is_watched(name: str) -> bool:
    """Whether a function of that name is to be looked at."""
    short = name.lower().replace("_", "")
    return short in _LAYERS or short in _SUMS


def is_sum(name: str) -> bool:
    """Whether it adds two values."""
    return name.lower().replace("_", "") in _SUMS


def function_of(
    name: str, arguments: Sequence[Any], options: Mapping[str, Any]
) -> tuple[Function, Any]:
    """The layer that a function of these arguments stands for, and what it is applied to."""
    kind = _LAYERS[name.lower().replace("_", "")]

    def argument(at: int, *names: str) -> Any:
        if at < len(arguments):
            return arguments[at]
        return next((options[each] for each in names if each in options), None)

    if kind == "addmm":
        weight, bias = argument(2, "mat2"), argument(0, "input")
        return Function("linear", weight, bias, turned=True), argument(1, "mat1")
    given = argument(0, "input")
    if kind == "matmul":
        return Function("linear", argument(1, "other", "mat2"), turned=True), given
    if kind in ("conv2d", "linear"):
        return Function(kind, argument(1, "weight"), argument(2, "bias")), given
    pool = Function(kind)
    pool.kernel_size = argument(1, "kernel_size")
    stride = argument(2, "stride", "strides")
    pool.stride = pool.kernel_size if stride is None or stride == [] else stride
    return pool, given


@contextmanager
def methods_watched(
    methods: Sequence[tuple[type, str]], watch: Callable[..., Any]
) -> Iterator[None]:
    """For the duration calls of the methods (class, name) go through `watch`, which is given the
    object, the name, positional and named arguments, and the call to make.
    """
    before = [(owner, name, vars(owner).get(name)) for owner, name in methods]
    for owner, name in methods:
        setattr(owner, name, _through(getattr(owner, name), name, watch))
    try:
        yield
    finally:
        for owner, name, own in before:
            if own is None:  # it has it from the class above
                delattr(owner, name)
            else:
                setattr(owner, name, own)


def _through(original: Any, name: str, watch: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        return watch(self, name, arguments, options, lambda: original(self, *arguments, **options))

    return call
