"""Whole networks that were pickled by the script that is a module here."""

from __future__ import annotations

import sys
from typing import Any, Callable

from ..workdir import Workdir


def find_in_main(place: Workdir, use: Callable[[str], None]) -> None:
    """Where `python main.py` saved a whole network, its class is `__main__.Net` in the file; look
    such names up in the submission's modules, since `__main__` is the worker here.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if name in vars(module) and isinstance(file, str) and place.source(file):
                use(f"__main__.{name}")
                return vars(module)[name]
        raise AttributeError(f"module '__main__' has no attribute {name!r}")

    sys.modules["__main__"].__getattr__ = __getattr__  # type: ignore[method-assign]
