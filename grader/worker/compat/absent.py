"""Packages that are not here: what stands in for one until somebody uses it.

A package that `predict` does without stops nothing. Its stand-in raises, as the import would have,
once something is made of it: a call, a base class, a number. Calls and base classes wait while the
submission is imported, as most of what is made then is for training: what came of them raises at
its first use. What shows, serves, records and uploads has no part in any answer, so that its
stand-in does nothing instead.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any, Callable, ClassVar, Iterable, Iterator, Sequence

from .. import hooks
from ..importing import submission_imports
from ..workdir import Workdir
from . import guards

Use = Callable[[str], None]

# What notebooks show things by, what experiments are recorded by, pages and windows around a model;
# see the module's docstring.
SILENT = frozenset(
    {
        *("IPython", "ipywidgets", "google.colab", "kaggle_secrets", "notebook", "pyecharts"),
        *("wandb", "tensorboardX", "tensorboard", "torch.utils.tensorboard", "swanlab", "comet_ml"),
        *("comet", "mlflow", "neptune", "clearml", "trains", "visdom", "aim", "dvclive", "trackio"),
        *("tensorboard_logger", "livelossplot", "mindinsight", "visualdl", "tensorwatch"),
        *("flask", "flask_cors", "fastapi", "uvicorn", "gradio", "streamlit", "dash", "bottle"),
        *("tornado", "sanic", "PyQt5", "PyQt6", "PySide2", "PySide6", "pygame", "wx"),
        *(
            "hiddenlayer",
            "torchviz",
            "netron",
            "loguru",
            "rich",
            "icecream",
            "ipdb",
            "moxing",
            "nni",
        ),
    }
)


class AbsentError(ModuleNotFoundError):
    """Something was made of a package that is not here. It looks as if the import had failed."""


AbsentError.__name__ = AbsentError.__qualname__ = "ModuleNotFoundError"
AbsentError.__module__ = "builtins"


class Finder:
    """Finds what no other finder does, for imports by the submission that it does not guard. To be
    the last one.
    """

    def __init__(self, place: Workdir, absent: Use, silent: Use) -> None:
        """absent, silent: told the names of packages that are replaced."""
        self._place = place
        self._absent = absent
        self._silent = silent
        self.provided: dict[str, dict[str, Any]] = {}  # what a stand-in has, by its name

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a stand-in, for a whole package, a part of one, or of SILENT."""
        top = fullname.rpartition(".")[0]
        silent = _is_silent(fullname)
        if not isinstance(sys.modules.get(top), _StandInModule):
            if (top and not silent) or guards.asks_only(sys._getframe(1)):
                return None
            if not submission_imports(self._place):
                return None
            if not guards.needs_it(sys._getframe(1), self._place):
                return None
            (self._silent if silent else self._absent)(fullname)
        return ModuleSpec(
            fullname,
            _Loader(silent, self.provided.get(fullname, {})),
            origin=hooks.STAND_IN,
            is_package=True,
        )


def _is_silent(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in SILENT for count in range(1, len(parts) + 1))


class _Loader(Loader):
    def __init__(self, silent: bool, provided: dict[str, Any]) -> None:
        self._silent = silent
        self._provided = provided

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _StandInModule(spec.name, self._silent)
        vars(module).update(self._provided)
        return module

    def exec_module(self, module: ModuleType) -> None:
        pass


class _StandInModule(ModuleType):
    def __init__(self, name: str, silent: bool) -> None:
        super().__init__(name)
        vars(self).update(__version__="0", _made=Silent if silent else _Absent)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = vars(self)[name] = vars(self)["_made"](f"{self.__name__}.{name}")
        return made


class _StandIn:
    """What a stand-in has by any name: naming it is harmless, and nothing is an instance of it."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(self)(f"{self._name}.{name}")

    def __getitem__(self, key: Any) -> Any:
        """As in the annotation Float[Tensor, "n"]; a place in a list is a use."""
        return _raise(self) if _is_place(key) else self

    def __or__(self, other: Any) -> Any:  # as in the annotation Trainer | None
        return self

    __ror__ = __or__

    def __instancecheck__(self, thing: Any) -> bool:
        return False

    def __subclasscheck__(self, thing: Any) -> bool:
        return False


def _is_place(key: Any) -> bool:
    return hasattr(key, "__index__") and not isinstance(key, (type, _StandIn))


def require_here(answer: Any) -> None:
    """Raises AbsentError where an answer, or one of a few things that it holds, is a stand-in."""
    held = list(answer)[:3] if isinstance(answer, (list, tuple)) else [answer]
    for one in held:
        if isinstance(one, _StandIn):
            _raise(one)


def _raise(self: Any, *arguments: Any, **options: Any) -> Any:
    package = self._name.partition(".")[0]
    raise AbsentError(f"No module named {package!r}", name=package)


class _Waits:
    """Whether calls wait, and the packages of which something was made so."""

    place: ClassVar[Workdir | None] = None  # where the submission lies that is being imported
    known: ClassVar[frozenset[str]] = frozenset()  # packages whose calls wait
    made: ClassVar[list[str]] = []


def wait(place: Workdir, known: Iterable[str]) -> None:
    """Let calls and base classes of `known` packages wait from now on, in the submission's own
    lines. Of others it is not known that they are packages: they may be modules that it forgot.
    """
    _Waits.place, _Waits.known = place, frozenset(known)


def wait_no_more() -> list[str]:
    """Let every use raise from now on; the packages of which something was made until now."""
    _Waits.place = None
    return _Waits.made


def _waits(self: _StandIn, frame: FrameType) -> bool:
    place, package = _Waits.place, self._name.partition(".")[0]
    if place is None or package not in _Waits.known:
        return False
    if place.source(frame.f_code.co_filename) is None:
        return False
    if guards.is_guarded(frame, place):
        return False  # who has something else in its place gets that
    _Waits.made.append(package)
    return True


class _Absent(_StandIn):
    """Raises at use, or once what it makes is used."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if not _waits(self, sys._getframe(1)):
            _raise(self)
        return _Absent(f"{self._name}()")

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        if not _waits(self, sys._getframe(1)):
            _raise(self)
        absent = self

        def __new__(cls: Any, *arguments: Any, **options: Any) -> Any:  # noqa: N807
            return _raise(absent)

        return (type(self._name.rpartition(".")[2], (), {"__new__": __new__}),)


_USES = (
    *("iter", "next", "len", "contains", "enter", "exit", "index", "int"),
    *("float", "bool", "str", "format", "fspath", "add", "radd", "sub", "rsub", "mul", "rmul"),
    *("truediv", "rtruediv", "matmul", "rmatmul", "neg", "lt", "le", "gt", "ge", "array", "set"),
    *("setitem", "delitem", "await", "aiter", "aenter"),
)
for _use in _USES:
    setattr(_Absent, f"__{_use}__", _raise)


class Silent(_StandIn):
    """Takes everything, gives itself back, and holds nothing. A function that it decorates, or
    watches, stays what it is.
    """

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Itself, or the one function that it is given."""
        if len(arguments) == 1 and callable(arguments[0]) and not isinstance(arguments[0], Silent):
            return arguments[0]
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return (object,)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: Any) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __lt__(self, other: Any) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__


for _use in ("index", "int", "float", "fspath"):  # what would have come of it is not known
    setattr(Silent, f"__{_use}__", _raise)
