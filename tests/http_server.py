"""A web server on this machine that answers as badly as real ones do."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answers:
    """What the server gives: bodies by path, and how often each path was asked for."""

    address: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    """The headers of each question, in the order of ``asked``."""
    failures: dict[str, int] = field(default_factory=dict)
    """Paths that answer 503 this many times before they work."""
    statuses: dict[str, list[int]] = field(default_factory=dict)
    """Statuses that a path answers with, one after the other, before it works."""
    retry_after: str = ""
    length: str = ""
    """What ``/lying/...`` gives for its length."""
    redirects: dict[str, str] = field(default_factory=dict)
    """Paths that redirect anywhere."""
    breaks: dict[str, int] = field(default_factory=dict)
    """Paths that close the connection this many times after half of what they announced."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the server ends: until then a stalled answer stays stalled."""

    def times(self, path: str) -> int:
        """Return how often a path was asked for."""
        return self.asked.count(path)


@contextlib.contextmanager
def serving() -> Iterator[Answers]:
    """Serve what the yielded object holds until the block ends.

    ``/short/...`` announces a longer body than it sends, ``/chunked/...`` breaks off in the middle
    of a chunk, ``/moved/...`` redirects, ``/dropped/...`` closes the connection without an answer,
    ``/unannounced/...`` does not tell the length, ``/stalled/...`` falls silent after the first bytes,
    ``/trickled/...`` sends headers without end a byte at a time, ``/crumbs/...`` the length of a chunk so,
    ``/lying/...`` announces what ``length`` says,
    ``/tagged/...`` names the file (``ETag``) and sends a part of it on request.
    """
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answers.asked.append(self.path)
            answers.headers.append(dict(self.headers.items()))
            path = self.path.partition("?")[0]
            _, kind, *rest = path.split("/")
            body = answers.bodies.get(path, answers.bodies.get("/" + "/".join(rest)))
            self.close_connection = True
            if answers.failures.get(path, 0) > 0:
                answers.failures[path] -= 1
                self.send_error(503)
            elif answers.statuses.get(path):
                self.refuse(answers.statuses[path].pop(0))
            elif path in answers.redirects:
                self.redirect(answers.redirects[path])
            elif kind == "dropped":
                pass
            elif body is None:
                self.send_error(404)
            elif kind == "moved":
                self.redirect("/" + "/".join(rest))
            elif kind == "chunked":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"ffff\r\n" + body)
            elif kind == "unannounced":
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)
            elif kind == "stalled":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:3])
                self.wfile.flush()
                answers.over.wait()
            elif kind == "trickled":
                self.trickle(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000)
            elif kind == "crumbs":  # the length of a chunk, a digit at a time
                self.trickle(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 10_000)
            elif kind == "lying":
                self.send_response(200)
                self.send_header("Content-Length", answers.length)
                self.end_headers()
                self.wfile.write(body)
            elif kind == "tagged":
                self.tagged(path, body)
            else:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + 100 * (kind == "short")))
                self.end_headers()
                self.wfile.write(body)

        def trickle(self, *pieces: bytes) -> None:
            """Send the last piece a byte at a time: no silence is ever long."""
            *before, slow = pieces
            with contextlib.suppress(OSError):
                self.wfile.write(b"".join(before))
                for byte in slow:
                    self.wfile.write(bytes([byte]))
                    if answers.over.wait(0.02):
                        return

        def refuse(self, status: int) -> None:
            self.send_response(status)
            if answers.retry_after:
                self.send_header("Retry-After", answers.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def redirect(self, location: str) -> None:
            self.send_response(302)
            self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def tagged(self, path: str, body: bytes) -> None:
            tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            wanted, start = self.headers.get("Range", ""), 0
            if wanted and self.headers.get("If-Range") == tag:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                if start >= len(body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            sent = body[start:]
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            if answers.breaks.get(path, 0) > 0:
                answers.breaks[path] -= 1
                sent = sent[: len(sent) // 2]
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        answers.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
