"""What `get_ipython()` is here: a shell that does what defines code, and says what it left out.

A notebook's own grammar has become calls of it (see `grader.readers.notebook_grammar`). Files are
written and run as a notebook would; of programs those run that only look at files or move them,
within this process's confinement. All else does nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path
from types import FrameType
from typing import Any, Callable

from .text import clean
from .workdir import Workdir

PROGRAM_SECONDS = 20.0  # for one program
MOST_NOTES = 20

_PROGRAMS = {
    *("basename", "cat", "cp", "date", "dirname", "du", "echo", "env", "file", "find", "grep"),
    *("gunzip", "gzip", "head", "ln", "ls", "md5sum", "mv", "printf", "pwd", "rm", "rmdir", "sed"),
    *("sha256sum", "sleep", "sort", "tail", "tar", "test", "touch", "tr", "tree", "uniq", "wc"),
    *("which", "chmod", "export", "true"),
}
_ALIASES = {"ll": "ls -l", "lf": "ls -l", "lk": "ls -l", "lx": "ls -l", "ldir": "ls -l"}
_SHELL_MAGICS = ("cat", "cp", "ls", "man", "mkdir", "more", "less", "mv", "rm", "rmdir", *_ALIASES)
_CODE_MAGICS = ("time", "capture", "prun", "timeit")

Run = Callable[[Path], "dict[str, Any]"]  # the names that a source or notebook binds


class ShellLines(list):  # type: ignore[type-arg]
    """What a program printed, as IPython gives it."""

    @property
    def n(self) -> str:
        """All of it, lines parted by line breaks."""
        return "\n".join(self)

    @property
    def s(self) -> str:
        """All of it, lines parted by blanks."""
        return " ".join(self)

    l = property(list)  # noqa: E741 - IPython's name
    nlstr, spstr = n, s


class Shell:
    """Stands for IPython's shell; `rest` answers for all that it has and does not do itself."""

    def __init__(self, place: Workdir, run: Run, note: Callable[[str], None], rest: Any) -> None:
        """run: runs a file of the submission. note: told what was left out."""
        self._place = place
        self._run = run
        self._note = note
        self._rest = rest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rest, name)

    def run_line_magic(self, name: str, line: str = "", _stack_depth: int = 1, **more: Any) -> Any:
        """`%name line`."""
        frame = sys._getframe(1)
        name, line = name.lstrip("%"), _filled(line, frame)
        if name == "run":
            frame.f_globals.update(self._run_file(line))
        elif name in ("cd", "pushd"):
            self._change_folder(line)
        elif name == "pwd":
            return os.getcwd()  # noqa: PTH109 - IPython gives a text
        elif name in ("env", "set_env"):
            return self._environment(line)
        elif name in _SHELL_MAGICS:
            self._show(f"{_ALIASES.get(name, name)} {line}")
        elif name in ("sx", "system"):
            return self._output(line)
        elif name in _CODE_MAGICS:
            return _evaluated(line, frame) if name == "time" else None
        elif name == "pylab":
            exec("import numpy as np\nfrom matplotlib import pyplot as plt", frame.f_globals)  # noqa: S102
        elif name in ("pip", "conda", "mamba", "uv"):
            self._leave_out(f"%{name} {line}")
        return None

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """`%%name line` above a cell."""
        frame = sys._getframe(1)
        if name in ("writefile", "file"):
            self._write_file(_filled(line, frame), cell)
        elif name in ("time", "capture", "prun"):
            exec(compile(cell, "<cell>", "exec"), frame.f_globals)  # noqa: S102 - as the cell is
        elif name in ("bash", "sh", "system", "sx", "!"):
            for command in cell.splitlines():
                self._show(command)
        elif name not in ("html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"):
            self._leave_out(f"%%{name} {line}")
        return None

    def magic(self, text: str) -> Any:
        """`%text`, as older exports have it."""
        name, _, line = text.strip().partition(" ")
        return self.run_line_magic(name, line)

    run_magic = magic

    def system(self, command: str) -> None:
        """`!command`."""
        self._show(_filled(command, sys._getframe(1)))

    system_raw = system_piped = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        """`names = !command`."""
        lines = self._output(_filled(command, sys._getframe(1)))
        return lines if split else lines.n

    def captured(self) -> Any:
        """What `%%capture names` binds."""
        return self._rest

    # --- files --------------------------------------------------------------------------

    def _run_file(self, line: str) -> dict[str, Any]:
        words = [word for word in _words(line) if not word.startswith("-")]
        if not words:
            return {}
        path = Path(os.path.expanduser(words[0]))  # noqa: PTH111 - as IPython does
        for candidate in (
            path,
            path.with_name(path.name + ".py"),
            path.with_name(path.name + ".ipynb"),
        ):
            if candidate.is_file():
                return self._run(candidate.resolve())
        raise FileNotFoundError(2, "No such file or directory", words[0])

    def _write_file(self, line: str, cell: str) -> None:
        words = _words(line)
        names = [word for word in words if not word.startswith("-")]
        if not names:
            return None
        path = Path(os.path.expanduser(names[-1]))  # noqa: PTH111 - as IPython does
        if self._place.within(str(path)) is None:
            return self._leave_out(f"%%writefile {line}")
        path.parent.mkdir(parents=True, exist_ok=True)
        appends = any(word in ("-a", "--append") for word in words)
        with path.open("a" if appends else "w", encoding="utf-8") as file:
            file.write(cell)
        sys.path_importer_cache.clear()  # or a module that was just written is not found
        return None

    def _change_folder(self, line: str) -> None:
        words = _words(line)
        try:
            os.chdir(words[-1] if words else str(self._place.cwd))
        except OSError:  # a folder of another machine; IPython, too, says so and goes on
            self._leave_out(f"%cd {line}")

    def _environment(self, line: str) -> Any:
        name, sign, value = (
            (part.strip() for part in re.split(r"(=|\s)", line, maxsplit=1))
            if (re.search(r"=|\s", line))
            else (line.strip(), "", "")
        )
        if not name:
            return dict(os.environ)
        if value or sign == "=":
            os.environ[name] = value
            return None
        return os.environ.get(name)

    # --- programs -----------------------------------------------------------------------

    def _show(self, command: str) -> None:
        for line in self._output(command):
            sys.stdout.write(f"{line}\n")

    def _output(self, command: str) -> ShellLines:
        """What the command prints; nothing for one that is left out."""
        command = command.strip()
        words = _words(command)
        if not words:
            return ShellLines()
        if words[0] == "mkdir":
            _make_folders(words[1:])
        elif words[0] == "unzip":
            _unzip(words[1:])
        elif words[0] == "cd" and not re.search(r"[;&|]", command):
            pass  # of a shell that ends at once
        elif all(
            _program(part) in {*_PROGRAMS, "cd", "mkdir"} for part in re.split(r"[;&|]+", command)
        ):
            return _ran(command)
        else:
            self._leave_out("!" + command)
        return ShellLines()

    def _leave_out(self, what: str) -> None:
        spot = self._place.calling_spot(sys._getframe(1))
        self._note(f"left out of {spot.file}: {clean(what, 120)}" if spot else clean(what, 120))


def names(shell: Shell) -> dict[str, Any]:
    """What a notebook's cells find bound: `get_ipython` and `display`."""

    def get_ipython() -> Shell:
        return shell

    def display(*things: Any, **options: Any) -> None:
        """Shows nothing: nobody looks."""

    return {"get_ipython": get_ipython, "display": display}


def of_module(place: Workdir, shell: Shell) -> Callable[[], Shell | None]:
    """`IPython.get_ipython`: the shell for the submission, None for a library that looks for
    one.
    """

    def get_ipython() -> Shell | None:
        return shell if place.source(sys._getframe(1).f_code.co_filename) is not None else None

    return get_ipython


def _filled(text: str, frame: FrameType) -> str:
    """The text with the values of `{names}` and `$names` of the cell, as IPython fills it."""
    known = {**frame.f_globals, **frame.f_locals}

    def value(match: Any) -> str:
        expression = match.group(1) or match.group(2)
        if expression in known:
            return str(known[expression])
        try:
            return str(eval(expression, dict(known)))  # noqa: S307 - the submission's own words
        except Exception:
            return str(match.group())

    return re.sub(r"\{([^{}\n]+)\}|\$([A-Za-z_]\w*)", value, text)


def _evaluated(line: str, frame: FrameType) -> Any:
    try:
        return eval(line, frame.f_globals, frame.f_locals)  # noqa: S307 - as the cell is
    except SyntaxError:
        exec(line, frame.f_globals)  # noqa: S102
        return None


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def _program(command: str) -> str:
    words = _words(command)
    return words[0].rpartition("/")[2] if words else "true"


def _make_folders(words: list[str]) -> None:
    for word in words:
        if not word.startswith("-"):
            try:
                os.makedirs(word, exist_ok=True)  # noqa: PTH103 - a text, as it was typed
            except OSError as error:
                sys.stdout.write(f"mkdir: {error}\n")


def _unzip(words: list[str]) -> None:
    names = [word for word in words if not word.startswith("-")]
    target = names[-1] if "-d" in words and len(names) > 1 else "."
    try:
        with zipfile.ZipFile(names[0]) as archive:
            archive.extractall(target)
    except (OSError, IndexError, zipfile.BadZipFile) as error:
        sys.stdout.write(f"unzip: {error}\n")


def _ran(command: str) -> ShellLines:
    try:
        done = subprocess.run(  # noqa: S602 - of the programs above, confined as all of this is
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PROGRAM_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        sys.stdout.write(f"{_program(command)}: {error}\n")
        return ShellLines()
    return ShellLines(done.stdout.decode("utf-8", "replace").splitlines())
