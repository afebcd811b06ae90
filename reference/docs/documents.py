"""The documents of an output folder: every field, and their JSON schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias, get_args

from grader.evidence import Document, Evidence
from grader.labs.meanings import first_paragraph, meanings
from grader.runs import Publication, Run
from grader.scoring import Grade, Override
from reference.docs.markdown import code, table

Schema: TypeAlias = dict[str, Any]
WHOLE = ("assignment.md#assignment", "assignment.md")  # the page, not its first table

# document: where it lies
ROOTS: dict[type[Document], str] = {
    Evidence: "evidence/<id>.json",
    Grade: "grades.json (a list)",
    Run: "run.json",
    Publication: "history/<number>.json",
    Override: "overrides/<decision>.json",
}


def documents() -> list[type[Document]]:
    """All documents, each before those that it holds; the assignment has a page of its own."""
    found: dict[type[Document], None] = {}
    for root in ROOTS:
        for each in _within(root):
            found.setdefault(each)
    return [each for each in found if not each.__module__.startswith("grader.assignment.")]


def page() -> str:
    """The page of the reference."""
    links = [
        (f"[{root.__name__}](#{root.__name__.lower()})", code(place), f"[schema]({_file(root)})")
        for root, place in ROOTS.items()
    ]
    parts = [
        "# Documents\n\nWhat `--out` holds, as JSON for other programs to read. Documents are "
        "written whole or not at all; unknown fields are refused, and `schema_version` is raised "
        "where a field changes its meaning.",
        table(("document", "where", ""), links),
    ]
    for each in documents():
        schema = each.model_json_schema(mode="serialization")
        shape, named = schema["properties"], schema.get("$defs", {})
        said = meanings(each)
        rows = [
            (code(name), _type(shape[info.alias or name], named), said.get(name, ""))
            for name, info in each.model_fields.items()
        ]
        parts.append(f"## {each.__name__}\n\n{first_paragraph(each)}")
        parts.append(table(("field", "type", "meaning"), rows))
    return "\n\n".join(parts) + "\n"


def schemas() -> dict[str, str]:
    """Path below ``docs/`` -> JSON schema."""
    return {
        f"reference/{_file(root)}": json.dumps(
            root.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False
        )
        for root in ROOTS
    }


def _file(document: type[Document]) -> str:
    return f"schemas/{document.__name__.lower()}.json"


def _within(document: type[Document]) -> Iterator[type[Document]]:
    yield document
    for field in document.model_fields.values():
        for each in _types(field.annotation):
            if issubclass(each, Document):
                yield from _within(each)


def _types(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def _type(shape: Schema, named: Schema) -> str:
    """The type in words, with links to the documents that it holds."""
    if "anyOf" in shape:
        return " or ".join(_type(each, named) for each in shape["anyOf"])
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        if "enum" in named[name]:
            return _type(named[name], named)
        here = name in {each.__name__ for each in documents()}
        return f"[{name}]({'' if here else 'assignment.md'}#{name.lower()})".replace(*WHOLE)
    if "enum" in shape:
        return ", ".join(code(str(each)) for each in shape["enum"])
    if inner := shape.get("items"):
        return f"list of {_type(inner, named)}"
    if isinstance(inner := shape.get("additionalProperties"), dict):
        return f"by name: {_type(inner, named)}"
    return str(shape.get("type", "any"))
