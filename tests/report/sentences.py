"""Every sentence that pages, exports and findings can say: what the catalogue must hold."""

from __future__ import annotations

import ast
from pathlib import Path

from jinja2 import Environment, nodes

from grader import decisions
from grader.cli.main import COMMANDS
from grader.cli.parser import ARGPARSE
from grader.evidence.vocabulary import VOCABULARY
from grader.report import class_summary, phrases
from grader.review import phrases as review_phrases
from grader.review.needs import NEEDS

ROOT = Path(__file__).parents[2]
SAYING = ("said", "t", "say", "_say", "Sentence")
TABLES = (
    *(
        phrases.STATUS,
        phrases.STATUS_MEANING,
        phrases.SEVERITY,
        phrases.OUTCOME,
        phrases.REPORT_WORDS,
    ),
    *(
        phrases.PROBLEM,
        phrases.STAGE,
        phrases.LEVEL_NAMES,
        phrases.KIND,
        phrases.VARIANT,
        phrases.QUANTITY,
        phrases.AXIS_NAMES,
        phrases.COURSE,
        phrases.FINDING,
        class_summary.SCRIPT,
        decisions.EXPECTED,
        review_phrases.ORDER_NAMES,
        review_phrases.ACTION_NAMES,
        review_phrases.SCRIPT,
        NEEDS,
    ),
)


def all_sentences() -> set[str]:
    said = {text for _, message, hint in VOCABULARY.values() for text in (message, hint)}
    said |= {text for table in TABLES for text in table.values()}
    said |= {title for _, title, _ in phrases.CHARTS}
    for template in (ROOT / "templates").glob("*.html"):
        said |= in_template(template.read_text(encoding="utf-8"))
    for module in (ROOT / "grader").rglob("*.py"):
        said |= in_python(module.read_text(encoding="utf-8"))
    return said | set(ARGPARSE) | set(COMMANDS.values())


def in_template(source: str) -> set[str]:
    """First text arguments of t, tx; second of ta; and of lists that t is mapped over."""
    tree = Environment(autoescape=True).parse(source)
    found = set()
    for call in tree.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        place = {"t": 0, "tx": 0, "t_plain": 0, "ta": 1}.get(name)
        if place is not None and isinstance(call.args[place], nodes.Const):
            found.add(str(call.args[place].as_const()))
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Tuple):
            found |= {str(item.as_const()) for item in loop.iter.items}
    return found


def in_python(source: str) -> set[str]:
    """Texts that said(...), t(...), say(...) self._say(...) and Sentence(...) are called with, and
    what add_argument(...) has as help.
    """
    found: list[ast.expr] = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            found += call.args[:1] if name in SAYING else []
            if name == "add_argument":
                found += [word.value for word in call.keywords if word.arg == "help"]
    texts = [text.value for text in found if isinstance(text, ast.Constant)]
    return {text for text in texts if isinstance(text, str)}
