"""The commands that faults are injected into, small enough to live for a second or two."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.child import run

TINY = (
    "synthetic", "--dataset-option", "tasks=3", "--dataset-option", "compounds=120", "--encoder", "ecfp",
    "--batch-size", "32",
)  # fmt: skip
ATOMS = "CNOFSP"


@dataclass(frozen=True)
class Case:
    """A command, what it must have written when it is done, and what it needs before.

    Parameters
    ----------
    arguments
        Paths in it are relative to the folder that it runs in.
    outputs
        Files that are the same after every undisturbed run.
    prepare
        Makes the folder ready for the first start.
    """

    name: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...]
    prepare: Callable[[Path], None] = lambda folder: folder.mkdir(parents=True, exist_ok=True)


ANALYZE = Case(
    "analyze",
    ("analyze", *TINY, "--epochs", "6", "--patience", "6", "--seeds", "2", "--ignore-gate",
     "--only", "synthetic-truth", "-o", "out"),
    ("out/audit.json", "out/report.html", "out/report.md", "out/manifest.json"),
)  # fmt: skip
BENEFIT = Case(
    "analyze --also benefit",
    ("analyze", *TINY, "--epochs", "1", "--ignore-gate", "--only", "benefit", "--affinity",
     "chemical-correlation", "--analysis-option", "benefit.seeds=1", "-o", "out"),
    ("out/audit.json", "out/manifest.json"),
)  # fmt: skip
RECOMMEND = Case(
    "recommend",
    ("recommend", *TINY, "--epochs", "1", "--seeds", "1", "--budget", "4", "-o", "groups.json", "--force"),
    ("groups.json",),
)
TWO_WORKERS = Case(
    "recommend --workers 2", (*RECOMMEND.arguments, "--workers", "2"), RECOMMEND.outputs, RECOMMEND.prepare
)


def _table(folder: Path) -> None:
    """Write a CSV of three tasks over some hundred molecules that share most of them."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["smiles,one,two,three"]
    for number in range(500):
        tail = "".join(ATOMS[number // 6**place % 3] for place in range(5))
        marks = [str((number * step) % 7 % 2) if number % step else "" for step in (3, 5, 11)]
        lines.append(f"CC{tail}C{'C' * (number % 4)},{','.join(marks)}")
    (folder / "assays.csv").write_text("\n".join(lines) + "\n")


OVERLAP = Case(
    "overlap of a CSV",
    ("overlap", "assays.csv", "--identity", "parent-inchikey", "-o", "overlap.json", "--force"),
    ("overlap.json",),
    _table,
)


def _report(folder: Path) -> None:
    """Leave a finished run, and a report of it that the command replaces."""
    _filled(folder)
    run(("report", "out", "-o", "report.html", "--force", "--title", "before"), folder)


def _filled(folder: Path) -> None:
    """Copy a folder in which ANALYZE has ended, made once per process."""
    made = folder.parent / "finished"
    if not (made / "out" / "manifest.json").exists():
        run(ANALYZE.arguments, made)
    shutil.copytree(made, folder)


REPORT = Case(
    "report over a report", ("report", "out", "-o", "report.html", "--force"), ("report.html",), _report
)
CLEAR = Case("cache clear", ("cache", "clear", "--yes"), (), _filled)
WARMING = (ANALYZE, BENEFIT, RECOMMEND, Case("", ("report", "out", "--format", "markdown"), ()))
"""What is run once before anything else, so that everything is imported."""
