"""A web server on this machine that answers as badly as real ones do."""

from __future__ import annotations

import contextlib
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
    failures: dict[str, int] = field(default_factory=dict)
    """Paths that answer 503 this many times before they work."""

    def times(self, path: str) -> int:
        """Return how often a path was asked for."""
        return self.asked.count(path)


@contextlib.contextmanager
def serving() -> Iterator[Answers]:
    """Serve what the yielded object holds until the block ends.

    ``/short/...`` announces a longer body than it sends, ``/chunked/...`` breaks off in the middle
    of a chunk, ``/moved/...`` redirects, ``/dropped/...`` closes the connection without an answer.
    """
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answers.asked.append(self.path)
            _, kind, *rest = self.path.split("/")
            body = answers.bodies.get(self.path if not rest else "/" + "/".join(rest))
            if answers.failures.get(self.path, 0) > 0:
                answers.failures[self.path] -= 1
                self.send_error(503)
            elif kind == "dropped":
                self.close_connection = True
            elif body is None:
                self.send_error(404)
            elif kind == "moved":
                self.send_response(302)
                self.send_header("Location", "/" + "/".join(rest))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif kind == "chunked":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"ffff\r\n" + body)
                self.close_connection = True
            else:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) + 100 * (kind == "short")))
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
