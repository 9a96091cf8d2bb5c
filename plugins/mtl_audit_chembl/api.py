"""Ask ChEMBL's web API for JSON, patiently.

Plain `requests` is used. ChEMBL's own client, chembl_webresource_client 0.10.9, was tried and read:

- importing it opens a connection, without a time limit, and fails where there is none;
- pages are asked by POST, which its retry policy leaves out, so that one 500 or 429 ends a download;
- the offset is the page's number times the page size it asked for, and the number of rows received
  is never held against the total, so that a short page loses rows in silence;
- answers are kept for a day in a database in the home folder, whatever release they came from;
- another base address has to be set in a global before the first import.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from auditor.errors import DataError
from auditor.source.fetching.address import retry_after
from auditor.source.fetching.deadline import Deadline
from mtl_audit_chembl.watched import watch

ATTEMPTS = 6
BACKOFF_S = 1.0
"""Wait after the first failure; it doubles with each further one."""
LONGEST_WAIT_S = 120.0
TIMEOUT_S = (10.0, 180.0)
"""To connect, and between two parts of an answer."""
PIECE = 1 << 16
MOST_BYTES = 256 << 20
"""Most bytes of one answer, unpacked; a full page of activities has about 2 MB."""
AGAIN = "run again: what has arrived is kept, and the download goes on from there"
_SAID = ("error_message", "error", "exception")


class PassingError(Exception):
    """A failure that may be over at the next attempt, and how long the server asks to wait."""

    def __init__(self, what: str, wait_s: float = 0.0) -> None:
        super().__init__(what)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Api:
    """A ChEMBL web API at a base address, asked over one connection."""

    url: str
    session: requests.Session

    def ask(self, resource: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Return the JSON object that a resource answers with.

        Throttling (429), failures of the server (5xx), lost connections, cut-off answers and web
        pages in place of JSON are tried again, later each time; ``Retry-After`` is kept to.

        Parameters
        ----------
        resource
            ``"activity"``, ``"target"`` or ``"status"``.
        params
            Its filters, as ChEMBL documents them.

        Raises
        ------
        DataError
            The server refuses, or does not answer in `ATTEMPTS` attempts.
        """
        address = f"{self.url}/{resource}.json"
        wait = BACKOFF_S
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _answer(self.session, address, params)
            except PassingError as trouble:
                pause = max(wait, trouble.wait_s)
                if attempt == ATTEMPTS:
                    raise DataError(
                        f"{address} failed {ATTEMPTS} times, the last time: {trouble}", hint=AGAIN
                    ) from trouble
                if pause > LONGEST_WAIT_S:
                    raise DataError(
                        f"{address} asks to wait {trouble.wait_s:,.0f} s: {trouble}",
                        hint=f"after that time {AGAIN}",
                    ) from trouble
            time.sleep(pause)
            wait = min(2 * wait, LONGEST_WAIT_S)
        raise AssertionError("unreachable")


def _answer(session: requests.Session, address: str, params: Mapping[str, str]) -> dict[str, Any]:
    deadline = Deadline(TIMEOUT_S[1])
    try:
        with deadline:
            watch(session, deadline)
            with session.get(address, params=params, timeout=TIMEOUT_S, stream=True) as reply:
                content = _content(reply, deadline)
    except (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
    ) as error:
        raise PassingError(
            _slow(deadline) if deadline.passed else _line(f"{type(error).__name__}: {error}")
        ) from error
    except requests.RequestException as error:
        raise DataError(
            f"{address} cannot be asked: {_line(str(error))}", hint="check the address"
        ) from error
    if deadline.passed:
        raise PassingError(_slow(deadline))
    if reply.status_code in (408, 429) or reply.status_code >= 500:
        what = f"{reply.status_code} {reply.reason} {_said(content)}".strip()
        raise PassingError(what, retry_after(reply.headers.get("Retry-After", "")))
    if reply.status_code != 200:
        raise DataError(
            f"{address} answered {reply.status_code} {reply.reason} {_said(content)}".strip(),
            hint="check the address of the API, and whether its version still knows these filters",
        )
    if address.startswith("https:") and not reply.url.startswith("https:"):
        raise DataError(f"{address} leads to an open connection", hint="check the address")
    return _object(content, reply.url)


def _slow(deadline: Deadline) -> str:
    return f"no {PIECE >> 10} kB of the answer arrived in {deadline.limit_s:g} s"


def _content(reply: requests.Response, deadline: Deadline) -> bytes:
    """Return what an answer holds, unpacked, unless that is more than any answer should hold."""
    pieces, size = [], 0
    for piece in reply.iter_content(PIECE):
        deadline.extend()
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise DataError(f"{reply.url} sends more than {MOST_BYTES >> 20} MB", hint="check the address")
    return b"".join(pieces)


def _object(content: bytes, url: str) -> dict[str, Any]:
    """Return the JSON object of an answer that claims to be good."""
    if content.lstrip()[:1] == b"<":
        raise PassingError("it answered with a web page instead of JSON")
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PassingError(f"its answer is not JSON ({_line(str(error))})") from error
    if not isinstance(answer, dict):
        raise DataError(f"{url} answered with JSON of another form", hint="check the address")
    if said := _message(answer):
        raise DataError(f"{url} answered: {said}", hint="check the address")
    return answer


def _said(content: bytes) -> str:
    """Return what a failed answer says for itself, where it says it in JSON."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    said = _message(answer) if isinstance(answer, dict) else ""
    return f"({said})" if said else ""


def _message(answer: Mapping[str, Any]) -> str:
    return next((_line(str(answer[key])) for key in _SAID if answer.get(key)), "")


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
