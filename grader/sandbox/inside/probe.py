"""The canary's song: run confined, it tries what no worker may do and prints what it could do.

Plain Python >= 3.7 without packages, as it runs in the interpreter of any runtime. Its one argument
is a JSON object that says where things are; it prints a JSON list of names of what was open.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any, Callable


def main(places: dict[str, Any]) -> list[str]:
    """Try everything; what raises OSError is closed."""
    attempts: dict[str, Callable[[], object]] = {
        "read a file of the grader": lambda: open(places["secret"], "rb").close(),
        "list a folder of the grader": lambda: os.listdir(os.path.dirname(places["secret"])),
        "write beside its own program": lambda: _write(os.path.dirname(os.path.abspath(__file__))),
        "write into its interpreter": lambda: _write(os.path.dirname(os.__file__)),
        "reach a TCP port of this machine": lambda: _connect(
            socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", places["port"])
        ),
        "send UDP to this machine": lambda: _send(("127.0.0.1", places["port"])),
        "reach a socket file": lambda: _connect(
            socket.AF_UNIX, socket.SOCK_STREAM, places["socket"]
        ),
        "reach an abstract socket": lambda: _connect(
            socket.AF_UNIX, socket.SOCK_STREAM, "\0" + places["abstract"]
        ),
        "see the grader's environment": lambda: _see(places["marker"]),
    }
    # In a process namespace of its own, the number means another process, if any.
    if os.readlink("/proc/self/ns/pid") == places["namespace"]:
        about = "/proc/{}/".format(places["grader"])
        attempts["signal the grader"] = lambda: os.kill(places["grader"], 0)
        attempts["read the grader's memory"] = lambda: open(about + "mem", "rb").close()
        attempts["read the grader's arguments"] = lambda: open(about + "cmdline", "rb").close()
    found = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        found.append(name)
    with open(os.path.join(os.environ["TMPDIR"], "note"), "w") as file:
        file.write("the scratch can be written")
    return found


def _write(folder: str) -> None:
    path = os.path.join(folder, "canary")
    with open(path, "w"):
        pass
    os.unlink(path)


def _connect(family: int, kind: int, address: Any) -> None:
    with socket.socket(family, kind) as connection:
        connection.settimeout(1)
        connection.connect(address)


def _send(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.connect(address)
        connection.send(b"canary")
        connection.settimeout(0.05)
        try:
            connection.recv(1)  # a closed port answers with an error; silence means it got there
        except socket.timeout:
            return


def _see(marker: str) -> None:
    if marker not in os.environ.values():
        raise OSError("not inherited")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
    sys.stdout.flush()
