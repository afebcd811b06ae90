"""The submission's LeNet5 as operations: find, run, describe, set weights, train."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import re

import numpy as np

from . import faults, seeding
from .building import INPUTS, PICTURES, Built, build
from .frameworks import Training, eager_execution, loaded_frameworks
from .layers import put_in, trace_layers, variant
from .network_search import NetworkCandidate, NetworkSearch
from .network_structure import resembles
from .operations import Array, Operation, Reply
from .protocol import Meta
from .text import clean
from .workdir import Workdir

MOST_OTHERS = 3  # networks that would do as well, which are told
LARGEST_LOOK = 200_000  # values of kernels and maps together


class LeNet5:
    """Operations on the one network that `lenet5` found."""

    def __init__(self, place: Workdir) -> None:
        self._place = place
        self._built: Built | None = None

    def operations(self) -> dict[str, Operation]:
        """Operations by name."""
        operations: dict[str, Operation] = {
            "lenet5": self.find,
            "lenet5_forward": self.forward,
            "lenet5_layers": self.layers,
            "lenet5_set": self.set,
            "lenet5_train": self.train,
            "lenet5_load": self.load,
            "lenet5_look": self.look,
        }
        return {name: _at_once(operation) for name, operation in operations.items()}

    def find(self, meta: Meta, array: Array) -> Reply:
        """Find and build the network; see `Built` for the reply's fields. `undisturbed` tells that
        the submission's function answers as if this had never been asked: no file was run for it,
        and nothing but classes of that name was tried.
        """
        name, classes = str(meta.get("name", "LeNet5")), int(meta.get("classes", 10))
        self._built = None
        search, seen = NetworkSearch(self._place, name), _Seen()
        for candidate in search.candidates():
            seen.undisturbed = seen.undisturbed and _leaves_no_trace(candidate)
            if seen.best is not None and (seen.how != "layers" or candidate.named):
                break  # what comes now could not take its place
            try:
                built = build(
                    candidate, classes, INPUTS if candidate.named else PICTURES, self._place
                )
                how = _how(candidate, built, name, classes)
            except BaseException as error:
                seen.trouble = (seen.trouble or error) if candidate.named else seen.trouble
                continue
            seen.take(built, how)
            if seen.how == "name" or len(seen.others) >= MOST_OTHERS:
                break
        undisturbed = seen.undisturbed and not search.imported
        self._built = seen.best or seen.fallback
        if self._built is not None:
            others = seen.others or [clean(one) for one in search.others(self._built.name)]
            told = {"how": seen.how if seen.best else "likeness", "others": others}
            return dict(self._report(self._built), undisturbed=undisturbed, **told), None
        trouble = seen.trouble or search.trouble
        described = faults.describe(trouble, self._place, []) if trouble else None
        return {"found": False, "error": described, "undisturbed": undisturbed}, None

    def forward(self, meta: Meta, array: Array) -> Reply:
        """The network's output for a batch, in evaluation mode: {shape, error} and the array."""
        if self._built is None or array is None:
            return {"shape": [], "error": None, "missing": True}, None
        try:
            made = self._built.framework.forward(self._built.network, array)
        except BaseException as error:
            return {"shape": [], "error": faults.describe(error, self._place, [])}, None
        return {"shape": list(made.shape), "error": None}, made.astype(np.float32)

    def load(self, meta: Meta, array: Array) -> Reply:
        """Load the checkpoint `path` of the submission into the network: {loaded, error}, the
        number of parameters that it gave a value.
        """
        if self._built is None:
            return {"loaded": 0, "error": None, "missing": True}, None
        path = self._place.root / str(meta.get("path", ""))
        try:
            loaded = self._built.framework.load(self._built.network, str(path))
        except BaseException as error:
            return {"loaded": 0, "error": faults.describe(error, self._place, [])}, None
        return {"loaded": loaded, "error": None}, None

    def look(self, meta: Meta, array: Array) -> Reply:
        """The first convolution at work on one image: sizes {kernels, maps, error}, and the values
        of both, one after the other.
        """
        nothing: Meta = {"kernels": [], "maps": [], "error": None}
        if self._built is None or array is None:
            return dict(nothing, missing=True), None
        framework = self._built.framework
        try:
            for step in framework.trace(self._built.network, array).steps:
                kernels = framework.weight(step.layer)
                if kernels is not None and kernels.ndim == 4:
                    maps = step.made[0]
                    both = np.concatenate([kernels.ravel(), maps.ravel()]).astype(np.float32)
                    sizes = {"kernels": list(kernels.shape), "maps": list(maps.shape)}
                    return dict(nothing, **sizes), both if both.size <= LARGEST_LOOK else None
        except BaseException as error:
            return dict(nothing, error=faults.describe(error, self._place, [])), None
        return nothing, None

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

    def take(self, built: Built, how: str) -> None:
        """Note a network that was built; `how` as `_how` says."""
        if how == "unlike":
            self.fallback = self.fallback or built
        elif how and self.best is None:
            self.best, self.how = built, how
        elif how:
            self.others.append(clean(built.name))


def _how(candidate: NetworkCandidate, built: Built, name: str, classes: int) -> str:
    """Why a network is to be taken: its "name", its "likeness" to that, its "layers"; "unlike" for
    one that is only named alike, "" for none.
    """
    if candidate.name == name:
        return "name"
    if candidate.named:
        return "likeness" if built.accepts and resembles(built) else "unlike"
    return "layers" if built.gives == (classes,) and resembles(built) else ""


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
