"""The programs that docs/gradients.md links to run, and find what was put into their data."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from tests.conftest import ROOT

PROGRAMS = ROOT / "docs" / "examples"


def run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a program in an empty folder, and return its names; the random state of others stays."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", [name])
    with torch.random.fork_rng():
        return runpy.run_path(str(PROGRAMS / name), run_name="__main__")


def related(matrix: pd.DataFrame) -> bool:
    """Return whether tasks a and b, which ask the same, are more alike than either is to c."""
    return bool(matrix.loc["a", "b"] > 0.1 and matrix.loc[["a", "b"], "c"].abs().max() < 0.1)


def test_the_plain_loop_is_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = run("plain_torch.py", tmp_path, monkeypatch)["audit"]
    assert related(audit.affinity("gradient-cosine")) and related(audit.affinity("error-cosine"))
    assert audit.data["training"]["recorded"]["name"] == "log.npz"
    assert "a and b" in audit.answers["What goes together"]


@pytest.mark.skipif(importlib.util.find_spec("lightning") is None, reason="Lightning is not installed")
def test_the_lightning_training_is_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = run("lightning_training.py", tmp_path, monkeypatch)["audit"]
    assert related(audit.affinity("gradient-cosine")) and related(audit.affinity("accumulated-cosine"))


@pytest.mark.skipif(importlib.util.find_spec("chemprop") is None, reason="chemprop is not installed")
def test_the_training_of_chemprop_is_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = run("chemprop_training.py", tmp_path, monkeypatch)["audit"]
    assert audit.findings["agreement"].status == "ok"
