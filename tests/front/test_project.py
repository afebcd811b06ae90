"""What stands around the code: notes of changes, workflows, issue forms, metadata."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import make

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((make.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((make.ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((make.ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
NOTES = sorted((make.ROOT / "changes").glob("*"))


def workflow(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


def test_notes_of_changes_are_of_a_kind_that_a_release_knows() -> None:
    kinds = {kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"]}
    table = (make.ROOT / "changes/README.md").read_text("utf-8")
    explained = set(re.findall(r"\| `(\w+)` \|", table))
    assert kinds == explained
    for note in NOTES:
        if note.name not in ("README.md", "template.md.jinja"):
            assert re.fullmatch(rf"\+[\w-]+\.({'|'.join(kinds)})\.md", note.name), note.name
            assert note.read_text("utf-8").strip().endswith(".")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_what_is_there_and_may_write_nothing_unasked(path: Path) -> None:
    told = workflow(path)
    assert told["permissions"] == {"contents": "read"}
    targets = set(re.findall(r"^([\w-]+):", (make.ROOT / "Makefile").read_text(), re.MULTILINE))
    for job in told["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for command in filter(None, (step.get("run") for step in job["steps"])):
            assert set(re.findall(r"\bmake (\w+)", command)) <= targets
            for script in re.findall(r"(?:scripts|\.ci)/\w+(?:\.\w+)?", command):
                assert (make.ROOT / script).is_file()


def test_the_suite_and_the_students_install_are_tried_on_what_is_promised() -> None:
    jobs = workflow(make.ROOT / ".github/workflows/test.yml")["jobs"]
    suite = {each["python"] for each in jobs["suite"]["strategy"]["matrix"]["include"]}
    script = (make.ROOT / "scripts/environment.sh").read_text()
    assert suite == set(re.findall(r"3\.\d+", re.findall(r"\n(3.*)\) ;;", script)[0]))
    student = jobs["self-check"]["strategy"]["matrix"]
    classifiers = "\n".join(PROJECT["project"]["classifiers"])
    promised = sorted(re.findall(r":: (3\.\d+)", classifiers), key=lambda v: int(v[2:]))
    assert student["python"] == [promised[0], promised[-1]]
    for system in ("macos", "windows", "ubuntu"):
        assert any(machine.startswith(system) for machine in student["machine"])


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form_asks_for_what_helps(path: Path) -> None:
    form = workflow(path)
    if path.name == "config.yml":
        assert form["blank_issues_enabled"] is True
        return
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    ids = [field["id"] for field in fields]
    assert len(set(ids)) == len(ids) and form["name"] and form["description"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    if path.name != "idea.yml":
        assert any("grade doctor" in field["attributes"]["label"] for field in fields)


def test_warnings_and_unexpected_passes_are_faults() -> None:
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert options["filterwarnings"][0] == "error" and options["xfail_strict"] is True
