"""Names that libraries had when submissions were written and have no more, whole modules
included.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Callable, Mapping

import numpy as np

from ..hooks import AfterImportFinder, PutBackFinder
from . import torchvision_old

Use = Callable[[str], None]
Made = Callable[[ModuleType], Any]  # what stands for a name, from the module that had it


def _as(name: str) -> Made:
    return lambda module: getattr(module, name)


def _value(value: Any) -> Made:
    return lambda module: value


_RENAMED_IN_NUMPY = {  # by 2.0 or later
    "alltrue": "all",
    "bool8": "bool_",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "in1d": "isin",
    "int0": "intp",
    "mat": "asmatrix",
    "object0": "object_",
    "product": "prod",
    "round_": "round",
    "row_stack": "vstack",
    "sometrue": "any",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "unicode_": "str_",
}
_NUMPY: dict[str, Made] = {
    # gone with 1.23 and 1.24
    "asscalar": _value(lambda array: array.item()),
    **{kind.__name__: _value(kind) for kind in (float, int, bool, object, str, complex)},
    # gone with 2.0
    **{name: _value(float("inf")) for name in ("Inf", "infty", "Infinity", "PINF")},
    **{name: _value(float("nan")) for name in ("NaN", "NAN")},
    "NINF": _value(float("-inf")),
    "msort": lambda module: lambda array: module.sort(array, axis=0),
    **{old: _as(new) for old, new in _RENAMED_IN_NUMPY.items()},
    "asfarray": lambda module: lambda array, dtype=float: module.asarray(array, dtype),
}

# gone with Python 3.10; `collections.abc` has them since 3.3
_ABSTRACT = (
    *("Callable", "Container", "Generator", "Hashable", "Iterable", "Iterator", "ItemsView"),
    *("KeysView", "Mapping", "MappingView", "MutableMapping", "MutableSequence", "MutableSet"),
    *("Sequence", "Set", "Sized", "ValuesView"),
)

_GONE: dict[str, Mapping[str, Made]] = {
    "PIL.Image": {"ANTIALIAS": _as("LANCZOS"), "LINEAR": _as("BILINEAR"), "CUBIC": _as("BICUBIC")},
    "matplotlib.cm": {
        "get_cmap": lambda module: import_module("matplotlib.pyplot").get_cmap,
    },
    "torchvision.transforms": {
        "Scale": _as("Resize"),
        "RandomSizedCrop": _as("RandomResizedCrop"),
    },
    **torchvision_old.OLD_NAMES,
}


def put_back(missing: PutBackFinder, after: AfterImportFinder, use: Use) -> None:
    """Offer what went from the standard library and from NumPy now, of others once they are
    imported.
    """
    offer(np, _NUMPY, use)
    abstract = {name: _value(getattr(import_module("collections.abc"), name)) for name in _ABSTRACT}
    offer(sys.modules["collections"], abstract, use)
    offer(sys.modules["time"], {"clock": _as("perf_counter")}, use)
    for name, gone in _GONE.items():
        after.when(name, partial(offer, gone=gone, use=use))
    after.when("matplotlib.style", _old_styles)
    after.when("yaml", lambda module: _load_without_loader(module, use))
    for name, fill in {**torchvision_old.MODULES, "sklearn.externals.joblib": _joblib}.items():
        missing.offer(name, _told(name, fill, use))


def offer(module: ModuleType, gone: Mapping[str, Made], use: Use) -> None:
    """Let `module` have the names of `gone` that it lacks, and tell when one is first asked for:
    it is made once, so that all who ask have the same.
    """
    before = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name in gone:
            use(f"{module.__name__}.{name}")
            setattr(module, name, gone[name](module))
            return vars(module)[name]
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = __getattr__  # type: ignore[method-assign]


def _told(name: str, fill: Callable[[ModuleType], None], use: Use) -> Callable[[ModuleType], None]:
    def telling(module: ModuleType) -> None:
        fill(module)
        use(name)

    return telling


def _joblib(module: ModuleType) -> None:
    vars(module).update(vars(import_module("joblib")))


def _old_styles(style: ModuleType) -> None:
    """`plt.style.use("seaborn")`: Matplotlib 3.8 knows those styles by longer names only."""
    for name in list(style.library):
        if "-v0_8" in name:
            style.library.setdefault(name.replace("-v0_8", ""), style.library[name])


def _load_without_loader(yaml: ModuleType, use: Use) -> None:
    """`yaml.load(text)`, as before PyYAML 6."""
    load = yaml.load

    def tolerant(stream: Any, Loader: Any = None) -> Any:  # noqa: N803
        if Loader is None:
            use("yaml.load(Loader=FullLoader)")
        return load(stream, Loader or yaml.FullLoader)

    yaml.load = tolerant  # type: ignore[attr-defined]
