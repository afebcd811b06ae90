"""Speed settings, measured once for each machine and runtime, and remembered.

oneDNN in MindSpore 2 falls to a reference kernel for k x k convolutions when it sees AVX-512: a
3x3 one took 156 ms on an AMD EPYC, 2.7 ms with ONEDNN_MAX_CPU_ISA=AVX2. Which setting is best
differs by machine, so it is measured: convolutions as in the lab's networks, each setting in a
fresh process (oneDNN reads it once). MindSpore 1.10, PyTorch 2.14 and TensorFlow 2.21 gained
nothing on the same machine; they are not measured (`Recipe.onednn`).
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader import resources
from grader.runtimes import paths
from grader.runtimes.detect import Runtime
from grader.runtimes.devices import cpu_model
from grader.runtimes.recipes import BY_NAME

ISA_VARIABLE = "ONEDNN_MAX_CPU_ISA"
SETTINGS = ("", "AVX2", "SSE41")  # "" leaves the choice to oneDNN
CONVOLUTIONS = Path(__file__).with_name("convolutions.py")
SETTING_SECONDS = 20.0  # of one setting; an ordinary one takes 2, most of it the framework's import
ENOUGH_GAIN = 5.0  # a gain from which on no further setting is tried
MIN_GAIN = 1.2  # a setting must be this many times faster than none, or none is kept
RESULT_TOLERANCE = 1e-4  # results of settings may differ by this much of their size
CACHE_FILE = "tuning.json"


@dataclass(frozen=True)
class Measurement:
    """What was measured for one runtime on this machine.

    seconds: setting -> seconds of one convolution; a setting that failed is not there.
    environment: the variables that are worth setting; empty for none.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def gain(self) -> float:
        """How many times faster the chosen setting is than none."""
        default = self.seconds.get("", 0.0)
        chosen = self.seconds.get(self.environment.get(ISA_VARIABLE, ""), default)
        return default / chosen if chosen else 1.0


def tune(runtime: Runtime) -> Mapping[str, str]:
    """Environment variables that make `runtime` fast on this machine's CPU; may be empty."""
    return measurement(runtime).environment


def measurement(runtime: Runtime) -> Measurement:
    """The remembered measurement of `runtime` on this machine, made now where there is none.

    Takes some seconds when it has to measure; never raises: without a result nothing is set.
    """
    recipe = BY_NAME.get(runtime.name)
    if recipe is None or not recipe.onednn or not _x86():
        return Measurement()
    key = _key(runtime)
    known = paths.recall(CACHE_FILE).get(key)
    if isinstance(known, dict) and isinstance(known.get("seconds"), dict):
        return _judge({str(k): float(v) for k, v in known["seconds"].items()})
    seconds = _measure(runtime)
    if "" in seconds:  # a measurement that failed is tried again next time
        paths.remember(CACHE_FILE, {**paths.recall(CACHE_FILE), key: {"seconds": seconds}})
    return _judge(seconds)


def forget() -> None:
    """Measure anew next time."""
    paths.remember(CACHE_FILE, {})


def _judge(seconds: Mapping[str, float]) -> Measurement:
    """The fastest setting, if it gains enough."""
    if "" not in seconds:
        return Measurement(seconds)
    best = min(seconds, key=lambda setting: seconds[setting])
    if not best or seconds[best] * MIN_GAIN > seconds[""]:
        return Measurement(seconds)
    return Measurement(seconds, {ISA_VARIABLE: best})


def _x86() -> bool:
    return os.uname().machine in ("x86_64", "i686") if hasattr(os, "uname") else False


def _key(runtime: Runtime) -> str:
    """What a measurement depends on: processor, cores, framework's version, this measurement."""
    versions = " ".join(f"{name}={version}" for name, version in sorted(runtime.frameworks.items()))
    return f"1|{cpu_model()}|{resources.processors()}|{runtime.name}|{runtime.python}|{versions}"


def _measure(runtime: Runtime) -> dict[str, float]:
    """Seconds by setting; settings whose results differ from those of none are left out."""
    seconds: dict[str, float] = {}
    expected: list[float] = []
    deadline = time.monotonic() + 2 * SETTING_SECONDS
    for setting in SETTINGS:
        if time.monotonic() > deadline:
            break
        answer = _ask(runtime, setting)
        if answer is None:
            if not setting:
                return {}
            continue
        took, values = answer
        if not setting:
            expected = values
        if equal_within_tolerance(values, expected):
            seconds[setting] = took
            if took * ENOUGH_GAIN < seconds[""]:
                break
    return seconds


def equal_within_tolerance(values: list[float], expected: list[float]) -> bool:
    """Whether two results are the same up to RESULT_TOLERANCE of their size."""
    size = max((abs(value) for value in expected), default=0.0)
    return (
        len(values) == len(expected)
        and all(map(math.isfinite, values))
        and all(
            abs(a - b) <= RESULT_TOLERANCE * size for a, b in zip(values, expected, strict=True)
        )
    )


def _ask(runtime: Runtime, setting: str) -> tuple[float, list[float]] | None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment.pop(ISA_VARIABLE, None)
    environment.update(runtime.environment)
    environment["CUDA_VISIBLE_DEVICES"] = ""
    if setting:
        environment[ISA_VARIABLE] = setting
    try:
        done = subprocess.run(  # noqa: S603
            [str(runtime.python), "-I", "-B", str(CONVOLUTIONS), runtime.framework],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=SETTING_SECONDS,
            env=environment,
            check=False,
        )
        answer = json.loads(done.stdout.splitlines()[-1])
        return float(answer["seconds"]), [float(value) for value in answer["values"]]
    except (OSError, subprocess.TimeoutExpired, ValueError, LookupError, TypeError):
        return None
