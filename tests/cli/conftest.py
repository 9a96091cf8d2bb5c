"""Run the command as a user does, in a process of its own, or faster within the process of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor import cli


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines of stderr."""
        return self.err.splitlines()


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs mtl-audit with some arguments in an empty folder."""

    def command(*arguments: object, cache: Path | None = None, **environment: str) -> Outcome:
        folder = tmp_path / "here"
        folder.mkdir(exist_ok=True)
        env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(cache or tmp_path / "cache"), **environment}
        done = subprocess.run(
            [sys.executable, "-m", "auditor", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=folder,
            env=env,
            timeout=600,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return command


@pytest.fixture
def within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return the same as `run` without a new process, for claims about what is said and written."""
    folder = tmp_path / "here"

    def command(*arguments: object, cache: Path | None = None, **environment: str) -> Outcome:
        folder.mkdir(exist_ok=True)
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in {
                "MTL_AUDIT_CACHE_DIR": str(cache or tmp_path / "cache"),
                **environment,
            }.items():
                patch.setenv(name, value)
            code = cli.run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return command


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV of 40 compounds and three tasks, one of them sparse."""
    path = tmp_path / "mine.csv"
    rows = ["smiles,alpha,beta,gamma"]
    for size in range(1, 41):
        third = "" if size > 8 else size / 10
        rows.append(f"{'C' * size}O,{size % 2},{int(size % 3 == 0)},{third}")
    path.write_text("\n".join(rows) + "\n")
    return path
