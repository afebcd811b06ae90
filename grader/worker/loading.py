"""Loading a submission: its private copy, its entry, the process around it, the import."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any, Callable, NamedTuple

from . import compat, faults, hooks, importing, notebooks, seeding, shell, source, staging
from .audit import Observer, UnreadImage
from .entry import Entry, find_entry, module_name, write_source
from .own_view import OwnView
from .protocol import Meta
from .text import clean
from .workdir import Workdir

FRAMEWORKS = (
    *("mindspore", "torch", "tensorflow", "keras", "paddle", "jax", "sklearn", "onnxruntime"),
)
MOST_NOTES = 50


class LoadOrder(NamedTuple):
    """What the grader asks of a load.

    submission: folder of what was handed in, only read. work: folder for the private copy, which
    becomes the working directory. provided: folder with files that the assignment gives, laid
    where the submission lacks them. entry, function, marker: see `find_entry`. device: "CPU", "GPU"
    or "Ascend". compat: whether old interfaces are put back. move: whether a submission that fixes
    another device runs on this one. run: False to lay files out only. known: packages of which
    something may be made at import that nobody uses, where they are absent.
    seconds: soft limit of the import, after which TimeLimit is raised in it; 0 for none.
    """

    submission: Path
    work: Path
    provided: Path | None
    plain: Path | None
    entry: str
    function: str
    marker: str
    device: str
    threads: int
    compat: bool
    move: bool
    run: bool
    seconds: float
    lend: dict[str, str]  # path that the code asks for -> file of the submission that goes there
    concealed: list[str]  # installed packages that are not to be found
    known: list[str]
    others: list[str]  # functions of the assignment's other parts
    enclose: bool  # whether what only this machine has is hidden here, as nothing else does it

    @classmethod
    def read(cls, meta: Meta) -> LoadOrder:
        """The order in a call's meta data. Raises KeyError without `submission` and `work`."""
        provided, plain = meta.get("provided"), meta.get("plain")
        return cls(
            Path(meta["submission"]),
            Path(meta["work"]),
            Path(provided) if provided else None,
            Path(plain) if plain else None,
            str(meta.get("entry", "main.py")),
            str(meta.get("function", "predict")),
            str(meta.get("marker", "")),
            str(meta.get("device", "CPU")),
            int(meta.get("threads", 2)),
            bool(meta.get("compat", True)),
            bool(meta.get("move", False)),
            bool(meta.get("run", True)),
            float(meta.get("seconds", 0)),
            dict(meta.get("lend") or {}),
            list(meta.get("concealed") or []),
            list(meta.get("known") or []),
            list(meta.get("others") or []),
            bool(meta.get("enclose", False)),
        )


class Loading:
    """One load. Afterwards `function` is what is to be called, if it is there.

    The report's fields: entry (as handed in), lent (paths for which a file was lent), notes,
    compatibility (old interfaces that were made use of so far: what comes later could tell the
    student of hidden images), absent (packages that are not here, which it went on without),
    function (is it there), parameter (its first one's name), file, line and lines (first and last)
    of its definition, elsewhere (where it stands if it is not there: see `source.where_defined`),
    alike (what is probably it, under another name), without (functions of the assignment's other
    parts that are not there),
    error (see `faults.describe`) and stopped (the import failed after the function was there),
    frameworks (in memory), attempts (see `Observer`).
    """

    def __init__(self, order: LoadOrder) -> None:
        """Copy the submission and find its entry. Raises OSError where the copy cannot be made."""
        self._order = order
        self._notes = staging.stage(order.submission, order.work, order.provided, order.plain)
        self._lent = staging.lend(order.work, order.lend)
        work = order.work.resolve()
        self._entry = find_entry(work, order.entry, order.function, order.marker, self._notes)
        if self._entry is not None and not self._entry.imports and self._has_others(self._entry):
            self._entry = self._entry._replace(imports=True)
            del self._notes[-1]  # that it was not imported
        self.place = Workdir(work, self._entry.path.parent if self._entry else None)
        if self._entry is not None and self._entry.cells:
            self.place.made[self._entry.path] = (self._entry.origin, self._entry.cells)
        self.observer = Observer(self.place)
        self.view = OwnView(self.place) if order.enclose else None
        self.function: Callable[[Any], Any] | None = None
        self.error: BaseException | None = None
        self._module: Any = None  # that was imported, once it was
        self._absent: list[str] = []  # packages that stand-ins were found for
        self._used = self._arrange()

    def _has_others(self, entry: Entry) -> bool:
        """Whether the entry has a function of another part of the assignment."""
        return any(source.binds(entry.path, function) for function in self._order.others)

    def _arrange(self) -> list[str]:
        """Make the process ready; the list into which used old interfaces are going to be put."""
        order = self._order
        name = self._entry.path.name if self._entry else order.entry
        importing.arrange_process(self.place, name, order.device, order.threads)
        hooks.conceal(order.concealed)
        after, put_back = hooks.AfterImportFinder(), hooks.PutBackFinder()
        seeding.repeatable(after)
        if self.view is not None:
            self.view.watch_readers(after)
        layer = compat.CompatLayer(
            after, put_back, self.observer, self.place, order.device, order.threads
        )
        layer.arrange(order.submission, order.compat, order.move)
        hooks.install(layer.finders)
        importing.arrange_path(self.place)  # from here on the submission's modules can be found
        stand_ins = compat.absent.Finder(
            self.place, self._absent.append, lambda name: layer.use(f"{name} → nothing")
        )
        hooks.install([after], [put_back, stand_ins])
        self.observer.start()
        if self.view is not None:
            self.view.start()
        self._give_shell(after, stand_ins, layer)
        return layer.used

    def _give_shell(
        self,
        after: hooks.AfterImportFinder,
        stand_ins: compat.absent.Finder,
        layer: compat.CompatLayer,
    ) -> None:
        """Let notebooks, and what was exported or pasted from them, have their shell."""
        rest = compat.absent.Silent("IPython")
        there = shell.Shell(self.place, self._run_file, self._note, rest)
        late = "from __future__ import annotations"
        importing.bind(shell.names(there), self.place, lambda: layer.use(late))
        found = shell.of_module(self.place, there)
        for name in ("IPython", "IPython.core.getipython"):
            after.when(name, lambda module: setattr(module, "get_ipython", found))
            stand_ins.provided[name] = {"get_ipython": found}

    def _note(self, what: str) -> None:
        if what not in self._notes and len(self._notes) < MOST_NOTES:
            self._notes.append(what)

    def _run_file(self, path: Path) -> dict[str, Any]:
        """Names that a source or notebook binds, which is run for another by %run."""
        converted = notebooks.convert(path, "") if path.suffix == ".ipynb" else None
        if converted is not None:
            made = write_source(path, converted)
            self.place.made[made] = (self.place.name(path), converted.cells)
            path = made
        module, error = importing.import_file(path, module_name(path))
        if error is not None:
            raise error
        return {name: value for name, value in vars(module).items() if not name.startswith("__")}

    def run(self) -> Meta:
        """Import the entry, if that is wanted; the report of the load."""
        report: Meta = {
            "entry": "",
            "function": False,
            "parameter": "",
            "file": "",
            "line": 0,
            "lines": [],
            "elsewhere": "",
            "alike": "",
            "error": None,
            "stopped": False,
        }
        if self._entry is not None:
            report.update(entry=self._entry.origin, others=list(self._entry.others))
            report.update(self._defined(self._entry), without=list(self._order.others))
            if self._order.run and self._entry.imports:
                report.update(self._import(self._entry))
        report["lent"] = self._lent
        report["notes"] = self._notes[:MOST_NOTES]
        report["compatibility"] = self._used[:MOST_NOTES]
        report["absent"] = list(self._absent[:MOST_NOTES])
        report["frameworks"] = [name for name in FRAMEWORKS if hooks.loaded(name)]
        report["frameworks"] += ["cv2.dnn"] if self.observer.networks else []
        report["attempts"] = self.observer.facts()
        report["outside"] = self.outside()
        return report

    def outside(self) -> list[dict[str, Any]]:
        """What the submission asked for that only its author's machine has, as `OwnView` has it."""
        return list(self.view.told) if self.view is not None else []

    def _defined(self, entry: Entry) -> Meta:
        """Where the entry's text defines the function, whether or not it is ever run."""
        text = source.read_source(entry.path)
        lines = source.function_lines(text, self._order.function)
        told = _spots(self.place, str(entry.path), lines) if lines else {}
        name = self._order.function
        return dict(
            told,
            elsewhere=source.where_defined(text, name),
            alike=source.similar_function(text, name, self._order.others),
        )

    def _import(self, entry: Entry) -> Meta:
        before = sys.modules.get(entry.module)  # a library's, where the entry is called as one
        compat.absent.wait(self.place, self._order.known)
        module, self.error = importing.import_file(entry.path, entry.module, self._order.seconds)
        made_of = compat.absent.wait_no_more()
        after = sys.modules.get(entry.module)  # another one, where the code put it there
        report: Meta = {}
        self._module = module if after in (None, before) else after
        called = self.named(self._order.function)
        if callable(called):
            self.function = called
            report.update(function=True, parameter=_first_parameter(called), elsewhere="")
            report.update(_place_of(called, self.place))
        report["without"] = [name for name in self._order.others if self.named(name) is None]
        if self.error is not None:
            error = self.described(self.error, self.observer.unread)
            if made_of and isinstance(self.error, (TypeError, ValueError, AttributeError)):
                error.setdefault("missing_package", made_of[0])  # a stand-in fits nowhere
            report.update(error=error, stopped=self.function is not None)
        return report

    def where_function(self) -> Meta:
        """{file, line} of the function's definition; nothing where that is not known."""
        place = _place_of(self.function, self.place) if self.function is not None else {}
        return {name: place[name] for name in ("file", "line") if name in place}

    def named(self, function: str) -> Callable[..., Any] | None:
        """A function of the imported module, by its name; None where there is none."""
        called = _named(self._module, function)
        return called if callable(called) else None

    def described(self, error: BaseException, unread: list[UnreadImage]) -> Meta:
        """The error as `faults.describe` has it. A file that is not there, after the submission ran
        a program, may be one that the program was to make: level basic refuses programs, and
        `os.system` tells of that by its result alone.
        """
        facts = faults.describe(error, self.place, unread)
        if facts.get("missing_path") and self.observer.commands:
            facts["refused"] = True
        return facts


def _named(module: Any, name: str) -> Any:
    """What a module has under a name, as `from main import predict` finds it; None for nothing."""
    try:
        return getattr(module, name, None)
    except Exception:  # a module may have code of its own for that
        return None


def _first_parameter(called: Callable[..., Any]) -> str:
    try:
        return clean(next(iter(inspect.signature(called).parameters), ""))
    except Exception:  # anything can be callable, and say what it likes about itself
        return ""


def _place_of(called: Callable[..., Any], place: Workdir) -> Meta:
    """File and lines of a function's own code, wherever in the submission it was defined."""
    try:
        code: Any = getattr(inspect.unwrap(called), "__code__", None)
        text = source.read_source(Path(code.co_filename))
        lines = source.function_lines(text, code.co_name) or (code.co_firstlineno,) * 2
        return _spots(place, code.co_filename, lines)
    except Exception:  # anything can be callable
        return {}


def _spots(place: Workdir, filename: str, lines: tuple[int, int]) -> Meta:
    first, last = place.spot(filename, lines[0]), place.spot(filename, lines[1])
    if first is None or last is None:
        return {}
    return {"file": first.file, "line": first.line, "lines": [first.line, last.line]}
