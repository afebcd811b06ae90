"""How templates are read: safe by default, compiled once, what never changes settled beforehand."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from grader.report import files, phrases
from grader.report.text import visible

_SENTENCE = re.compile(r'\{\{ t\("([^"\\]+)"\) \}\}')
_ICON = re.compile(r'\{\{ icon\("([a-z]+)"\) \}\}')


class SettledTemplate(Extension):
    """Puts sentences without facts, and icons, into a template before it is compiled: a page
    has some hundred of them, and they are the same on every page.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """`source` with its constant sentences and icons as HTML."""
        if name == "icons.html":
            return source
        source = _SENTENCE.sub(lambda match: str(phrases.t(match[1])), source)
        return _ICON.sub(lambda match: str(icon(self.environment, match[1])), source)


class Compiled(BytecodeCache):
    """Templates that this process has compiled: a command makes several environments."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket`, if its template was compiled before."""
        if (code := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


def environment() -> Environment:
    """An environment in which every value is escaped, and what cannot be seen is shown."""
    return Environment(
        loader=FileSystemLoader(files.templates()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_finalize,
        extensions=[SettledTemplate],
        bytecode_cache=_COMPILED,
    )


def icon(environment: Environment, name: str) -> str:
    """The icon `name` as SVG, from ``icons.html``."""
    macro: Any = environment.get_template("icons.html").module
    return str(macro.icon(name))


def _finalize(value: Any) -> Any:
    """Every value that a template shows: unseen characters are made visible."""
    return visible(value) if type(value) is str else value
