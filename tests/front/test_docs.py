"""The docs can't drift: what the program has is documented, what they show is so, links lead on."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from grader.checks import failure, subjects
from grader.cli.main import module_of, parser_of
from grader.engine import contract as engine_contract
from grader.evidence.vocabulary import VOCABULARY
from grader.labs.meanings import meanings
from grader.language import known
from grader.sandbox import contract as sandbox_contract
from grader.scoring import rules
from reference.docs import assignment, command_line, documents, findings, fixtures, pages
from tests import make

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = make.ROOT
WRITTEN = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")),
           *sorted((ROOT / "changes").glob("README.md"))]  # fmt: skip
SAMPLE = (make.HOME / "assignment.toml").read_text(encoding="utf-8")


def sample() -> dict[str, Any]:
    return tomllib.loads(SAMPLE)


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return dict(pages())


def test_every_key_of_the_assignment_has_a_meaning_and_stands_in_the_sample() -> None:
    assert [key.path for key in assignment.all_keys() if not key.meaning] == []
    told = sample()
    there = {f"{table}.{key}" for table, keys in told.items() if table != "classes" for key in keys}
    there |= {f"classes.{key}" for key in told["classes"][0]}
    commented = re.findall(r"^# (\w+) = ", SAMPLE, re.MULTILINE)
    optional = {f"{table}.{key}" for key in commented for table in ("policy", "networks")}
    optional &= {key.path for key in assignment.all_keys()}
    optional |= {f"parts.{key}" for key in ("id", "function", "inputs", "hidden", "classes")}
    optional |= {"policy.parts"}
    assert re.search(r"^# \[\[parts\]\]$", SAMPLE, re.MULTILINE)
    titles = {"title.en", "title.zh"}  # rows of the table that `assignment.title` is
    assert {key.path for key in assignment.all_keys()} - titles == there | optional


def test_the_schema_that_editors_use_is_current_and_says_what_the_program_says() -> None:
    text = assignment.SCHEMA_FILE.read_text(encoding="utf-8")
    assert text == assignment.schema(), "run `python -m reference.docs`"
    schema = json.loads(text)
    assert SAMPLE.startswith(f"#:schema ./{assignment.SCHEMA_FILE.name}\n")
    jsonschema.validate(sample(), schema)
    for table, key, value in (
        ("limits", "totl", 30),
        ("limits", "total", 0),
        ("policy", "report", "nobody"),
        ("interface", "channels", "GBR"),
    ):
        wrong = sample()
        wrong[table][key] = value
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


@pytest.mark.parametrize("module", command_line.TITLES)
def test_every_option_is_explained_in_both_languages(module: str) -> None:
    for action in command_line.actions(module):
        assert action.help, action
        assert known(action.help) or re.fullmatch(r"[\w, ]+", action.help), action.help


@pytest.mark.parametrize("code", VOCABULARY)
def test_every_finding_has_an_example_that_reads_well(code: str) -> None:
    for language in ("en", "zh"):
        said = findings.example(code, language)
        assert "{" not in said.message + said.hint
        assert "?" not in said.message.replace("？", "")
        assert said.message and said.hint


@pytest.mark.parametrize("document", documents.documents(), ids=lambda each: each.__name__)
def test_every_field_of_a_document_has_a_meaning(document: Any) -> None:
    assert [name for name in document.model_fields if name not in meanings(document)] == []


def test_the_reference_tells_all_of_it(generated: dict[str, str]) -> None:
    for key in assignment.all_keys():
        assert f"`{key.name}`" in generated["reference/assignment.md"]
    for code in VOCABULARY:
        assert f"\n## {code}\n" in generated["reference/findings.md"]
    for module in command_line.TITLES:
        for action in command_line.actions(module):
            for option in action.option_strings[-1:]:
                assert option in generated["reference/command-line.md"]
    for path in documents.schemas():
        jsonschema.Draft202012Validator.check_schema(json.loads(generated[path]))


def texts(generated: dict[str, str]) -> dict[Path, str]:
    """All pages, by the place where they lie or would lie."""
    made = {ROOT / "docs" / path: text for path, text in generated.items()}
    made[ROOT / "docs/changelog.md"] = ""
    return made | {path: path.read_text(encoding="utf-8") for path in WRITTEN}


def anchors(text: str) -> set[str]:
    """What headings can be reached by."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}


def test_no_link_within_the_project_is_dead(generated: dict[str, str]) -> None:
    there, dead = texts(generated), []
    for path, text in there.items():
        prose = re.sub(r"```.*?```|``.+?``|`[^`\n]*`", "", text, flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", link):
                continue
            place, _, anchor = link.partition("#")
            target = (path.parent / place).resolve() if place else path
            found = target in there or target.exists()
            if not found or (anchor and anchor not in anchors(there.get(target, ""))):
                dead.append(f"{path.relative_to(ROOT)}: {link}")
    assert dead == []


def commands() -> Iterator[tuple[str, str]]:
    """(file, line) of each `grade …` that the docs tell people to type."""
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            for line in block.splitlines():
                if (start := line.find("grade ")) >= 0 and not line.startswith(("make", "#")):
                    yield path.name, line[start:]
        for inline in re.findall(r"`(grade [^`\n]+)`", text):
            if not re.search(r"[…A-Z]{2}|…", inline):  # a form, no command
                yield path.name, inline


@pytest.mark.parametrize(("file", "line"), sorted(set(commands())))
def test_a_command_in_the_docs_is_one(
    file: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    module, words = module_of(shlex.split(line, comments=True)[1:])
    with contextlib.suppress(argparse.ArgumentError):
        try:
            parser_of(module, words).parse_args(words)
        except SystemExit as ended:
            assert ended.code == 0, f"{file}: {line}: {capsys.readouterr().err}"
            return
    assert module in command_line.TITLES


def test_every_fixture_of_a_check_is_explained(generated: dict[str, str]) -> None:
    page = generated["reference/fixtures.md"]
    known = {"submission", "lenet5", "networks", "dataset", "classifier", "garbage"}
    assert known == set(fixtures.names())
    for name in fixtures.names():
        assert f"## {name}\n" in page
        told = list(fixtures.members(name))
        assert told and all(said for _, said in told), name
    assert "`classifier.answers -> Mapping[str, Answer]`" in page
    assert "`submission.predict(image: NDArray[np.uint8]) -> str`" in page


def public_functions() -> Iterator[tuple[str, Any]]:
    """Functions, methods and constructors that others build on, by their full names."""
    for module in (failure, subjects, sandbox_contract, engine_contract, rules):
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing
            if inspect.isclass(thing) and not hasattr(thing, "_fields"):
                for part, inner in vars(thing).items():
                    if inspect.isfunction(inner) and (part == "__call__" or part[0] != "_"):
                        yield f"{module.__name__}.{name}.{part}", inner


@pytest.mark.parametrize(
    "function", [pytest.param(each, id=name) for name, each in public_functions()]
)
def test_what_others_build_on_says_what_it_takes_gives_and_raises(function: Any) -> None:
    told = inspect.cleandoc(function.__doc__ or "")
    signature = inspect.signature(function)
    for parameter in signature.parameters:
        assert parameter == "self" or re.search(rf"(?m)^    {parameter}: ", told), parameter
    if signature.return_annotation not in ("None", None, "bool"):
        first = told.partition("\n")[0]
        assert "Returns:\n" in told or len(signature.parameters) < 2, first
    if "raise " in inspect.getsource(function):
        assert "Raises:\n" in told
