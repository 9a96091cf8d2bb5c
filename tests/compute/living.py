"""Which processes of the pool are alive, as /proc tells; a zombie is not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

BODY = b"auditor.compute.worker"


def pool_of(parent: int | None = None) -> set[int]:
    """Return the living pool processes of a process, of this one by default; no other children."""
    wanted = parent or os.getpid()
    return {
        pid
        for pid, (state, above) in _table().items()
        if above == wanted and state != "Z" and BODY in _command(pid)
    }


def all_gone(pids: Iterable[int], *, within_s: float) -> bool:
    """Wait until none of some processes lives any more; return whether that came in time."""
    until = time.monotonic() + within_s
    wanted = set(pids)
    while any(pid in wanted and state != "Z" for pid, (state, _) in _table().items()):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _table() -> dict[int, tuple[str, int]]:
    """Return state and parent of every process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, above, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(path.parent.name)] = (state, int(above))
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""
