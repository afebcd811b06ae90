"""The hand-in's LeNet5: finding its class, building it, running it."""

from __future__ import annotations

import ast
import inspect
import itertools
import math
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Iterator, NamedTuple, Sequence, Tuple

import numpy as np

from . import entry, faults, importing, notebooks, source
from .frames import Meta
from .frameworks import Framework, Training, loaded_frameworks
from .layers import put_in, trace_layers, variant
from .operations import Array, Operation, Reply
from .place import Place
from .text import clean

MOST_FILES = 12  # that are imported in search of the class
SECONDS = 20.0  # soft limit for importing one of them

Inputs = Sequence[Tuple[int, ...]]

# What a network may take: the lecture's first, then variants, which are told in the reply.
INPUTS: Inputs = ((1, 32, 32), (1, 28, 28), (3, 32, 32), (32, 32, 1), (28, 28, 1), (1024,), (784,))

# Constructor arguments by a part of their name.
GUESSES: tuple[tuple[str, Any], ...] = (
    ("class", None),  # the number of classes that was asked for
    ("n_out", None),
    ("out_feature", None),
    ("output", None),
    ("channel", 1),
    ("in_feature", 1),
    ("size", 32),
    ("train", False),
    ("phase", "test"),
    ("keep_prob", 1.0),
    ("drop", 0.0),
    ("bias", True),
)


class Built(NamedTuple):
    """A network that was found and built."""

    network: Any
    framework: Framework
    name: str
    file: str
    line: int
    arguments: dict[str, Any]
    accepts: tuple[int, ...]  # sizes of one input that it takes, () if none
    gives: tuple[int, ...]  # sizes of one output for it
    error: BaseException | None  # of the forward pass, where it takes none


class Candidate(NamedTuple):
    """Something by whose call, or as which, a network may be had."""

    thing: Any
    module: ModuleType
    name: str


class LeNet5:
    """Operations on the one network that `lenet5` found."""

    def __init__(self, place: Place, marker: str) -> None:
        self._place = place
        self._marker = marker
        self._built: Built | None = None

    def operations(self) -> dict[str, Operation]:
        """Operations by name."""
        return {
            "lenet5": self.find,
            "lenet5_forward": self.forward,
            "lenet5_layers": self.layers,
            "lenet5_set": self.set,
            "lenet5_train": self.train,
        }

    def find(self, meta: Meta, array: Array) -> Reply:
        """Find and build the network; see `Built` for the reply's fields."""
        name, classes = meta.get("name", "LeNet5"), int(meta.get("classes", 10))
        self._built = None
        trouble: BaseException | None = None
        for candidate in self._candidates(name):
            named = _alike(candidate.name, name)
            try:
                built = self._build(candidate, classes, INPUTS if named else INPUTS[:2])
            except BaseException as error:
                trouble = (trouble or error) if named else trouble
                continue
            if named or built.gives == (classes,):
                self._built = built
                return self._report(built), None
        trouble = trouble or self._import_trouble
        described = faults.describe(trouble, self._place, []) if trouble else None
        return {"found": False, "error": described}, None

    def forward(self, meta: Meta, array: Array) -> Reply:
        """The network's output for a batch, in evaluation mode: {shape, error} and the array."""
        if self._built is None or array is None:
            return {"shape": [], "error": None, "missing": True}, None
        try:
            made = self._built.framework.forward(self._built.network, array)
        except BaseException as error:
            return {"shape": [], "error": faults.describe(error, self._place, [])}, None
        return {"shape": list(made.shape), "error": None}, made.astype(np.float32)

    def layers(self, meta: Meta, array: Array) -> Reply:
        """Layers in order of execution and the variant, for images sized like the array's, or
        like what the network takes: {layers, variant, error}. See `layers.py` for the fields.
        """
        if self._built is None:
            return {"layers": [], "variant": {}, "error": None, "missing": True}, None
        sizes = tuple(array.shape[1:]) if array is not None else self._built.accepts or INPUTS[0]
        found, error = trace_layers(self._built.framework, self._built.network, sizes)
        return {
            "layers": [layer.report() for layer in found[:200]],
            "variant": variant(found, sizes[1] if len(sizes) == 3 else 0),
            "error": faults.describe(error, self._place, []) if error else None,
        }, None

    def set(self, meta: Meta, array: Array) -> Reply:
        """Put the array in as `role`: "conv1.w", "dense2.b", counted in order of execution, in
        the sizes (out, in, height, width) or (out, in): {set, error}.
        """
        built, role = self._built, str(meta.get("role", ""))
        match = re.fullmatch(r"(conv|dense)([1-9])\.([wb])", role)
        if built is None or array is None or match is None:
            return {"set": False, "error": f"there is no {clean(role)} to set"}, None
        kind = {"conv": "convolution", "dense": "dense"}[match.group(1)]
        try:
            traced, _ = trace_layers(built.framework, built.network, built.accepts)
            fitting = [layer for layer in traced if layer.kind == kind and layer.step]
            layer = fitting[int(match.group(2)) - 1]
            put_in(built.framework, traced, layer, match.group(3), array)
        except IndexError:
            return {"set": False, "error": f"the network has {len(fitting)} {kind} layers"}, None
        except BaseException as error:
            return {"set": False, "error": faults.headline(error)}, None
        return {"set": True, "error": None}, None

    def train(self, meta: Meta, array: Array) -> Reply:
        """Train on the array's images with `labels` for `steps`: {losses, diverged, error}. Losses
        end before the first that is not finite.
        """
        if self._built is None or array is None:
            return {"losses": [], "error": None, "missing": True}, None
        plan = Training(
            int(meta.get("steps", 30)), int(meta.get("batch", 32)), float(meta.get("rate", 0.1))
        )
        images = np.array(array, np.float32)
        labels = np.array(meta.get("labels", [0] * len(images)))
        try:
            losses = self._built.framework.train(self._built.network, images, labels, plan)
        except BaseException as error:
            return {"losses": [], "error": faults.describe(error, self._place, [])}, None
        finite = list(itertools.takewhile(math.isfinite, losses))
        return {"losses": finite, "diverged": len(finite) < len(losses), "error": None}, None

    def _report(self, built: Built) -> Meta:
        parameters = built.framework.parameters(built.network)
        error = None if built.error is None else faults.describe(built.error, self._place, [])
        return {
            "found": True,
            "file": built.file,
            "line": built.line,
            "name": clean(built.name),
            "framework": built.framework.name,
            "error": error,
            "parameters": [{"name": p.name, "shape": list(p.shape)} for p in parameters[:200]],
            "count": sum(int(np.prod(p.shape)) for p in parameters),
            "constructed_with": built.arguments,
            "input": list(built.accepts),
            "output": list(built.gives),
        }

    # Finding ------------------------------------------------------------------------------------

    def _candidates(self, name: str) -> Iterator[Candidate]:
        """By exact name, then by likeness, then any network; each in memory, then from files."""
        self._import_trouble: BaseException | None = None
        exact: Callable[[str], bool] = lambda found: found == name  # noqa: E731
        alike: Callable[[str], bool] = lambda found: _alike(found, name)  # noqa: E731
        tried: list[int] = []
        for fits in (exact, alike):
            for module in loaded_modules(self._place):
                yield from self._new(module, fits, tried)
            for module in self._imported_for(fits):
                yield from self._new(module, fits, tried)
        # By its shape: classes alone, as calling functions that are not meant may do anything, and
        # asking networks that predict uses may change how they answer.
        for module in loaded_modules(self._place):
            yield from self._new(module, lambda found: True, tried, (_is_class,))

    def _new(
        self,
        module: ModuleType,
        fits: Callable[[str], bool],
        tried: list[int],
        kinds: Sequence[Callable[..., bool]] = (),
    ) -> Iterator[Candidate]:
        """Classes first, then functions that return a network, then networks already built."""
        bases = tuple(item.network_type() for item in loaded_frameworks())
        if not bases:
            return
        things = [(key, thing) for key, thing in list(vars(module).items()) if fits(key)]
        for wanted in kinds or (_is_class, _is_function, _is_network):
            for key, thing in things:
                if id(thing) not in tried and wanted(thing, bases, module):
                    tried.append(id(thing))
                    yield Candidate(thing, module, key)

    def _imported_for(self, fits: Callable[[str], bool]) -> Iterator[ModuleType]:
        """Files and notebooks with a fitting name that are not in memory, definitions only."""
        loaded = {getattr(module, "__file__", "") for module in loaded_modules(self._place)}
        count = 0
        for path in [
            *entry.handed_in(self._place.root, "*.py"),
            *entry.handed_in(self._place.root, "*.ipynb"),
        ]:
            made = self._source_of(path)
            if made is None or count >= MOST_FILES:
                continue
            last = _line_of(source.read_source(made), fits)
            if last and (str(made) not in loaded or not self._bound(made, fits)):
                count += 1
                module, error = import_definitions(made, last, self._place)
                self._import_trouble = self._import_trouble or error
                yield module

    def _bound(self, path: Path, fits: Callable[[str], bool]) -> bool:
        return any(
            fits(key)
            for module in loaded_modules(self._place)
            if getattr(module, "__file__", "") == str(path)
            for key in vars(module)
        )

    def _source_of(self, path: Path) -> Path | None:
        """The file itself; for a notebook the source made from it."""
        if path.suffix == ".py":
            return path
        made_from = {origin: made for made, (origin, _) in self._place.made.items()}
        origin = self._place.name(path)
        if origin not in made_from:
            converted = notebooks.convert(path, "")
            if converted is None:
                return None
            made_from[origin] = entry.write_source(path, converted)
            self._place.made[made_from[origin]] = (origin, converted.cells)
        return made_from[origin]

    # Building -----------------------------------------------------------------------------------

    def _build(self, candidate: Candidate, classes: int, inputs: Inputs) -> Built:
        """Build with as few arguments as needed; with guesses for more if the output asks for it.

        Raises what the constructor raises, TypeError where an argument cannot be guessed.
        """
        if not callable(candidate.thing) or _is_instance(candidate.thing):
            return self._tried(candidate, candidate.thing, {}, inputs)
        best: Built | None = None
        trouble: BaseException | None = None
        for arguments in _argument_sets(candidate.thing, classes):
            try:
                built = self._tried(candidate, candidate.thing(**arguments), arguments, inputs)
            except BaseException as error:
                trouble = trouble or error
                continue
            if built.accepts == INPUTS[0] and built.gives == (classes,):
                return built
            best = best or built
        if best is None:
            raise trouble or TypeError("it cannot be built")
        return best

    def _tried(
        self, candidate: Candidate, network: Any, arguments: dict[str, Any], inputs: Inputs
    ) -> Built:
        framework = _framework_of(network)
        if framework is None:
            raise TypeError(f"{candidate.name} gives no network")
        accepts, gives, error = _probe(framework, network, inputs)
        file, line = self._location(candidate)
        return Built(
            network, framework, candidate.name, file, line, arguments, accepts, gives, error
        )

    def _location(self, candidate: Candidate) -> tuple[str, int]:
        filename = str(getattr(candidate.module, "__file__", ""))
        owner = getattr(candidate.thing, "__module__", None)
        if owner in sys.modules and getattr(sys.modules[owner], "__file__", None):
            filename = str(sys.modules[owner].__file__)
        wanted = getattr(candidate.thing, "__name__", candidate.name)
        text = source.read_source(Path(filename))
        line = _line_of(text, lambda found: found == wanted, first=True)
        spot = self._place.spot(filename, line)
        return (spot.file, spot.line) if spot else (self._place.name(Path(filename)), line)


def loaded_modules(place: Place) -> list[ModuleType]:
    """Modules of the hand-in that are in memory."""
    found = []
    for module in list(sys.modules.values()):
        filename = getattr(module, "__file__", None)
        if isinstance(filename, str) and place.source(filename) is not None:
            found.append(module)
    return found


def import_definitions(
    path: Path, last: int, place: Place
) -> tuple[ModuleType, BaseException | None]:
    """Run a file's imports and definitions; its first error, if any.

    Up to line `last` assignments and conditions run as well, since classes may need them; calls
    and loops never do, as they may be a whole training.
    """
    name = entry.module_name(path)
    while name in sys.modules:
        name += "_"
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    text = source.read_source(path)
    trouble: BaseException | None = None
    try:
        tree = ast.parse(text, str(path))
    except (SyntaxError, ValueError) as error:
        return module, error
    always = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    before = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.Try)
    for node in tree.body:
        wanted = isinstance(node, always) or (isinstance(node, before) and node.lineno <= last)
        if not wanted or source.is_main_guard(node):
            continue
        tree.body = [node]
        try:
            with importing.time_limit(SECONDS):
                exec(compile(tree, str(path), "exec", dont_inherit=True), vars(module))  # noqa: S102
        except BaseException as error:
            trouble = trouble or error
    return module, trouble


def _alike(found: str, name: str) -> bool:
    """Whether a name speaks of `name` without its number: "MyLeNet" and "lenet_5" do of LeNet5,
    "GoogLeNet", "MobileNet" and "ShuffleNet" do not.
    """
    stem = name.rstrip("0123456789")
    for match in re.finditer(re.escape(stem), found, re.IGNORECASE):
        before = found[: match.start()]
        begins_word = match.group()[0].isupper() or not before[-1:].isalpha()
        if begins_word and not before.lower().endswith("goog"):
            return True
    return False


def _line_of(text: str, fits: Callable[[str], bool], first: bool = False) -> int:
    """Last (or first) line of the class or function at top level whose name fits; 0 if none."""
    tree = source.parse(text)
    for node in source.top_level(tree.body) if tree else ():
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and fits(node.name):
            return node.lineno if first else source.last_line(node)
    return 0


def _is_class(thing: Any, bases: tuple[type, ...], module: ModuleType) -> bool:
    return inspect.isclass(thing) and issubclass(thing, bases) and _own(thing, module)


def _is_function(thing: Any, bases: tuple[type, ...], module: ModuleType) -> bool:
    # Any function might return a network; only names that say so are called.
    return inspect.isfunction(thing) and _own(thing, module) and "net" in thing.__name__.lower()


def _is_network(thing: Any, bases: tuple[type, ...], module: ModuleType) -> bool:
    return isinstance(thing, bases)


def _is_instance(thing: Any) -> bool:
    return _framework_of(thing) is not None


def _own(thing: Any, module: ModuleType) -> bool:
    """Whether a class or function is the hand-in's, not one that it imported from a library."""
    owner = sys.modules.get(str(thing.__module__))
    return (
        thing.__module__ == module.__name__
        or not hasattr(owner, "__file__")
        or ("site-packages" not in str(getattr(owner, "__file__", "")))
    )


def _framework_of(network: Any) -> Framework | None:
    for framework in loaded_frameworks():
        if isinstance(network, framework.network_type()):
            return framework
    return None


def _argument_sets(thing: Callable[..., Any], classes: int) -> list[dict[str, Any]]:
    """Arguments to try: what must be given, then also what has a default that may be another."""
    needed: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        known, value = _guess(parameter.name, classes)
        if parameter.default is parameter.empty:
            if not known:
                raise TypeError(f"its constructor needs {parameter.name!r}, which says nothing")
            needed[parameter.name] = value
        elif known and type(parameter.default) is int and parameter.default != value:
            optional[parameter.name] = value
    return [needed, dict(needed, **optional)] if optional else [needed]


def _guess(name: str, classes: int) -> tuple[bool, Any]:
    for part, value in GUESSES:
        if part in name.lower():
            return True, classes if value is None else value
    return False, None


def _probe(
    framework: Framework, network: Any, inputs: Inputs
) -> tuple[tuple[int, ...], tuple[int, ...], BaseException | None]:
    """Sizes of one input that the network takes and of its output, else the first error."""
    trouble: BaseException | None = None
    for sizes in inputs:
        try:
            made = framework.forward(network, np.zeros((1, *sizes), np.float32))
        except BaseException as error:
            trouble = trouble or error
            continue
        return sizes, tuple(int(size) for size in made.shape[1:]), None
    return (), (), trouble
