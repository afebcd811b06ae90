"""The packages import downwards only, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parent

# From the top down; a module may import from packages below its own and from its own.
ORDER = [
    ["__main__"],
    ["cli"],
    ["labs"],
    ["engine"],
    ["review"],
    ["report"],
    ["checks"],
    ["examine"],
    ["similarity"],
    ["intake", "runtimes"],
    ["readers"],
    ["sandbox"],
    ["decisions", "runs"],
    ["platforms"],
    ["store"],
    ["parallel"],
    ["resources"],
    ["scoring"],
    ["assignment"],
    ["evidence"],
    ["expectations"],
    ["language"],
    ["worker"],
    ["__init__"],
]
LEVEL = {package: level for level, packages in enumerate(ORDER) for package in packages}


def package_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imported_packages(path: Path) -> set[str]:
    """Packages of `grader` that the module imports when it is loaded."""
    packages = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            parts = node.module.split(".")
            if parts[0] == "grader":
                packages |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            packages |= {
                name.name.split(".")[1] for name in node.names if name.name.startswith("grader.")
            }
    return packages & set(LEVEL)


MODULES = [path for path in sorted(ROOT.rglob("*.py")) if "templates" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_rooms_below_it(path: Path) -> None:
    mine = package_of(path)
    wrong = {
        package
        for package in imported_packages(path)
        if package != mine and LEVEL[package] <= LEVEL[mine]
    }
    assert not wrong, f"{mine} must not import {', '.join(sorted(wrong))}"


def test_the_worker_imports_nothing_of_the_grader() -> None:
    foreign = {
        str(path.relative_to(ROOT)): imported_packages(path)
        for path in (ROOT / "worker").rglob("*.py")
        if imported_packages(path)
    }
    assert foreign == {}


def test_every_room_is_drawn() -> None:
    assert {package_of(path) for path in MODULES} <= set(LEVEL)


def test_no_module_imports_itself_in_a_circle() -> None:
    """Over all modules, imports inside functions too."""
    modules = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts): path for path in MODULES
    }
    imports: dict[str, set[str]] = {}
    for name, path in modules.items():
        found: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        imports[name] = found & set(modules)
    left = dict(imports)
    while free := [name for name, needs in left.items() if not needs & set(left)]:
        for name in free:
            del left[name]
    assert sorted(left) == []


def test_no_module_is_longer_than_a_reader_holds_in_the_head() -> None:

    root = ROOT.parent
    for folder in ("grader", "reference", "tests", "benchmarks", "scripts"):
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            lines = len(path.read_text(encoding="utf-8", errors="replace").splitlines())
            assert lines <= 400 or "/cases/" in name, name
