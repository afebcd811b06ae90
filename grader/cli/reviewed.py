"""``grade PATH… --review``: the review's pages in a process of their own, while the class runs."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib.util import find_spec
from types import TracebackType

from grader.cli.main import UsageError
from grader.cli.only import wishes
from grader.language import Sentence

MISSING = Sentence(
    "grade review needs the packages starlette and uvicorn. Install them: "
    "pip install 'lab-grader[review]'"
)

WISH_SECONDS = 1.0  # seconds between two looks for wishes of the pages


class Reviewed:
    """Serves ``grade review OUT`` beside a class where ``--review`` asks for it, and once the class
    has ended until Ctrl-C. It reads what is on disk, so that neither of the two can hurt the other.
    A context manager.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Raises UsageError where the pages' packages are not installed."""
        self._arguments = arguments
        self._server: subprocess.Popen[bytes] | None = None
        self._wished: set[tuple[str, str]] = set()
        if arguments.review and not (find_spec("starlette") and find_spec("uvicorn")):
            raise UsageError(MISSING)

    def __enter__(self) -> Reviewed:
        return self

    def open(self) -> None:
        """Begin, now that there is a run to look at."""
        if self._arguments.review and self._server is None:
            out, language = str(self._arguments.out), self._arguments.lang
            command = [sys.executable, "-m", "grader", "review", out, "--open", "--lang", language]
            # In a session of its own: the first Ctrl-C ends the class alone.
            self._server = subprocess.Popen(command, start_new_session=True)  # noqa: S603

    def wish(self) -> bool:
        """Wait until a submission is to be examined again: True; False once the pages were closed.
        A wish that could not be fulfilled is not told again.
        """
        try:
            while self._server is not None and self._server.poll() is None:
                new = wishes(self._arguments.out, self._wished)
                if new:
                    self._wished |= new
                    return True
                time.sleep(WISH_SECONDS)
        except KeyboardInterrupt:
            pass
        return False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is None:
            return
        self._server.terminate()
        self._server.wait()
