"""Shared fixtures: no network beyond this machine, a private cache, the mirror of published files."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from auditor import console

# Two torch threads on a busy two-core machine wait for each other ten times longer than one works.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The examples of a property are the same in every run, so that a submission does not fail by chance;
# HYPOTHESIS_PROFILE=explore draws others.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

collect_ignore = [
    "example_plugin"
]  # a package of its own; tests/distribution/test_example_plugin.py runs its tests

ROOT = Path(__file__).parent.parent
MIRROR = Path(os.environ.get("MTL_AUDIT_MIRROR") or ROOT.parent / "shared" / "data")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background lets them ignore Ctrl-C; their children must not.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        outside = self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "localhost",
            "::1",
        )
        if outside:
            raise OSError(f"tests do not connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    yield


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests from reading the user's settings or writing into the user's cache."""
    for name in (
        "MIRROR",
        "OFFLINE",
        "PLUGINS",
        "DISABLE_PLUGINS",
        "STRICT_PLUGINS",
        "TRACE_PLUGINS",
        "CONFIG",
    ):
        monkeypatch.delenv(f"MTL_AUDIT_{name}", raising=False)
    monkeypatch.setattr(console, "settings", console.Settings())
    monkeypatch.setenv("MTL_AUDIT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of published files."""
    if not (MIRROR / "moleculenet").is_dir():
        pytest.skip(f"no mirror of published files at {MIRROR}")
    return MIRROR


@pytest.fixture(scope="session")
def published_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests of published files, so that each is read once."""
    return tmp_path_factory.mktemp("published-cache")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the shelf that could not run."""
    if not (MIRROR / "moleculenet").is_dir():
        terminalreporter.write_line(
            f"PUBLISHED SHELF NOT RUN: no mirror at {MIRROR}; set MTL_AUDIT_MIRROR", yellow=True
        )
