"""The control of the corpus: each attack without the measure against it, which lets it do its harm.

An attack that fails for another reason than the measure against it proves nothing. So each measure
is taken away in turn: out of the grader's own program (`weakened.py`), or, for what the program
cannot be without, in a naive grader (`naive.py`). All this happens in a place that is thrown away
(`place.py`). ``python -m tests.hostile.control MEASURE`` prints what each attack did;
``python -m tests.hostile.control grade MEASURE …`` is the program that grades without the measure.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from grader.sandbox import canary
from grader.sandbox.contract import Level, Sandbox
from tests.hostile import corpus, expectations, place, setting, trial, weakened
from tests.hostile.expectations import Case, Result

BOXES = (
    *("filter", "network", "view", "read-only", "processes", "environment", "names", "descriptors"),
    *("limits", "readers", "frames", "diagnosis", "disclosure"),
)
BASIC = ("landlock-reading", "landlock-writing", "strict-filter")
NAIVE = tuple(trial.HARM)
OUTSIDE = ("scratch", "intake")  # their harm is to be seen in folders that all share
MEASURES = (*BOXES, *BASIC, *NAIVE)
# Without these an attack does not get out, but comes to another end than the one that is right.
SHOWN_BY_ITS_END = ("limits", "readers", "frames", "diagnosis", "disclosure")


def attacks(measure: str) -> list[Case]:
    """The cases that the measure stops."""
    return [
        case
        for case in expectations.cases()
        if measure in (case.stopped_by, case.stopped_at_basic_by)
    ]


def main(words: Sequence[str]) -> None:
    """See the module."""
    place.require()
    if words[0] == "grade":
        _grade_without(words[1], words[2:])
    measure = words[0]
    print(json.dumps(_naively(measure) if measure in NAIVE else _boxed(measure)))  # noqa: T201


def _naively(measure: str) -> dict[str, list[str]]:
    """The harm that each case does to the naive grader, of the kinds that the measure prevents."""
    chosen = attacks(measure)
    jobs = 1 if measure in OUTSIDE else os.cpu_count()
    with ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(trial.harm, chosen))
    kinds = trial.HARM[measure]
    return {
        case.name: [what for what in harm if what in kinds]
        for case, harm in zip(chosen, done, strict=True)
    }


def _boxed(measure: str) -> dict[str, list[str]]:
    """What each case did in a box without the measure."""
    chosen = attacks(measure)
    level = Level.BASIC if measure in BASIC else Level.STRONG
    with corpus.run(level, chosen, ("tests.hostile.control", "grade", measure)) as result:
        for name in setting.NEIGHBOURS if measure in SHOWN_BY_ITS_END else ():
            expectations.require_right(
                result, name
            )  # so that it is the case's doing, and no one else's
        return {case.name: _alarms(case, measure, result) for case in chosen}


def _alarms(case: Case, measure: str, result: Result) -> list[str]:
    outcomes = result.outcomes.get(case.name, ())
    if not outcomes:
        return ["nothing came of it"]
    found = [line for one in outcomes for line in one.log.splitlines() if "ESCAPED" in line]
    found += [what for what in result.reached if case.name in what]
    if measure in SHOWN_BY_ITS_END:
        found += [what for one in outcomes for what in expectations.broken(case, one)]
    return found[:3]


def _grade_without(measure: str, words: Sequence[str]) -> None:
    """Be the program `grade`, with a sandbox that lacks the measure."""
    lacking: Sandbox = (weakened.Basic if measure in BASIC else weakened.Strong)(measure)
    canary.choose = lambda *_, **__: canary.SandboxChoice(lacking, ())
    from grader.cli.main import main as grade

    patience = 5 if measure in SHOWN_BY_ITS_END else 100  # seconds; what hangs is shown so, too
    sys.exit(grade([*words, "--set", f"limits.import={patience}", "--set", "limits.total=300"]))


if __name__ == "__main__":
    # Under its own name, so that processes of the grader can import what it names.
    from tests.hostile import control

    control.main(sys.argv[1:])
