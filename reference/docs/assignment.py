"""Every key of ``assignment.toml``: the page, and the JSON schema that editors complete from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic_core import PydanticUndefined

from grader.assignment import Assignment
from grader.evidence import Document
from grader.labs.meanings import first_paragraph, meanings
from reference.docs.markdown import code, table
from tests.make import HOME

SCHEMA_FILE = HOME / "assignment.schema.json"
ARRAYS = ("classes", "parts")  # tables that stand once for each of their kind: [[classes]]


class Key(NamedTuple):
    """One key, as it stands in the file."""

    table: str
    name: str
    type: str
    default: str  # as TOML; "" where the key has to be there
    meaning: str

    @property
    def path(self) -> str:
        """What ``--set`` calls it."""
        return f"{self.table}.{self.name}"


def all_keys() -> list[Key]:
    """All keys, in the order of the file."""
    return [key for name, document in _tables() for key in _keys(name, document)]


def page() -> str:
    """The page of the reference."""
    parts = [
        "# assignment.toml\n\nWhat is asked of students and how it is marked. `grade … --set "
        "TABLE.KEY=VALUE` lays another value over any key but those of `[[classes]]` for one run. "
        "An unknown key or a wrong value is refused with file, line and cure. Editors complete "
        "and check the file by its [JSON schema](assignment.schema.json): the sample's first line "
        "names it, `#:schema ./assignment.schema.json`."
    ]
    for name, document in _tables():
        heading = f"[[{name}]]" if name in ARRAYS else f"[{name}]"
        rows = [
            (code(key.name), key.type, code(key.default) or "required", key.meaning)
            for key in _keys(name, document)
        ]
        parts.append(f"## `{heading}`\n\n{first_paragraph(document)}")
        parts.append(table(("key", "type", "default", "meaning"), rows))
    return "\n\n".join(parts) + "\n"


def schema() -> str:
    """The JSON schema, with each key's meaning."""
    told: dict[str, Any] = Assignment.model_json_schema()
    del told["properties"]["home"]  # the folder, which the file does not say
    told["required"].remove("home")
    told["description"] = "What is asked of students and how it is marked."
    documents = {each.__name__: each for each in _documents(Assignment)}
    for name, part in told["$defs"].items():
        part["description"] = first_paragraph(documents[name])
        for field, meaning in meanings(documents[name]).items():
            alias = documents[name].model_fields[field].alias or field
            part["properties"][alias]["description"] = meaning
    for name, inner in _tables():
        told["properties"][name]["description"] = first_paragraph(inner)
    return json.dumps(_without_titles(told), indent=2, ensure_ascii=False) + "\n"


def _tables() -> Iterator[tuple[str, type[Document]]]:
    for name, field in Assignment.model_fields.items():
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for each in inner:
            if isinstance(each, type) and issubclass(each, Document):
                yield name, each


def _documents(document: type[Document]) -> Iterator[type[Document]]:
    yield document
    for field in document.model_fields.values():
        for each in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(each, type) and issubclass(each, Document):
                yield from _documents(each)


def _keys(name: str, document: type[Document]) -> Iterator[Key]:
    said, shape = meanings(document), document.model_json_schema()
    for field, info in document.model_fields.items():
        alias = info.alias or field
        missing = info.default is PydanticUndefined
        default = "" if missing else _toml(info.default)
        default = "{}" if info.default_factory is not None else default
        kind = _type(shape["properties"][alias], shape.get("$defs", {}))
        yield Key(name, alias, kind, default, said.get(field, ""))


def _toml(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Document):
        inner = ", ".join(f"{key} = {_toml(each)}" for key, each in value)
        return f"{{ {inner} }}"
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps(value, ensure_ascii=False)


def _type(shape: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in shape:
        inner = definitions[shape["$ref"].rpartition("/")[2]]
        return "table of " + ", ".join(code(name) for name in inner["properties"])
    if "anyOf" in shape:
        return " or ".join(_type(each, definitions) for each in shape["anyOf"])
    if "enum" in shape or "const" in shape:
        return ", ".join(code(json.dumps(each)) for each in shape.get("enum", [shape.get("const")]))
    if isinstance(inner := shape.get("additionalProperties"), dict):
        return f"by name: {_type(inner, definitions)}"
    if shape.get("type") == "array":
        return f"list of {_type(shape['items'], definitions)}"
    kind = "nothing" if shape["type"] == "null" else str(shape["type"])
    return kind + _bounds(shape)


def _bounds(shape: dict[str, Any]) -> str:
    words = {
        "exclusiveMinimum": "above {}",
        "minimum": "{} or more",
        "maximum": "at most {}",
        "minLength": "{} characters or more",
        "maxLength": "at most {} characters",
    }
    said = [text.format(f"{shape[name]:g}") for name, text in words.items() if name in shape]
    said += [f"as `{shape['pattern']}`"] if "pattern" in shape else []
    return f", {', '.join(said)}" if said else ""


def _without_titles(told: Any) -> Any:
    """The schema without the titles that pydantic makes of the names."""
    if isinstance(told, list):
        return [_without_titles(each) for each in told]
    if not isinstance(told, dict):
        return told
    kept = {
        name: each for name, each in told.items() if not isinstance(each, str) or name != "title"
    }
    return {name: _without_titles(each) for name, each in kept.items()}
