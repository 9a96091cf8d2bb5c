"""A session of `requests` whose connection a deadline can cut.

The time limit of `requests` starts anew with every byte that arrives.
"""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from auditor.source.fetching.deadline import Deadline


class Watched(HTTPAdapter):
    """Knows the socket of the connection that it uses, also where that one is kept for more requests."""

    socket: Any = None
    deadline: Deadline | None = None

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make connections that show their socket."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(self, HTTPConnectionPool, HTTPConnection),
            "https": _pool(self, HTTPSConnectionPool, HTTPSConnection),
        }

    def watch(self, deadline: Deadline) -> None:
        """Show a deadline the socket that is open, and those that are opened from now on."""
        self.deadline, deadline.socket = deadline, self.socket

    def opened(self, socket: Any) -> None:
        """Take note of a new connection."""
        self.socket = socket
        if self.deadline is not None:
            self.deadline.socket = socket


def watched_session() -> requests.Session:
    """Return a session of which every connection can be watched."""
    session = requests.Session()
    adapter = Watched()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def watch(session: requests.Session, deadline: Deadline) -> None:
    """Let a deadline cut the connection of a session that `watched_session` made."""
    adapter = session.get_adapter("https://")
    assert isinstance(adapter, Watched), "watched_session makes it"
    adapter.watch(deadline)


def _pool(adapter: Watched, pool: type[Any], connection: type[Any]) -> type[Any]:
    class Shown(connection):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            adapter.opened(self.sock)

    class Pool(pool):  # type: ignore[misc]
        ConnectionCls = Shown

    return Pool
