"""Choosing a runtime for a submission: the first that has all that it imports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from grader.language import Sentence, TroubleError
from grader.runtimes.detect import FRAMEWORKS, Runtime
from grader.runtimes.imports import ImportScan
from grader.runtimes.recipes import RECIPES


@dataclass(frozen=True)
class RuntimeChoice:
    """A runtime for one submission.

    reason: "imports cv2, mindspore".
    missing: required packages that the chosen runtime does not have.
    tried: names of the runtimes that lack something, where no runtime has everything.
    """

    runtime: Runtime
    reason: Sentence
    missing: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


class RuntimeMissingError(TroubleError):
    """No runtime that could do it is installed."""


def choose(
    scan: ImportScan, runtimes: Sequence[Runtime], forced: str | None = None, device: str = "CPU"
) -> RuntimeChoice:
    """The runtime for a submission that imports what `scan` says: the one `forced` by name, else of
    those that may run on `device` the one that

    1. has the framework without which the code cannot go on,
    2. lacks fewest of the packages without which it cannot go on,
    3. has the framework that some other part of it imports,
    4. lacks fewest of the packages that it could do without,
    5. comes first in the order of the recipes (MindSpore 2 before 1).

    A package that is missing everywhere is told, not refused: the import will say if it matters.
    One that a recipe offers, a framework first of all, is the operator's to add: nothing is run
    where no runtime has it. "GPU" needs, for a submission with a framework, a runtime of it that
    is built for CUDA. Raises RuntimeMissingError where there is none, or no runtime at all, or not
    the forced one.
    """
    wanted = _wanted(scan)
    _require_offered(scan, runtimes, forced)
    if forced is not None:
        return _forced(scan, runtimes, forced, wanted)
    fit = _fit(runtimes, _framework(scan.required), device)
    runtime = min(fit, key=lambda runtime: _lack(scan, runtime))
    lacking = missing(scan, runtime)
    if not lacking:
        return RuntimeChoice(runtime, Sentence("imports {packages}", {"packages": wanted}))
    facts = {"packages": wanted, "missing": ", ".join(lacking)}
    reason = Sentence("imports {packages}; no runtime has {missing}", facts)
    return RuntimeChoice(runtime, reason, lacking, tuple(runtime.name for runtime in fit))


def _require_offered(scan: ImportScan, runtimes: Sequence[Runtime], forced: str | None) -> None:
    """Raise RuntimeMissingError for a package without which the code cannot go on, that a recipe
    offers and none of the runtimes of this run has.
    """
    used = [runtime for runtime in runtimes if forced in (None, runtime.name)]
    there, framework = ", ".join(one.name for one in used), _framework(scan.required)
    for name in scan.required if used else ():
        offering = [recipe for recipe in RECIPES if name in recipe.offers]
        able = [r.name for r in offering if name == r.framework or framework in ("", r.framework)]
        if not able or any(name in one.modules for one in used):
            continue
        if any(name in one.modules for one in runtimes):
            raise RuntimeMissingError(
                Sentence(
                    "The submission imports {name}, which the runtime of this run ({there}) lacks.",
                    {"name": name, "there": there},
                ),
                Sentence("Run it without --runtime."),
            )
        raise RuntimeMissingError(
            Sentence(
                "The submission imports {name}, and no runtime of this machine has it; there are "
                "{there}.",
                {"name": name, "there": there},
            ),
            Sentence("Install one that has: grade runtime add {runtime}", {"runtime": able[0]}),
        )


def _lack(scan: ImportScan, runtime: Runtime) -> tuple[bool, int, bool, int]:
    """What a runtime lacks, the weightiest first."""
    modules = runtime.modules
    main, other = _framework(scan.required), _framework(scan.optional)
    return (
        bool(main) and main not in modules,
        len(missing(scan, runtime)),
        bool(other) and other not in modules,
        sum(name not in modules for name in scan.optional),
    )


def _framework(packages: Sequence[str]) -> str:
    return next((name for name in FRAMEWORKS if name in packages), "")


def _wanted(scan: ImportScan) -> str | Sentence:
    """What the submission imports beyond the standard library, for a reader."""
    packages = [name for name in scan.required if name not in sys.stdlib_module_names]
    return ", ".join(packages) or Sentence("nothing beyond Python")


def missing(scan: ImportScan, runtime: Runtime) -> tuple[str, ...]:
    """Required packages that `runtime` does not have."""
    return tuple(name for name in scan.required if name not in runtime.modules)


def _forced(
    scan: ImportScan, runtimes: Sequence[Runtime], forced: str, wanted: str | Sentence
) -> RuntimeChoice:
    for runtime in runtimes:
        if runtime.name == forced:
            lacking = missing(scan, runtime)
            reason = Sentence("asked for; imports {packages}", {"packages": wanted})
            return RuntimeChoice(runtime, reason, lacking, (forced,) * bool(lacking))
    raise RuntimeMissingError(
        Sentence(
            "The runtime {name} is not installed; there are {there}.",
            {"name": forced, "there": _names(runtimes)},
        ),
        Sentence("Install it: grade runtime add {runtime}", {"runtime": forced}),
    )


def _fit(runtimes: Sequence[Runtime], framework: str, device: str) -> list[Runtime]:
    """The runtimes that may be chosen on `device`."""
    if not runtimes:
        raise RuntimeMissingError(
            Sentence("There is no runtime on this machine."),
            Sentence("Install one: grade runtime add mindspore"),
        )
    if device == "CPU" or not framework:
        return list(runtimes)
    fit = [runtime for runtime in runtimes if device in runtime.devices]
    if not any(framework in runtime.modules for runtime in fit):
        able = [recipe.name for recipe in RECIPES if recipe.framework == framework]
        raise RuntimeMissingError(
            Sentence(
                "The submission uses {name}, and no runtime with {name} that is built for {device} "
                "is installed; there are {there}.",
                {"name": framework, "device": device, "there": _names(runtimes)},
            ),
            Sentence(
                "Install one (grade runtime add {runtime}), or run with --device CPU.",
                {"runtime": able[-1]},
            ),
        )
    return fit


def _names(runtimes: Sequence[Runtime]) -> str | Sentence:
    found = ", ".join(f"{r.name} ({', '.join(r.devices)})" for r in runtimes)
    return found or Sentence("none")
