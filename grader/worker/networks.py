"""The networks that an assignment asks for: find, run, describe, set weights, train them."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import re
from contextlib import suppress

import numpy as np

from . import faults, seeding
from .building import INPUTS, Built, build, pictures, unknown_arguments
from .frameworks import NetworkParameter, Training, eager_execution, loaded_frameworks
from .known_weights import put_known
from .layers import (
    drawn_input,
    first_random,
    layers_of,
    outside_layers,
    put_in,
    trace_layers,
    variant,
)
from .network_search import NetworkCandidate, NetworkSearch
from .network_structure import Likeness
from .operations import Array, Operation, Reply
from .protocol import Meta
from .stages import Stages
from .text import clean
from .workdir import Workdir

MOST_OTHERS = 3  # networks that would do as well, which are told
MOST_LAYERS = 600  # that are reported
MOST_NAMED = 200  # parameters


class SoughtNetworks:
    """Operations on networks that `network` found, each by the `name` that it was sought by."""

    def __init__(self, place: Workdir) -> None:
        self._place = place
        self._found: dict[str, Built] = {}

    def operations(self) -> dict[str, Operation]:
        """Operations by name."""
        operations: dict[str, Operation] = {
            "network": self.find,
            "network_forward": self.forward,
            "network_layers": self.layers,
            "network_set": self.set,
            "network_train": self.train,
            "network_load": self.load,
            "network_look": self.look,
            "network_known": self.known,
        }
        return {name: _at_once(operation) for name, operation in operations.items()}

    def find(self, meta: Meta, array: Array) -> Reply:
        """Find and build the network `name` that makes `classes` numbers; see `Built` for the
        reply's fields. `inputs`: sizes of one image, to try; `weights`: sizes of the weights that
        it has in the assignment, by which it is known under another name; LeNet5's where there are
        none. `undisturbed` tells that the submission's function answers as if this had never been
        asked: no file was run for it, and nothing but classes of that name was tried.
        """
        name, classes = _name_in(meta), int(meta.get("classes", 10))
        likeness = Likeness(classes, _sizes_in(meta, "weights"))
        inputs = _sizes_in(meta, "inputs") or INPUTS
        self._found.pop(name, None)
        search, seen = NetworkSearch(self._place, name), _Seen()
        for candidate in search.candidates():
            seen.undisturbed = seen.undisturbed and _leaves_no_trace(candidate)
            if seen.best is not None and (seen.how != "layers" or candidate.named):
                break  # what comes now could not take its place
            try:
                tried = inputs if candidate.named else pictures(inputs)
                built = build(candidate, classes, tried, self._place)
                how = _how(candidate, built, name, likeness)
            except BaseException as error:
                seen.fail(candidate, error, is_exact=candidate.name == name)
                continue
            seen.take(built, how)
            if seen.how == "name" or len(seen.others) >= MOST_OTHERS:
                break
        undisturbed = seen.undisturbed and not search.imported
        taken = seen.best or seen.fallback
        if taken is not None:
            self._found[name] = taken
            others = seen.others or [clean(one) for one in search.others(taken.name)]
            told: Meta = {"how": seen.how if seen.best else "likeness", "others": others}
            if seen.unbuilt is not None and seen.how != "name":
                told["unbuilt"] = faults.describe(seen.unbuilt, self._place, [])
                told["needs"] = seen.needs
            return dict(self._report(taken), undisturbed=undisturbed, **told), None
        trouble = seen.trouble or search.trouble
        described = faults.describe(trouble, self._place, []) if trouble else None
        found: Meta = {"found": False, "error": described, "undisturbed": undisturbed}
        found["needs"] = seen.needs
        namesake = search.namesake() if trouble is None else None
        if namesake is not None:
            found.update(file=namesake.file, line=namesake.line)
        return found, None

    def forward(self, meta: Meta, array: Array) -> Reply:
        """The network's output for a batch, in evaluation mode: {shape, error} and the array."""
        built = self._found.get(_name_in(meta))
        if built is None or array is None:
            return {"shape": [], "error": None, "missing": True}, None
        try:
            made = built.framework.forward(built.network, array)
        except BaseException as error:
            return {"shape": [], "error": faults.describe(error, self._place, [])}, None
        return {"shape": list(made.shape), "error": None}, made.astype(np.float32)

    def load(self, meta: Meta, array: Array) -> Reply:
        """Load the checkpoint `path` of the submission into the network: {loaded, error}, the
        number of parameters that it gave a value.
        """
        built = self._found.get(_name_in(meta))
        if built is None:
            return {"loaded": 0, "error": None, "missing": True}, None
        path = self._place.root / str(meta.get("path", ""))
        try:
            loaded = built.framework.load(built.network, str(path))
        except BaseException as error:
            return {"loaded": 0, "error": faults.describe(error, self._place, [])}, None
        return {"loaded": loaded, "error": None}, None

    def look(self, meta: Meta, array: Array) -> Reply:
        """Kernels of convolutions and what they and the poolings make of one image: {stages,
        error} as `Stages` has them, and the values of all, one after the other.
        """
        nothing: Meta = {"stages": [], "error": None}
        built = self._found.get(_name_in(meta))
        if built is None or array is None:
            return dict(nothing, missing=True), None
        try:
            trace = built.framework.trace(built.network, array)
            layers = layers_of(built.framework, array, trace)
            stages = Stages(built.framework, layers)
        except BaseException as error:
            return dict(nothing, error=faults.describe(error, self._place, [])), None
        return dict(nothing, stages=stages.report), stages.values()

    def layers(self, meta: Meta, array: Array) -> Reply:
        """Layers in order of execution and the variant, for what the network takes: {layers,
        variant, random, unused, hidden, error}. See `flow.py` for the fields of layers. random:
        number of the first that makes something else in each pass, 0 if none. unused: parameters
        that the output does not depend on; hidden: names of those that it does, in no layer.
        """
        built = self._found.get(_name_in(meta))
        if built is None:
            return {"layers": [], "variant": {}, "error": None, "missing": True}, None
        sizes = built.accepts or (_sizes_in(meta, "inputs") or INPUTS)[0]
        found, error = trace_layers(built.framework, built.network, sizes)
        random = 0
        if error is None:  # the first pass prepares what is counted as time in the second
            before = found
            found, error = trace_layers(built.framework, built.network, sizes)
            random = first_random(before, found)
        unused: list[NetworkParameter] = []
        hidden: list[NetworkParameter] = []
        with suppress(Exception):  # it tells of its layers without
            if error is None:
                given = drawn_input(sizes)
                unused, hidden = outside_layers(built.framework, built.network, given, found)
        return {
            "layers": [layer.report() for layer in found[:MOST_LAYERS]],
            "variant": variant(found, sizes[1] if len(sizes) == 3 else 0),
            "unused": _parameters(unused),
            "random": random,
            "hidden": [clean(item.name) for item in hidden[:MOST_NAMED]],
            "error": faults.describe(error, self._place, []) if error else None,
        }, None

    def known(self, meta: Meta, array: Array) -> Reply:
        """Put weights that everybody can draw into the layers numbered in `order`, and run the
        pass of `layers`: {unfit: a layer for which there are none, levels: of each of all layers,
        error} and the output.
        """
        nothing: Meta = {"unfit": "", "levels": [], "error": None}
        built = self._found.get(_name_in(meta))
        if built is None or not built.accepts:
            return dict(nothing, missing=True), None
        unfit = ""
        try:
            traced, error = trace_layers(built.framework, built.network, built.accepts)
            order = [int(number) for number in meta.get("order", [])]
            unfit = put_known(built.framework, traced, order)
            if error is None and not unfit:
                drawn = drawn_input(built.accepts)
                trace = built.framework.trace(built.network, drawn)
                made, error = trace.output, trace.error
                if made is not None:
                    traced = layers_of(built.framework, drawn, trace)
                    levels = [list(layer.level) for layer in traced[:MOST_LAYERS]]
                    if np.isfinite(made).all() and np.isfinite(levels).all():
                        return dict(nothing, levels=levels), made.astype(np.float32)
                    return dict(nothing, unfit="not finite"), None
        except BaseException as raised:
            error = raised
        told = faults.describe(error, self._place, []) if error else None
        return dict(nothing, unfit=clean(unfit) if error is None else "", error=told), None

    def set(self, meta: Meta, array: Array) -> Reply:
        """Put the array in as `role`: "conv1.w", "dense2.b", counted in order of execution, in
        the sizes (out, in, height, width) or (out, in): {set, error}.
        """
        built, role = self._found.get(_name_in(meta)), str(meta.get("role", ""))
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
        built = self._found.get(_name_in(meta))
        if built is None or array is None:
            return {"losses": [], "error": None, "missing": True}, None
        plan = Training(
            int(meta.get("steps", 30)), int(meta.get("batch", 32)), float(meta.get("rate", 0.1))
        )
        images = np.array(array, np.float32)
        labels = np.array(meta.get("labels", [0] * len(images)))
        try:
            losses = built.framework.train(built.network, images, labels, plan)
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
            "parameters": _parameters(parameters),
            "count": sum(int(np.prod(p.shape)) for p in parameters),
            "constructed_with": built.arguments,
            "input": list(built.accepts),
            "output": list(built.gives),
        }


def _parameters(parameters: list[NetworkParameter]) -> list[Meta]:
    return [{"name": p.name, "shape": list(p.shape)} for p in parameters[:MOST_NAMED]]


class _Seen:
    """What a search has met: the network to take and why, others that would do, one of the sought
    name's likeness that has other layers, the first error.
    """

    def __init__(self) -> None:
        self.best: Built | None = None
        self.how = ""
        self.others: list[str] = []
        self.fallback: Built | None = None
        self.trouble: BaseException | None = None
        self.undisturbed = True
        self.unbuilt: BaseException | None = None  # why the one that has the name can't be built
        self.needs: list[str] = []  # its arguments of which nothing can be guessed

    def fail(self, candidate: NetworkCandidate, error: BaseException, *, is_exact: bool) -> None:
        """Note a network that could not be built."""
        if candidate.named:
            self.trouble = self.trouble or error
        if is_exact and self.unbuilt is None:
            self.unbuilt = error
            self.needs = [clean(one) for one in unknown_arguments(candidate.thing)[:MOST_OTHERS]]

    def take(self, built: Built, how: str) -> None:
        """Note a network that was built; `how` as `_how` says."""
        if how == "unlike":
            self.fallback = self.fallback or built
        elif how and self.best is None:
            self.best, self.how = built, how
        elif how:
            self.others.append(clean(built.name))


def _name_in(meta: Meta) -> str:
    """The name by which the network is sought."""
    return str(meta.get("name", "LeNet5"))


def _sizes_in(meta: Meta, key: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, sizes)) for sizes in meta.get(key) or ())


def _how(candidate: NetworkCandidate, built: Built, name: str, likeness: Likeness) -> str:
    """Why a network is to be taken: its "name", its "likeness" to that, its "layers"; "unlike" for
    one that is only named alike, "" for none.
    """
    if candidate.name == name:
        return "name"
    if candidate.named:
        return "likeness" if built.accepts and likeness.of(built) else "unlike"
    return "layers" if built.gives == (likeness.classes,) and likeness.of(built) else ""


def _at_once(operation: Operation) -> Operation:
    @functools.wraps(operation)
    def eager(meta: Meta, array: Array) -> Reply:
        with eager_execution(), seeding.generators_kept():
            return operation(meta, array)

    return eager


def _leaves_no_trace(candidate: NetworkCandidate) -> bool:
    """Whether trying it changes nothing for other networks: a class of the name that is sought, in
    a framework that numbers no layers across networks.
    """
    if not candidate.named or not inspect.isclass(candidate.thing):
        return False
    return any(
        framework.networks_are_apart and issubclass(candidate.thing, framework.network_type())
        for framework in loaded_frameworks()
    )
