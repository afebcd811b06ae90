"""Networks that Keras saved with code of the script beside them: layers of its own, Lambdas."""

from __future__ import annotations

import functools
import inspect
import sys
from types import ModuleType
from typing import Any, Callable

from ..hooks import AfterImportFinder
from ..text import text_of
from ..workdir import Workdir

Use = Callable[[str], None]
KERAS = ("keras", "tf_keras")


def find_in_main(place: Workdir, after: AfterImportFinder, use: Use) -> None:
    """Let Keras find classes and functions of the submission by their bare names, as pickles do:
    `python main.py` saved them as those of `__main__`, which is the worker here. And let it read a
    Lambda in an .h5, which it has refused of late: this process is confined.
    """
    for keras in KERAS:
        after.when(
            f"{keras}.src.saving.object_registration",
            lambda module, keras=keras: _find(module, keras, place, use),  # type: ignore[misc]
        )
        after.when(f"{keras}.src.saving.saving_api", lambda module: _read_lambdas(module, use))


def _find(module: ModuleType, keras: str, place: Workdir, use: Use) -> None:
    registered = module.get_registered_object

    @functools.wraps(registered)
    def found(name: Any, *arguments: Any, **options: Any) -> Any:
        known = registered(name, *arguments, **options)
        bare = str(name).rpartition(">")[2]
        if known is not None or _is_of_keras(keras, bare):
            return known
        own = _own(bare, place)
        if own is not None:
            use(f"__main__.{bare}")
        return own

    module.get_registered_object = found  # type: ignore[attr-defined]


def _is_of_keras(keras: str, name: str) -> bool:
    """Whether Keras has a thing of that name itself, wherever."""
    parts = ("layers", "losses", "metrics", "optimizers", "activations", "initializers", "models")
    modules = [
        sys.modules.get(f"{keras}.{part}") for part in (*parts, "regularizers", "constraints")
    ]
    return any(hasattr(module, name) for module in modules if module is not None)


def _own(name: str, place: Workdir) -> Any:
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        if isinstance(file, str) and name in vars(module) and place.source(file):
            thing = vars(module)[name]
            if inspect.isclass(thing) or inspect.isfunction(thing):
                return thing
    return None


def _read_lambdas(module: ModuleType, use: Use) -> None:
    load = module.load_model
    if "safe_mode" not in inspect.signature(load).parameters:
        return

    @functools.wraps(load)
    def tolerant(filepath: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return load(filepath, *arguments, **options)
        except ValueError as error:
            old = str(filepath).endswith((".h5", ".hdf5"))
            if not old or "safe_mode" in options or "safe_mode" not in text_of(error, 4000):
                raise
        use("load_model(safe_mode=False)")
        return load(filepath, *arguments, safe_mode=False, **options)

    module.load_model = tolerant  # type: ignore[attr-defined]
