"""What can be said of the texts that students of a lab get: whether they ask for what
``assignment.toml`` asks for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.assignment import Assignment
from grader.labs.hand_out import readmes, renewed_texts
from grader.labs.image_survey import Line
from grader.labs.student_text import STARTER, has_blocks, names_asked
from grader.language import Sentence

RENEWED = Sentence("{file}: older than assignment.toml; students get what that asks for now")


def about_texts(assignment: Assignment) -> Iterator[Line]:
    """What README and starter say otherwise than the assignment."""
    yield from _readme(assignment)
    yield from _starter(assignment)


def _readme(assignment: Assignment) -> Iterator[Line]:
    texts = readmes(assignment)
    if not texts:
        return  # one is written with the zip
    for name in renewed_texts(assignment):
        yield Line(
            None,
            Sentence(RENEWED.text, {"file": name}),
            Sentence("Nothing has to be done: `grade hand-out` writes what is between the marks."),
        )
    whole = "\n".join(texts.values())
    lacking = [name for name in names_asked(assignment) if not _has(whole, name)]
    if lacking and not any(map(has_blocks, texts.values())):
        yield Line(
            None,
            Sentence(
                "{file}: says nothing of {names}, which assignment.toml asks for",
                {"file": ", ".join(texts), "names": ", ".join(lacking)},
            ),
            Sentence("Write it there, or move the file away: `grade hand-out` then makes one."),
        )


def _has(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _starter(assignment: Assignment) -> Iterator[Line]:
    """The file of the starter that is to be the entry, where there is one."""
    interface = assignment.interface
    path = assignment.home / STARTER / interface.entry
    if path.suffix != ".py" or not path.is_file():
        return
    facts = {"file": f"{STARTER}/{interface.entry}"}
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        facts["error"] = str(error)
        yield Line(False, Sentence("{file}: Python cannot read it: {error}", facts))
        return
    bound = {name for node in tree.body for name in _bound(node)}
    if "*" in bound:
        return  # whatever is imported there
    asked = {interface.function: assignment.names}
    asked |= {part.function: tuple(one.en for one in part.classes) for part in assignment.parts}
    if interface.function not in bound:
        text_ = Sentence("{file}: defines no {function}", facts | {"function": interface.function})
        yield Line(False, text_, Sentence("Call it as assignment.toml does: interface.function."))
    for part in assignment.parts:
        if part.function not in bound:
            more = facts | {"function": part.function, "part": part.id}
            told = Sentence("{file}: defines no {function}, which the part {part} asks for", more)
            yield Line(None, told, Sentence("Add it, so that all students begin with the same."))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        names = asked.get(function.name, ())
        for said in _words(function) if names else ():
            if said not in names:
                more = facts | {"function": function.name, "said": said}
                told = Sentence(
                    "{file}: {function} returns {said}, which is none of its classes", more
                )
                yield Line(False, told, Sentence("Return one of the names in assignment.toml."))
    other = {"RGB": "BGR", "BGR": "RGB"}[interface.channels]
    if _has(text, other) and not _has(text, interface.channels):
        more = facts | {"other": other, "channels": interface.channels}
        yield Line(
            False,
            Sentence("{file}: speaks of {other}, and images come in {channels}", more),
            Sentence("Correct it, or interface.channels."),
        )


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement at top level binds, as far as a function may have them."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    else:
        yield from (
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        )


def _words(function: ast.FunctionDef) -> Iterator[str]:
    """Texts that it returns as they stand."""
    for node in ast.walk(function):
        said = node.value if isinstance(node, ast.Return) else None
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield said.value
