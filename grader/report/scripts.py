"""The pages' scripts: a small module for each concern, put together when templates are read.

So a page needs one script, and works from a folder, where browsers load no modules.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from grader.report import files

NAMES: Final = ("page", "class", "review")  # folders below ``scripts``, each with a start.js

_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.{1,2}/[\w./-]+\.js)";\n', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
_EXPORTS = re.compile(r"^export \{[\w\s,]*\};\n", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:async )?(?:function\*?|const|let|class) (?:(\w+)|\{([\w\s,]*)\})", re.MULTILINE
)


@cache
def script(name: str) -> str:
    """The script of the pages `name`: one of NAMES. What its modules declare stays within it."""
    return joined(files.templates() / "scripts" / name / "start.js")


def joined(start: Path) -> str:
    """The module `start` and all that it imports, each once and after what it imports itself, in a
    function of their own.

    Raises ValueError for what would mean something else then: names that are renamed, two modules
    that declare the same name, modules that import one another.
    """
    modules = _in_order(start.resolve(), (), {})
    text = "\n".join(modules.values())
    names = Counter(
        name.strip()
        for one, many in _DECLARED.findall(text)
        for name in ([one] if one else many.split(","))
    )
    twice = sorted(name for name, times in names.items() if times > 1)
    if twice:
        raise ValueError(f"{start}: declared by two modules: {', '.join(twice)}")
    return f'(() => {{\n"use strict";\n{text}}})();\n'


def _in_order(module: Path, above: tuple[Path, ...], found: dict[Path, str]) -> dict[Path, str]:
    """`found` with `module` and what it imports, without words of modules."""
    if module in above:
        raise ValueError(f"{module} imports itself, by {above[-1]}")
    if module in found:
        return found
    text = module.read_text(encoding="utf-8")
    for names, path in _IMPORT.findall(text):
        if " as " in names:
            raise ValueError(f"{module}: a name from {path} is renamed")
        _in_order((module.parent / path).resolve(), (*above, module), found)
    text = _EXPORTS.sub("", _EXPORTED.sub("", _IMPORT.sub("", text)))
    if left := _LEFT.search(text):
        raise ValueError(f"{module}: {left[0]}")
    found[module] = text
    return found
