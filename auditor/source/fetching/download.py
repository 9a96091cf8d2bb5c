"""Fetch a file over HTTP into a part beside its place: patiently, and going on where it broke off."""

from __future__ import annotations

import http.client
import os
import ssl
import time
import urllib.error
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request

from auditor import console
from auditor.cache.writing import writable
from auditor.errors import StorageError
from auditor.privacy import without_secrets
from auditor.source.fetching.address import opener, request_of, retry_after, whole_number
from auditor.source.fetching.arriving import forget, held_of, remember_part
from auditor.source.fetching.deadline import Deadline
from auditor.source.fetching.unzip import MOST_BYTES

ATTEMPTS = 4
PAUSE_S = 0.5
"""Wait after the first failure; it doubles with each further one."""
LONGEST_PAUSE_S = 60.0
TIMEOUT_S = 60.0
"""Longest silence of a server, and how long it may be slow."""
PATIENCE_S = 150.0
"""How long a server is asked again in all that gives fewer than `SLOWEST` bytes a second."""
SLOWEST = 500
"""Bytes a second below which a server counts as stalled."""
MOST_SAID = 300
"""Characters of a reason that are told: a server may give any."""
PASSING = frozenset({202, 408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another one soon."""


class NotFetched(Exception):
    """A file that could not be fetched: why, and with which status where the server gave one."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(without_secrets(" ".join(why.split())[:MOST_SAID]))
        self.status = status


class _Passing(Exception):
    """A failure that may be over at the next attempt, and how long the server asks to wait."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Fetched:
    """A file that has arrived: where it lies, and whether the server told its length beforehand."""

    part: Path
    length_known: bool


def fetch(url: str, path: Path) -> Fetched:
    """Fetch what a URL offers into a hidden part beside a path, which the caller checks and renames.

    What has arrived before a connection broke is kept, in this run and for the next, where the server
    gives it a name (``ETag``, ``Last-Modified``) by which it can tell whether it is still the same file.

    Raises
    ------
    NotFetched
        The server refuses, or has not given all of it in `ATTEMPTS` attempts.
    """
    part = path.parent / f".{path.name}.arriving"
    _refuse_folders(path, part)
    with writable(part.parent):
        part.parent.mkdir(parents=True, exist_ok=True)
    pause, stalled_s = PAUSE_S, 0.0
    for attempt in range(1, ATTEMPTS + 1):
        try:
            started, before = time.monotonic(), held_of(url, part)[0]
            return Fetched(part, _attempt(url, part, path.name))
        except _Passing as trouble:
            took_s, held = time.monotonic() - started, held_of(url, part)[0]
            stalled_s += took_s if held - before < SLOWEST * took_s else 0.0
            if not held:
                forget(part)  # the server gave it no name by which to go on
            wait = max(pause, trouble.wait_s)
            if attempt == ATTEMPTS or stalled_s > PATIENCE_S:
                raise NotFetched(str(trouble)) from trouble
            if wait > LONGEST_PAUSE_S:
                raise NotFetched(f"{trouble}; it asks to wait {wait:,.0f} s") from trouble
        time.sleep(wait)
        pause = min(2 * pause, LONGEST_PAUSE_S)
    raise AssertionError("unreachable")


def _refuse_folders(*places: Path) -> None:
    """Refuse a folder where a file is to come; raises StorageError."""
    for place in places:
        if place.is_dir():
            raise StorageError(
                f"{place} is a folder, and a file of that name is to come there",
                hint="delete it, or choose another folder with --cache-dir",
            )


def _attempt(url: str, part: Path, name: str) -> bool:
    """Fetch what is lacking; return whether its length was known beforehand."""
    with Deadline(TIMEOUT_S) as deadline:
        try:
            return _exchange(url, part, name, deadline)
        except (NotFetched, _Passing) as trouble:
            if deadline.passed:
                raise _Passing(f"nothing arrived for {TIMEOUT_S:g} s") from trouble
            raise


def _exchange(url: str, part: Path, name: str, deadline: Deadline) -> bool:
    held = held_of(url, part)
    try:
        with opener(deadline).open(conditional(url, held), timeout=TIMEOUT_S) as reply:
            if deadline.passed:  # what was read of the headers may look like all of them
                raise _Passing("its headers did not end")
            deadline.extend()
            start = _start(reply, held)
            total = _total(reply, start, part)
            if not start:
                remember_part(url, part, reply.headers)
            _receive(reply, part, name, (start, total), deadline)
        if deadline.passed:
            raise _Passing("it fell silent")
        arrived = part.stat().st_size
        if total is not None and arrived != total:
            raise _Passing(f"{arrived:,} of {total:,} bytes arrived")
        return total is not None or bool(reply.chunked)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # what is held is not the beginning of what is there now
            forget(part)
        raise _refusal(error) from error
    except (ValueError, http.client.InvalidURL) as error:
        raise NotFetched(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        why = str(reason) or type(error).__name__
        untrusted = isinstance(reason, ssl.SSLCertVerificationError)
        raise NotFetched(why) if untrusted else _Passing(why) from error


def conditional(url: str, held: tuple[int, str]) -> Request:
    """Return the question for a file, or for what is lacking of it if it is still the same."""
    request = request_of(url)
    size, validator = held
    if size:
        request.add_header("Range", f"bytes={size}-")
        request.add_header("If-Range", validator)
    return request


def _refusal(error: urllib.error.HTTPError) -> NotFetched | _Passing:
    """Return what a refusal of the server means for the next attempt."""
    if error.code == 416:
        return _Passing("416, it holds another file now")
    why = f"it answered {error.code} {error.reason}".strip()
    if error.code in PASSING:
        return _Passing(why, retry_after(error.headers.get("Retry-After", "")))
    return NotFetched(why, error.code)


def _start(reply: Any, held: tuple[int, str]) -> int:
    """Return the place in the file from which on a server sends."""
    if reply.status == 200:
        return 0
    if reply.status == 206 and reply.headers.get("Content-Range", "").startswith(f"bytes {held[0]}-"):
        return held[0]
    why = f"it answered {reply.status} {reply.reason}".strip()
    raise _Passing(why) if reply.status in PASSING else NotFetched(why, reply.status)


def _total(reply: Any, start: int, part: Path) -> int | None:
    """Return the size that the file will have, None where the server does not tell."""
    length = reply.headers.get("Content-Length")
    if length is None or reply.chunked:
        return None
    number = whole_number(length)
    if number is None:
        raise NotFetched(f"its Content-Length {length[:50]!r} is no length")
    total = start + number
    if total > MOST_BYTES:
        forget(part)
        raise NotFetched(f"it is {total:,} bytes long, and at most {MOST_BYTES >> 30} GiB are taken")
    return total


def _receive(reply: Any, part: Path, name: str, place: tuple[int, int | None], deadline: Deadline) -> None:
    """Append what arrives to the part, a piece at a time."""
    start, total = place
    size, window, since = start, 0, time.monotonic()
    with (
        writable(part),
        part.open("ab" if start else "wb") as stream,
        console.progress(f"downloading {name}", total or 0) as advance,
    ):
        advance(start)
        while piece := _piece(reply):
            deadline.extend()
            stream.write(piece)
            advance(len(piece))
            size, window = size + len(piece), window + len(piece)
            if size > MOST_BYTES:
                forget(part)
                raise NotFetched(f"more than {MOST_BYTES >> 30} GiB arrived")
            if time.monotonic() - since > TIMEOUT_S:
                if window < SLOWEST * TIMEOUT_S:
                    raise _Passing(f"fewer than {SLOWEST} bytes a second arrive")
                window, since = 0, time.monotonic()
        stream.flush()
        os.fsync(stream.fileno())


def _piece(reply: Any) -> bytes:
    """Return what has arrived; the failure to receive is the server's, not the disk's."""
    try:
        piece: bytes = reply.read1(1 << 16)
    except (OSError, http.client.HTTPException) as error:
        raise _Passing(str(error) or type(error).__name__) from error
    return piece
