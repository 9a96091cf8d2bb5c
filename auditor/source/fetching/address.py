"""Web addresses: which are asked at all, and how.

Only ``http`` and ``https`` are spoken, after redirects too, and never ``http`` after ``https``. A user
and password in an address go to that server alone.
"""

from __future__ import annotations

import base64
import datetime
import email.utils
import urllib.error
import urllib.parse
import urllib.request
from typing import IO, Any

from auditor.source.fetching.deadline import Deadline, handlers


def is_url(text: str) -> bool:
    """Return whether a text is the address of a web server."""
    return text.lower().startswith(("http://", "https://"))


def joined(base: str, name: str) -> str:
    """Return the address of a file below a base address, whose query is kept."""
    parts = urllib.parse.urlsplit(base)
    path = f"{parts.path.rstrip('/')}/{urllib.parse.quote(name)}"
    return urllib.parse.urlunsplit(parts._replace(path=path, fragment=""))


def request_of(url: str) -> urllib.request.Request:
    """Return the question for what an address offers; raises ValueError where it is no web address."""
    if not is_url(url):
        raise ValueError("it is no http or https address")
    parts = urllib.parse.urlsplit(url)
    userinfo, _, server = parts.netloc.rpartition("@")
    request = urllib.request.Request(
        urllib.parse.urlunsplit(parts._replace(netloc=server)),
        headers={"User-Agent": "mtl-audit", "Accept-Encoding": "identity"},
    )
    if userinfo:
        token = base64.b64encode(urllib.parse.unquote(userinfo).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    return request


def opener(deadline: Deadline) -> urllib.request.OpenerDirector:
    """Return what opens http and https under a deadline, through the usual proxies, and nothing else."""
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        *handlers(deadline),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
    ):
        made.add_handler(handler)
    return made


def retry_after(text: str) -> float:
    """Return the seconds that a ``Retry-After`` header asks for; 0 for none or nonsense."""
    if whole_number(text) is not None:
        return float(text)
    now = datetime.datetime.now(datetime.UTC)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or datetime.UTC) - now).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError, AttributeError):
        return 0.0


def whole_number(text: str) -> int | None:
    """Return the number that a header holds, of 18 digits 0 to 9 at most; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another protocol, nor from an encrypted to an open one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the next question, or refuse it."""
        scheme = urllib.parse.urlsplit(newurl).scheme
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            said = f"a redirect from {req.type} to {scheme}, which is not followed"
            raise urllib.error.HTTPError(req.full_url, code, said, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
