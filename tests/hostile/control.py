"""The control of the corpus: the same attacks with one measure taken away, which lets them out.

An attack that fails for another reason than the measure against it proves nothing. So each measure
is taken away in turn, and its attacks must then ring their alarms. This happens in a place that is
thrown away: namespaces of its own for users, processes, mounts and network, below a user of no
account. `python -m tests.hostile.control MEASURE` prints the names of the attacks that got out;
`python -m tests.hostile.control grade MEASURE …` is the program that grades without the measure.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox import canary
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.contract import Level, Room
from tests.hostile import corpus

MARK = "hostile-throw-away-place"
ALLOW_EVERYTHING = b"\x06\0\0\0\0\0\xff\x7f"

# measure: what it is against
MEASURES = {
    "filter": (
        "odd_sockets",
        "rare_system_calls",
        "leave_a_message_in_keys",
        "machine_code",
        "fill_memory_files",
        "system_v_memory",
    ),
    "network": ("connect_by_tcp", "send_by_udp", "connect_to_abstract_socket"),
    "view": (
        "read_labels_by_absolute_path",
        "read_labels_by_relative_path",
        "walk_everything",
        "read_neighbour",
        "stat_labels",
        "read_shared_memory",
        "connect_to_socket_file",
        "datagrams_through_a_pair",
        "watch_folders",
    ),
    "read-only": ("write_everywhere", "overwrite_grades", "touch_teachers_files"),
    "processes": (
        "read_environment_of_processes",
        "read_every_pid",
        "kill_by_descriptor",
        "limit_the_grader",
    ),
    "environment": ("read_own_environment",),
}


class Weakened(Bubblewrap):
    """Level strong without one measure. Only for the throw-away place."""

    def __init__(self, measure: str) -> None:
        super().__init__()
        self.measure = measure

    def options(self, room: Room) -> list[str]:
        """See `Bubblewrap.options`."""
        options = super().options(room)
        if self.measure == "network":
            options.remove("--unshare-net")
        elif self.measure in ("view", "read-only"):
            # Where the class lies in the throw-away place; a checkout may lie below /tmp.
            bind = "--ro-bind" if self.measure == "view" else "--bind"
            at = options.index("--proc")
            options[at:at] = ["--perms", "0755", "--dir", "/var", bind, PLACE, PLACE]
        elif self.measure == "processes":
            options.remove("--unshare-pid")
            at = options.index("--proc")
            options[at : at + 2] = ["--bind", "/proc", "/proc"]
        elif self.measure == "environment":
            for name, value in os.environ.items():
                options += ["--setenv", name, value]
        return options

    def filter(self, room: Room) -> bytes:
        """See `Bubblewrap.filter`."""
        return ALLOW_EVERYTHING if self.measure == "filter" else super().filter(room)


PLACE = "/var/tmp"  # noqa: S108


def place(command: Sequence[str]) -> list[str]:
    """The command, started by an ordinary user, that runs `command` in a throw-away place."""
    # A checkout or interpreter that lies where the empty folders go is seen through them.
    kept = " ".join(
        shlex.quote(str(path))
        for path in (corpus.REPOSITORY, Path(sys.prefix))
        if path.is_relative_to("/tmp") or path.is_relative_to("/var/tmp")  # noqa: S108
    )
    prepare = (
        f'fd=3; for kept in {kept}; do eval "exec $fd<$kept"; fd=$((fd + 1)); done; '
        "for folder in /tmp /dev/shm /var/tmp /run; do mount -t tmpfs none $folder; done; "
        f"fd=3; for kept in {kept}; do mkdir -p $kept; "
        "mount --no-canonicalize --bind /proc/self/fd/$fd $kept; "
        'eval "exec $fd<&-"; fd=$((fd + 1)); done; '
        "ip link set lo up; unshare --user --map-user=65534 --map-group=65534 -- "
        '"$@"'
    )
    wrap = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--net", "--ipc", "--uts"]
    wrap += ["--fork", "--kill-child", "--mount-proc", "--", "sh", "-c"]
    return [*wrap, prepare, MARK, *command]


def require_place() -> None:
    """Raises SystemExit outside the throw-away place."""
    thrown_away = MARK.encode() in Path("/proc/1/cmdline").read_bytes()
    if os.getuid() == 0 or not thrown_away:
        sys.exit("attacks run without a measure only in the throw-away place of tests/hostile")


def main(words: Sequence[str]) -> None:
    """See the module."""
    require_place()
    if words[0] == "grade":
        grade_without(words[1], words[2:])
    measure = words[0]
    chosen = [case for case in corpus.cases() if case.name in MEASURES[measure]]
    with corpus.run(Level.STRONG, chosen, ("tests.hostile.control", "grade", measure)) as result:
        out = {
            case.name
            for case in chosen
            for outcome in result.outcomes.get(case.name, ())
            if "ESCAPED" in outcome.log
        }
        facts = {
            "out": sorted(out),
            "reached": list(result.reached),
            "changed": list(result.changed),
            "terminal": result.terminal[-2000:],
        }
        print(json.dumps(facts))  # noqa: T201


def grade_without(measure: str, words: Sequence[str]) -> None:
    """Be the program `grade`, with a sandbox that lacks the measure."""
    sandbox = Weakened(measure)
    canary.choose = lambda *_, **__: canary.Choice(sandbox, ())
    from grader.cli.main import main as grade

    sys.exit(grade(list(words)))


if __name__ == "__main__":
    # Under its own name, so that processes of the grader can import `Weakened`.
    from tests.hostile import control

    control.main(sys.argv[1:])
