"""``grade review OUT``: serve the place where a team decides, on this machine."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import shutil
import socket
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.cli.desk import ClassDesk
from grader.cli.main import OK, UsageError
from grader.cli.output_folder import require_results
from grader.cli.reviewed import MISSING
from grader.cli.terminal import terminal
from grader.decisions import DecisionError
from grader.language import Sentence, translator
from grader.runs import RunError

PORT = 8420
LAST_PORT = 65535
LOOPBACK = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of ``grade review``."""
    parser.add_argument(
        "out", metavar="OUT", nargs="?", type=Path, default=Path("out"),
        help="folder of the results",
    )  # fmt: skip
    parser.add_argument(
        "--port", metavar="N", help="port to listen on (default: 8420, or a free one)"
    )
    parser.add_argument("--open", action="store_true", help="open the pages in a browser")
    parser.add_argument(
        "--host", metavar="ADDRESS", default=LOOPBACK,
        help="address to listen on; others than 127.0.0.1 are open to a network, unencrypted",
    )  # fmt: skip
    parser.add_argument(
        "--uds", type=Path, metavar="FILE",
        help="listen on a Unix socket in a folder that only you can enter",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    try:
        from grader.review.serving import serve
    except ImportError:
        raise UsageError(MISSING) from None
    console, say = terminal(), translator(arguments.lang)
    port = _port(arguments.port)
    require_results(arguments.out)
    try:
        desk = ClassDesk(arguments.out, arguments.lang)
    except RunError as error:
        raise UsageError(error.said) from None
    except DecisionError as error:
        raise UsageError(error.said) from None

    def tell(link: str) -> None:
        console.print(say("Open this link; it lets one browser in, once:"), highlight=False)
        console.print(link, highlight=False, soft_wrap=True, style="bold")
        console.print(say("Ctrl-C ends it; every decision is kept."), style="dim")
        if arguments.open:
            _open(link)

    with _listening(arguments, port) as listener:
        serve(desk, desk.context.run, listener, _names(arguments, listener, port), tell)
    if desk.unpublished:
        told = say(
            "{count} marks differ from what is published. Publish them: grade rescore --out {out}"
        )
        console.print(told.format(count=desk.unpublished, out=arguments.out), highlight=False)
    return OK


def _port(text: str | None) -> int:
    """The port that is asked for; 0 for any that is free. Raises UsageError."""
    if text is None:
        return PORT
    if text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PORT)):
        number = int(text)
        if number <= LAST_PORT:
            return number
    raise UsageError(
        Sentence(
            "--port {found}: expected a number from 1 to 65535, or nothing for the usual port, or "
            "a free one where that is taken",
            {"found": text},
        )
    )


@contextlib.contextmanager
def _listening(arguments: argparse.Namespace, port: int) -> Iterator[socket.socket]:
    """The socket: asked for, or the usual port, or a free one where that is taken."""
    if arguments.uds is not None:
        with _unix(arguments.uds) as listener:
            listener.listen()  # before the link is told: who is quick waits, and is not refused
            yield listener
        return
    family = socket.AF_INET6 if ":" in arguments.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listener, arguments.host, [port] if arguments.port is not None else [port, 0])
        yield listener


def _bind(listener: socket.socket, host: str, ports: Sequence[int]) -> None:
    """Listen on the first of `ports` that can be had. Raises UsageError where none can."""
    refused = OSError()
    for port in ports:
        try:
            listener.bind((host, port))
            listener.listen()  # two that bind at once are told apart here
            return
        except OSError as error:
            refused = error
    facts = {"host": host, "port": str(ports[0]), "why": refused.strerror or str(refused)}
    if refused.errno == errno.EADDRINUSE:
        raise UsageError(
            Sentence(
                "--port {port} is taken: another program listens there, perhaps another "
                "`grade review`. Name another one, or leave --port out: a free one is found.",
                facts,
            )
        )
    raise UsageError(
        Sentence(
            "cannot listen on {host}, port {port}: {why}. Expected an address of this machine and "
            "a port that you may use; leave out --host and --port for one that works.",
            facts,
        )
    )


@contextlib.contextmanager
def _unix(path: Path) -> Iterator[socket.socket]:
    """A Unix socket at `path`, whose folder is made for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = path.parent.stat()
    if folder.st_mode & 0o077 or folder.st_uid != os.geteuid():
        raise UsageError(
            Sentence(
                "{folder} can be entered by others. Make it your own: chmod 700 {folder}",
                {"folder": str(path.parent)},
            )
        )
    if path.exists() and not path.is_socket():
        raise UsageError(
            Sentence("--uds {file}: expected no file there, or a socket", {"file": str(path)})
        )
    with socket.socket(socket.AF_UNIX) as listener:
        path.unlink(missing_ok=True)  # of a server that was killed
        listener.bind(str(path))
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _names(arguments: argparse.Namespace, listener: socket.socket, port: int) -> list[str]:
    """The values of ``Host`` that are ours. Through a Unix socket it is the port that ``ssh -L``
    was given, which has to be ``--port``.
    """
    if arguments.uds is None:
        port = listener.getsockname()[1]
    address = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    names = [address] if arguments.uds is None else []
    return [f"{name}:{port}" for name in dict.fromkeys([*names, LOOPBACK, "localhost", "[::1]"])]


def _open(link: str) -> None:
    """Open the link in a browser by a file that only we can read: a browser's arguments can be
    read by everybody on this machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="grade-review-"))
    page = folder / "open.html"
    page.write_text(f'<meta http-equiv="refresh" content="0;url={link}">', encoding="utf-8")
    if not webbrowser.open(page.as_uri()):
        shutil.rmtree(folder)
