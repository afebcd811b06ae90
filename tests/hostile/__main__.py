"""``python -m tests.hostile [strong|basic]… [CASE]…``: attack this machine, and say what held.

All levels that work and all cases where none are named. `grade doctor --attack` runs it from a
checkout. Exit code 1 where anything did not hold.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

from rich.console import Console
from rich.table import Table

from grader.sandbox import canary
from grader.sandbox.contract import Level, SandboxUnavailableError
from tests.hostile import corpus, expectations

LEVELS = ("strong", "basic")


def main(words: Sequence[str]) -> int:
    """Attack at each level that works here; print what held."""
    console = Console()
    names = {word for word in words if word not in LEVELS}
    held = True
    for level in map(Level, [word for word in words if word in LEVELS] or LEVELS):
        try:
            canary.choose(level)
        except SandboxUnavailableError as error:
            console.print(f"[yellow]–[/] {level.value}: {error}. {error.cure}", highlight=False)
            continue
        held = _attack(console, level, names) and held
    return 0 if held else 1


def _attack(console: Console, level: Level, names: Collection[str]) -> bool:
    chosen = [
        case
        for case in expectations.cases()
        if level.value in case.levels and (not names or case.name in names)
    ]
    console.print(f"\n[bold]{level.value}[/]: {len(chosen)} hostile submissions …", highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("submission", "what it does", "what did not hold"):
        table.add_column(heading)
    with corpus.run(level, chosen) as result:
        faults = [
            [what for one in result.outcomes[case.name] for what in expectations.broken(case, one)]
            for case in chosen
        ]
        rang = expectations.alarms(result)
    for case, wrong in zip(chosen, faults, strict=True):
        if wrong:
            table.add_row(case.name, case.claim, "; ".join(wrong))
    kinds = len({case.attack for case in chosen})
    good = sum(not wrong for wrong in faults)
    console.print(f"  {good} of {len(chosen)} held, of {kinds} kinds of attack", highlight=False)
    if good < len(chosen):
        console.print(table)
    for alarm in rang:
        console.print(f"  [red]alarm[/] {alarm}", highlight=False)
    return not rang and good == len(chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
