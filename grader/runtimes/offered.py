"""What each recipe's runtime lets code import: published, for machines that have none of them.

`offered.json` holds the top-level packages by recipe; `scripts/offered_packages.py` writes it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.runtimes.detect import FRAMEWORKS
from grader.runtimes.imports import ImportScan
from grader.runtimes.recipes import RECIPES

PUBLISHED = Path(__file__).with_name("offered.json")


@cache
def offered() -> Mapping[str, frozenset[str]]:
    """Top-level packages by recipe, those of the standard library left out."""
    found = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return {name: frozenset(packages) for name, packages in found.items()}


def not_offered(scan: ImportScan) -> tuple[str, ...]:
    """What the code of `scan` imports and the runtime that suits it best does not have."""
    imported = _imported(scan)
    lacking = [
        tuple(name for name in imported if name not in packages)
        for packages in suiting(scan).values()
    ]
    return min(lacking, key=len)


def suiting(scan: ImportScan) -> Mapping[str, frozenset[str]]:
    """The runtimes that the code of `scan` may be graded in, and what each lets it import: those of
    its framework, or all.
    """
    framework = next((name for name in FRAMEWORKS if name in _imported(scan)), "")
    fit = [recipe.name for recipe in RECIPES if framework in ("", recipe.framework)]
    return {name: offered()[name] for name in fit}


def _imported(scan: ImportScan) -> list[str]:
    names = (*scan.required, *scan.optional)
    return [name for name in names if name not in sys.stdlib_module_names]
