"""What was pickled elsewhere: by the script that is a module here, on Windows, by Python 3.13."""

from __future__ import annotations

import os
import pathlib
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


def find_paths(use: Callable[[str], None]) -> None:
    """Read paths that Windows or Python 3.13 has pickled: settings beside weights hold them. Those
    of Windows are no files here, but can be looked at.
    """
    if os.name == "posix":

        class WindowsPath(pathlib.PureWindowsPath):
            __slots__ = ()

            def __new__(cls, *parts: Any) -> Any:
                use("pathlib.WindowsPath")
                return super().__new__(cls, *parts)

        pathlib.WindowsPath = WindowsPath  # type: ignore[assignment, misc]

    sys.modules.setdefault("pathlib._local", pathlib)
