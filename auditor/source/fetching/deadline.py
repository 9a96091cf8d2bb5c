"""A connection that is cut when nothing useful has arrived for too long.

The time limit of a socket starts anew with every byte, so a server that sends one a second keeps a
reader for as long as it likes: in the headers, or in the length of a piece of the body.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import threading
import urllib.request
from time import monotonic
from types import TracebackType
from typing import Any


class Deadline:
    """Cuts the connection that it watches, unless it is told in time that something has arrived.

    Parameters
    ----------
    limit_s
        Seconds for the answer to begin, its headers read, and then from each piece to the next.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.passed = False
        self.connection: http.client.HTTPConnection | None = None
        self.socket: socket.socket | None = None
        self._over = threading.Event()
        self._until = monotonic() + limit_s
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Deadline:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def extend(self) -> None:
        """Tell that something has arrived."""
        self._until = monotonic() + self.limit_s

    def _watch(self) -> None:
        while not self._over.wait(max(0.0, min(1.0, self._until - monotonic()))):
            if monotonic() >= self._until:
                self.passed = True
                self._cut()

    def _cut(self) -> None:
        """Shut the socket down for whoever waits for it; TLS says goodbye to nobody."""
        found = (self.connection and self.connection.sock) or self.socket
        if found is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)
        self._over.wait(0.1)


class _Watched(http.client.HTTPConnection):
    """Shows its deadline the socket, which is not its own any more once the headers are read."""

    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self.deadline = deadline
        deadline.connection = self

    def connect(self) -> None:
        """Connect, and show the socket."""
        super().connect()
        self.deadline.socket = self.sock


class _WatchedSecure(_Watched, http.client.HTTPSConnection):
    """The same, encrypted."""


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_Watched, deadline=self.deadline), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self.deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        made = functools.partial(_WatchedSecure, deadline=self.deadline)
        return self.do_open(made, req)


def handlers(deadline: Deadline) -> tuple[urllib.request.BaseHandler, ...]:
    """Return what opens http and https under a deadline, the certificates of servers checked."""
    return _Http(deadline), _Https(deadline)
