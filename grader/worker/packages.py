"""Installed packages of this interpreter, by their metadata: none of them is imported."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from .text import clean

MAX_PACKAGES = 400


def installed_packages() -> dict[str, str]:
    """Versions by normalised name ("mindspore-gpu": "1.10.0"), read from *.dist-info folders."""
    found: dict[str, str] = {}
    for folder in sys.path:
        if not Path(folder).is_dir():
            continue
        for info in sorted(Path(folder).glob("*-*.dist-info")):
            name, _, version = info.name[: -len(".dist-info")].rpartition("-")
            normal = re.sub(r"[-_.]+", "-", name).lower()
            found.setdefault(clean(normal, 100), clean(version, 40))
    return dict(sorted(found.items())[:MAX_PACKAGES])
