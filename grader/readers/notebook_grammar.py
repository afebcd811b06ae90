"""What only notebooks understand, as plain Python: IPython's own grammar, put into calls.

Every line and cell that IPython would take becomes what IPython makes of it: `!ls` a call of
`get_ipython().system`, `%%writefile net.py` one of `run_cell_magic`. The worker's shell answers
those calls. A source that is Python already stays as it is.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Iterator

MAX_SOURCE_CHARS = 200_000  # characters of a cell or source that is translated

# Cells in another language, to be written to a file, or to run in a process or a way of their own.
_NOT_HERE = frozenset(
    """
    ! HTML SVG bash bat cmd cython debug dot file html javascript js julia latex markdown mermaid
    perl plantuml powershell pypy python python2 python3 ruby script sh sql svg sx system timeit
    writefile R r octave
    """.split()  # noqa: SIM905 - words
)
# What IPython takes for a magic without a "%": its line magics and shell aliases.
_AUTOMAGICS = frozenset(
    """
    alias alias_magic autoawait autocall automagic autoreload bookmark cat cd clear colors conda
    config cp debug dhist dirs edit env gui hist history ldir less lf lk ll load load_ext loadpy
    logstart ls lsmagic lx macro magic mamba man matplotlib micromamba mkdir more mv notebook page
    pastebin pdb pdef pdoc pfile pinfo pip pip3 popd pprint precision prun psearch psource pushd pwd
    pycat pylab quickref recall rehashx reload_ext rep rerun reset reset_selective rm rmdir run save
    sc set_env store sx system tb time timeit unalias unload_ext uv who who_ls whos xdel xmode
    """.split()  # noqa: SIM905 - words
)
_CELL_MAGIC = re.compile(r"\s*%%(?P<name>!|[\w.]+)(?P<line>[^\n]*)\n?")
# A line that nothing but a notebook takes, for sources that are not known to be one's.
_TELLING = re.compile(
    r"^\s*[%!]|=\s*[%!]\s*\w|^\s*[\w.]+\?{1,2}\s*$|^In \[\d*\]:|^\s*(pip3?|conda)\s+install\s",
    re.MULTILINE,
)
_TIMED = re.compile(r"^(\s*)get_ipython\(\)\.run_line_magic\('(?:time|prun)', ('.*'|\".*\")\)$")
_FIRST_WORD = re.compile(r"\s*([A-Za-z_]\w*)(?=\s|$)(?!\s*[=,)\]])\s*")


def parses(text: str) -> bool:
    """Whether Python takes a source, a top-level `await` included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def plain_cell(text: str, bound: frozenset[str] = frozenset()) -> str:
    """A notebook's code cell as plain Python, each of its lines where it was. `bound`: names that
    the notebook itself binds, which are no magics.
    """
    if len(text) > MAX_SOURCE_CHARS:
        return text
    if magic := _CELL_MAGIC.match(text):
        return _of_cell_magic(text, magic, bound)
    automagic = _with_automagics(text, bound)
    if automagic == text and parses(text):
        return text
    return _translated(automagic, text)


def plain_source(text: str) -> str:
    """A source file into which lines of a notebook were pasted, as plain Python; as it is where
    Python takes it, or takes it no better afterwards.
    """
    if len(text) > MAX_SOURCE_CHARS or not _TELLING.search(text) or parses(text):
        return text
    cured = _translated(_with_automagics(text, frozenset(), whole=False), text)
    return cured if parses(cured) else text


def bound_names(cells: list[str]) -> frozenset[str]:
    """Names that cells bind at their top level, as far as Python parses them."""
    names: set[str] = set()
    for cell in cells:
        if len(cell) > MAX_SOURCE_CHARS or not parses(cell):
            continue
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
    return frozenset(names)


def _of_cell_magic(text: str, magic: re.Match[str], bound: frozenset[str]) -> str:
    name, line, body = magic["name"], magic["line"].strip(), text[magic.end() :]
    head = text[: magic.end()].count("\n")  # lines before the body
    if name not in _NOT_HERE:
        inner = plain_cell(body, bound)
        if name == "capture" and (target := re.match(r"(?:--?\w+\s+)*([A-Za-z_]\w*)", line)):
            first = f"{target[1]} = get_ipython().captured()"
        else:
            first = "pass"
        if parses(inner):  # code, as that of %%time, %%capture or an extension that is not known
            return "\n" * max(head - 1, 0) + first + "\n" + inner
    call = f"get_ipython().run_cell_magic({name!r}, {line!r}, {body!r})"
    return call + "\n" * (text.count("\n") - call.count("\n"))


def _with_automagics(text: str, bound: frozenset[str], whole: bool = True) -> str:
    """The text with a "%" before each line that is a magic without one. IPython knows these in
    cells of one line only; others could not have run, so that nothing else can be meant there.
    """
    lines = text.split("\n")
    alone = whole and sum(bool(line.strip()) for line in lines) == 1
    if not alone and parses(text):
        return text
    changed = False
    for number, line in enumerate(lines):
        word = _FIRST_WORD.match(line)
        if not word or word[1] in bound or word[1] not in _AUTOMAGICS:
            continue
        if not alone and parses(line.strip()):
            continue
        if (
            not alone
            and word.end() != len(line)
            and not re.match(r"[\w./~'\"-]", line[word.end() :])
        ):
            continue
        indent = line[: len(line) - len(line.lstrip())]
        lines[number], changed = f"{indent}%{line.lstrip()}", True
    return "\n".join(lines) if changed else text


def _translated(text: str, original: str) -> str:
    """What IPython makes of a source; `original` where it can make nothing of it."""
    from IPython.core.inputtransformer2 import TransformerManager

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = TransformerManager().transform_cell(text)  # type: ignore[no-untyped-call]
        except (SyntaxError, ValueError, RuntimeError, RecursionError, IndexError):
            return original
    return "\n".join(_in_place(text.split("\n"), made.rstrip("\n").split("\n")))


def _in_place(before: list[str], after: list[str]) -> Iterator[str]:
    """The translated lines, with blank ones behind those that stand for more than themselves."""
    if len(before) == len(after):
        yield from map(_run, after)
        return
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for _, start, end, low, high in matcher.get_opcodes():
        yield from map(_run, after[low:high])
        yield from [""] * (end - start - (high - low))


def _run(line: str) -> str:
    """The line; where it is a statement to be timed, the statement."""
    if (timed := _TIMED.match(line)) and parses(statement := ast.literal_eval(timed[2])):
        return timed[1] + str(statement)
    return line
