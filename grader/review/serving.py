"""Serving the application by uvicorn: no log of requests, no headers that tell of the server, and
a quiet end.
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable, Sequence
from types import FrameType

import uvicorn

from grader.review.app import application
from grader.review.desk import Desk
from grader.review.events import Closing
from grader.review.sessions import Sessions

CLOSING_SECONDS = 2  # seconds that open streams have to end


def serve(
    desk: Desk,
    run: str,
    listener: socket.socket,
    hosts: Sequence[str],
    tell: Callable[[str], None],
) -> None:
    """Serve until the process is asked to end; by Ctrl-C, which is the ordinary end, it returns.

    run: id of the run, which names the cookie. hosts: the values of ``Host`` that are ours; the
    first one is in the link that `tell` is given.
    """
    sessions, closing = Sessions(), Closing()
    application_ = application(desk, sessions, hosts, f"grade_review_{run}", closing)
    config = uvicorn.Config(
        application_,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        limit_concurrency=400,
        timeout_graceful_shutdown=CLOSING_SECONDS,
        h11_max_incomplete_event_size=32 * 1024,
    )
    tell(f"http://{hosts[0]}/enter#{sessions.invite()}")
    with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises once it has ended
        _Server(config, closing).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends open streams when it is asked to end, and says nothing of what it cuts off then."""

    def __init__(self, config: uvicorn.Config, closing: Closing) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks for the end."""
        self._closing.asked = True
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        super().handle_exit(sig, frame)
