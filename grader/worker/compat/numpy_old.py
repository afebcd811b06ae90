"""Names that NumPy had when hand-ins were written and has no more."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Callable

_TYPES = (float, int, bool, object, str, complex)
_GONE: dict[str, Any] = {kind.__name__: kind for kind in _TYPES}
_GONE.update(Inf=float("inf"), infty=float("inf"), NaN=float("nan"), NAN=float("nan"))
_RENAMED = {"float_": "float64", "unicode_": "str_", "string_": "bytes_", "product": "prod"}


def put_back(numpy: ModuleType, use: Callable[[str], None]) -> None:
    """Offer the names that went with 1.24 (`np.float`) and 2.0 (`np.Inf`), where they are gone."""
    before = vars(numpy)["__getattr__"]

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name in _GONE:
            use(f"numpy.{name}")
            return _GONE[name]
        if name in _RENAMED:
            use(f"numpy.{name}")
            return getattr(numpy, _RENAMED[name])
        return before(name)

    numpy.__getattr__ = __getattr__  # type: ignore[method-assign]
