"""Writes grader/runtimes/offered.json: what each recipe's runtime lets code import.

    .venv/bin/python scripts/offered_packages.py      on a machine with all runtimes (`make test`)

A runtime of its own holds what its recipe asks for and nothing else. The grader's interpreter,
MindSpore's by default, holds more: there what the recipe's requirements bring along counts.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

from grader.runtimes.detect import runtimes
from grader.runtimes.offered import PUBLISHED
from grader.runtimes.recipes import BY_NAME

NOT_FOR_CODE = re.compile(r"_.*|pip|setuptools|pkg_resources|wheel|test|xx\w*")


def main() -> None:
    """Write the file."""
    found = {
        one.name: one.modules if one.python != Path(sys.executable) else _brought_along(one.name)
        for one in runtimes()
    }
    if missing := set(BY_NAME) - set(found):
        sys.exit(f"runtimes that are not installed: {', '.join(sorted(missing))}")
    packages = {
        name: sorted(module for module in modules if _counts(module))
        for name, modules in sorted(found.items())
    }
    text = json.dumps(packages, indent=1) + "\n"
    PUBLISHED.write_text(text, encoding="utf-8")


def _counts(module: str) -> bool:
    return (
        module.isidentifier()
        and module not in sys.stdlib_module_names
        and not NOT_FOR_CODE.fullmatch(module)
    )


def _brought_along(recipe: str) -> set[str]:
    """Top-level packages of a recipe's requirements and of what these require."""
    waiting = [_distribution(text) for text in BY_NAME[recipe].requirements]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            requires = metadata.distribution(name).requires or []
        except metadata.PackageNotFoundError:  # for another system
            continue
        waiting += [_distribution(text) for text in requires if "extra ==" not in text]
    of_modules = metadata.packages_distributions()
    return {
        module
        for module, distributions in of_modules.items()
        if any(_distribution(name) in seen for name in distributions)
    }


def _distribution(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name[0] if name else "").lower()


if __name__ == "__main__":
    main()
