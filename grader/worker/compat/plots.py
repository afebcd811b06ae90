"""Matplotlib without a screen: backends that open windows draw into memory, as `plt.show()` shows
nothing.
"""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any, Callable

from ..hooks import AfterImportFinder

IN_MEMORY = "agg"
# Drawn into memory or a file (matplotlib.backends); all others open a window or a page.
WITHOUT_WINDOWS = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


def without_windows(after: AfterImportFinder, use: Callable[[str], None]) -> None:
    """Have every choice of a backend with windows be one that draws into memory."""
    after.when("matplotlib", lambda module: _redirect(module, "use", use))
    after.when("matplotlib.pyplot", lambda module: _redirect(module, "switch_backend", use))


def _redirect(module: ModuleType, name: str, use: Callable[[str], None]) -> None:
    choose = getattr(module, name)

    @functools.wraps(choose)
    def chosen(backend: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(backend, str) and backend.lower() not in WITHOUT_WINDOWS:
            use(f"matplotlib: {backend} → {IN_MEMORY}")
            backend = IN_MEMORY
        return choose(backend, *arguments, **options)

    setattr(module, name, chosen)
