"""The form of an operation: from a call's meta data and array to a reply's."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

import numpy as np

from .protocol import Meta

Array = Optional["np.ndarray[Any, Any]"]
Reply = Tuple[Meta, Array]
Operation = Callable[[Meta, Array], Reply]
