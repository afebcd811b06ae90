"""Scripts of the pages: modules that become one script for a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.report import files, scripts

MODULES = sorted((files.templates() / "scripts").rglob("*.js"))


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "start.js"


def test_a_module_comes_once_and_after_what_it_imports(tmp_path: Path) -> None:
    start = written(
        tmp_path,
        start='import { b } from "./b.js";\nimport "./c.js";\nb();\n',
        b='import {\n  c,\n  d,\n} from "./c.js";\nexport function b() {\n  c(d);\n}\n',
        c="export const c = (x) => x;\nconst d = 1;\nexport { d };\n",
    )
    assert scripts.joined(start) == (
        '(() => {\n"use strict";\nconst c = (x) => x;\nconst d = 1;\n\n'
        "function b() {\n  c(d);\n}\n\nb();\n})();\n"
    )


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ('import { b as a } from "./b.js";\n', "renamed"),
        ('import * as b from "./b.js";\n', "import"),
        ('import b from "./b.js";\n', "import"),
        ('import { b } from "./b.js";\nconst b = 2;\n', "two modules: b"),
        ('import { b } from "./b.js";\nconst { a, b } = x;\n', "two modules: b"),
        ('import "./start.js";\n', "imports itself"),
        ("export default 1;\n", "export default"),
    ],
)
def test_what_would_mean_something_else_in_one_script_is_refused(
    tmp_path: Path, start: str, why: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        scripts.joined(written(tmp_path, start=start, b="export const b = 1;\n"))


def test_every_module_belongs_to_a_page_and_none_makes_markup_or_code_of_text() -> None:
    joined = "\n".join(scripts.script(name) for name in scripts.NAMES)
    for module in MODULES:
        text = module.read_text(encoding="utf-8")
        first = text.splitlines()[0]
        assert first.startswith("/* ") and first in joined, module
        assert all(len(line) <= 120 for line in text.splitlines()), module
        made = r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\b|Function\("
        assert not re.search(made, text), module
