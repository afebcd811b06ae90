"""What a submission attempts while it is imported and asked: facts for a reader, not protection."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, NamedTuple

from .opened_files import OpenedFiles
from .text import clean, text_of
from .workdir import SourceLine, Workdir, is_there

MAX_FACTS = 20  # of one kind that are kept

_INSTALL = re.compile(r"\b(pip3?|conda|mamba|apt|apt-get|yum|easy_install)\b.*\binstall\b")
_COMMANDS = {"os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn"}
_NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}


class UnreadImage(NamedTuple):
    """An image that was asked for and could not be read, and the line of the submission that did;
    None where a library did without one.
    """

    path: str
    spot: SourceLine | None


class Observer:
    """Collects attempts by audit events (CPython 3.8+) and by the worker's own import hooks.

    installs, network, commands: lists of {what, file, line}. trains: the first call that trains.
    unloaded: times that parameters got no value from a checkpoint, {count, total, name, file,
    line} and what `prefixes.of_names` says of the names.
    missing: files that were opened for reading and are not there. unread: images that OpenCV was
    asked for and could not read, for which it raises no error. opened: the submission's own files
    that were read. networks: those that OpenCV read a network from.
    """

    def __init__(self, place: Workdir) -> None:
        self._place = place
        self._busy = False
        self.installs: list[dict[str, Any]] = []
        self.network: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []
        self.trains: dict[str, Any] | None = None
        self._unloaded: list[dict[str, Any]] = []
        self.missing: list[str] = []
        self.unread: list[UnreadImage] = []
        self.opened = OpenedFiles(place.root)
        self.networks: list[Path] = []
        self._names: list[Path] | None = None

    def start(self) -> None:
        """Begin to listen; audit hooks cannot be taken away again."""
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self._heard)

    def facts(self) -> dict[str, Any]:
        """All that was seen so far."""
        return {
            "installs": list(self.installs),
            "network": list(self.network),
            "commands": list(self.commands),
            "trains": self.trains,
            "unloaded": list(self._unloaded),
            "missing": list(self.missing),
        }

    def asked_for(self, program: str) -> bool:
        """Whether a command of the submission named `program`."""
        return any(program in attempt["what"] for attempt in self.commands)

    def training(self, call: str) -> None:
        """Note that `call` was made, which trains."""
        if self.trains is None:
            self.trains = self._attempt(call)

    def unloaded(self, count: int, total: int, first: str, why: dict[str, str]) -> None:
        """Note that `count` of `total` parameters, `first` among them, got no value, and why."""
        told = {"count": count, "total": total, "name": clean(first), **why, **self._calling()}
        self._keep(self._unloaded, told)

    def unreadable(self, path: Any) -> None:
        """Note an image that could not be read."""
        if isinstance(path, str) and len(self.unread) < MAX_FACTS:
            spot = self._place.calling_spot(sys._getframe(1))
            self.unread.append(UnreadImage(clean(path), spot))

    def readable(self, path: Any) -> None:
        """Note an image that was read by a library of its own."""
        inside = self._place.within(path) if isinstance(path, str) else None
        if inside is not None and self._names is not None and inside not in self._names:
            self._names.append(inside)

    def read_network(self, path: str) -> None:
        """Note a file of the submission's own from which a network was read."""
        inside = self._place.within(path)
        if inside is not None and inside not in self.networks and len(self.networks) < MAX_FACTS:
            self.networks.append(inside)
            self.opened.heard(inside)

    @contextmanager
    def names_heard(self) -> Iterator[list[Path]]:
        """For the duration the list grows by the submission's own files that are read, but for its
        sources.
        """
        names: list[Path] = []
        self._names = names
        try:
            yield names
        finally:
            self._names = None

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if type(arguments[0]) is str and not self._busy:
                self._opened(*arguments)
        elif (event in _COMMANDS or event in _NETWORK) and not self._busy:
            self._busy = True  # what is done here would be heard, too
            try:
                self._note(event, arguments)
            except Exception:  # noqa: S110 - an audit hook that raises stops what it observes
                pass
            finally:
                self._busy = False

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK:
            address = _address(event, arguments)
            if address:
                self._add(self.network, address)
            return
        command = _command(event, arguments)
        self._add(self.installs if _INSTALL.search(command) else self.commands, command)

    def _opened(self, path: str, mode: Any, flags: Any) -> None:
        reading = not isinstance(mode, str) or not set(mode) & set("wax+")
        if not reading or path.endswith(".pyc"):
            return
        self._busy = True
        try:
            inside = self._place.within(path)
            if inside is None or path.endswith(".py"):
                return
            if is_there(inside):
                self.opened.heard(inside)
                self.readable(path)
            elif len(self.missing) < MAX_FACTS:
                spot = self._place.calling_spot(sys._getframe(2))
                if spot is not None and clean(path) not in self.missing:
                    self.missing.append(clean(path))
        except Exception:  # noqa: S110 - as above
            pass
        finally:
            self._busy = False

    def _add(self, attempts: list[dict[str, Any]], what: str) -> None:
        self._keep(attempts, self._attempt(what))

    def _keep(self, attempts: list[dict[str, Any]], attempt: dict[str, Any]) -> None:
        if attempt["file"] and attempt not in attempts and len(attempts) < MAX_FACTS:
            attempts.append(attempt)

    def _attempt(self, what: str) -> dict[str, Any]:
        return {"what": clean(what), **self._calling()}

    def _calling(self) -> dict[str, Any]:
        """File and line of the submission that called."""
        spot = self._place.calling_spot(sys._getframe(1), through_imports=False)
        return {"file": spot.file, "line": spot.line} if spot else {"file": "", "line": 0}


def _command(event: str, arguments: tuple[Any, ...]) -> str:
    # subprocess.Popen has (executable, args, ...), os.system (command), os.spawn (mode, path, args)
    words = arguments[1] if event != "os.system" else arguments[0]
    if event == "os.spawn":
        words = arguments[2]
    if isinstance(words, (list, tuple)):
        return " ".join(text_of(_plain(word)) for word in words)
    return text_of(_plain(words))


def _plain(word: Any) -> Any:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else word


def _address(event: str, arguments: tuple[Any, ...]) -> str:
    """Where to; "" for an address on this machine, which is no network."""
    if event != "socket.connect":
        return text_of(arguments[0])
    address = arguments[1]
    return ":".join(text_of(part) for part in address[:2]) if isinstance(address, tuple) else ""
