"""Serving the application by uvicorn: no log of requests, no headers that tell of the server."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import uvicorn

from grader.review.app import application
from grader.review.desk import Desk
from grader.review.sessions import Sessions

CLOSING_SECONDS = 2  # seconds that open streams have to end


def serve(
    desk: Desk,
    run: str,
    listener: socket.socket,
    hosts: Sequence[str],
    tell: Callable[[str], None],
) -> None:
    """Serve until the process is asked to end.

    run: id of the run, which names the cookie. hosts: the values of ``Host`` that are ours; the
    first one is in the link that `tell` is given.
    """
    sessions = Sessions()
    application_ = application(desk, sessions, hosts, f"grade_review_{run}")
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
    uvicorn.Server(config).run(sockets=[listener])
