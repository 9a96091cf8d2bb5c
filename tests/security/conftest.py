"""A local server without pauses, and a pickle that tells when it was loaded."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.source.fetching import download
from tests.http_server import Answers, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    monkeypatch.setenv("no_proxy", "*")
    with serving() as answers:
        yield answers


class Planted:
    """Touches a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """The file that a planted pickle touches; it is not there yet."""
    return tmp_path / "a-pickle-was-loaded"


@pytest.fixture
def attack(mark: Path) -> bytes:
    """A pickle that touches `mark`, shown to work."""
    made = pickle.dumps(Planted(mark))
    pickle.loads(made)
    assert mark.exists()
    mark.unlink()
    return made
