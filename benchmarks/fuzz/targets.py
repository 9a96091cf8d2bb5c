"""What reads an input of each format: it may take it, or refuse it with an error for the user."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from auditor.errors import AuditError, DataError, ExitCode

LONGEST = 2000
"""Characters of a refusal: more is no line any more."""


def read(form: str, data: bytes) -> str:
    """Return "taken" or "refused"; whatever else is raised, warnings too, is a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)
        try:
            TARGETS[form](data)
        except AuditError as error:
            assert error.message.strip() and len(error.message) < LONGEST, "a refusal is one line"
            return "refused"
    return "taken"


def _table(data: bytes) -> None:
    from auditor.source.table.opening import columns_of
    from auditor.source.table.reading import tasks_of

    tasks_of(columns_of(Path("fuzzed"), data))


def _document(data: bytes) -> None:
    """Render it as the command does, which may end with 0 or 4."""
    from auditor.cli import run

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.json"
        path.write_bytes(data)
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = run(["--no-config", "report", str(path), "--format", "terminal"])
    if code:
        lines = said.getvalue().splitlines()
        assert code == ExitCode.UNAVAILABLE and lines[0].startswith("mtl-audit: error: "), said.getvalue()[
            -2000:
        ]
        raise DataError(lines[0])


def _config(data: bytes) -> None:
    import click

    from auditor.cli import cli
    from auditor.cli.config import load_config

    with tempfile.TemporaryDirectory() as folder, _inside(folder):
        Path("mtl-audit.toml").write_bytes(data)
        found = load_config(cli, click.Context(cli), None)
    assert "scheduler" not in repr(found.defaults), "a file that was found named a scheduler"


def _answer(data: bytes) -> None:
    from auditor.source.fetching import download
    from auditor.source.files import SourceFiles

    download.TIMEOUT_S, download.PAUSE_S, download.LONGEST_PAUSE_S, download.ATTEMPTS = 0.3, 0.0, 0.05, 2
    with tempfile.TemporaryDirectory() as folder, _answering(data) as address:
        found = SourceFiles(Path(folder)).need("a.tab", url=f"{address}/a.tab", columns=("Drug",))
        assert b"Drug" in found.read_bytes().split(b"\n", 1)[0]


@contextlib.contextmanager
def _inside(folder: str) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _answering(data: bytes) -> Iterator[str]:
    """Answer every question with the same bytes, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client, contextlib.suppress(OSError):
                        client.settimeout(1.0)
                        client.recv(1 << 16)
                        client.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "csv": _table,
    "parquet": _table,
    "feather": _table,
    "sdf": _table,
    "json": _document,
    "toml": _config,
    "http": _answer,
}
