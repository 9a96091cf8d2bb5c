"""The document of one audit among those that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import UsageError

COMPARABLE = ("overlap", "analysis")


@dataclass(frozen=True)
class Run:
    """The document of one audit, and how it is named beside others."""

    name: str
    document: Mapping[str, Any]

    @property
    def data(self) -> Mapping[str, Any]:
        """What the audit found."""
        found: Mapping[str, Any] = self.document["data"]
        return found

    @property
    def tasks(self) -> tuple[str, ...]:
        """Task names, in the document's order."""
        return tuple(task["name"] for task in self.data["tasks"])


def named_runs(paths: Sequence[Path], documents: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Return runs named by their folders, or by their files where folders do not tell them apart."""
    names = [path.absolute().parent.name for path in paths]
    if len(set(names)) < len(names):
        names = [f"{place}: {path}" for place, path in enumerate(paths, start=1)]
    return [Run(name, found) for name, found in zip(names, documents, strict=True)]


def check_comparable(runs: Sequence[Run]) -> None:
    """Refuse fewer than two runs, and documents that hold no overlap; raises UsageError."""
    if len(runs) < 2:
        raise UsageError("one run has nothing to be compared with", hint="give two documents or more")
    for run in runs:
        kind = run.document.get("kind")
        if kind not in COMPARABLE:
            raise UsageError(
                f"{run.name} is the document of a {kind} audit",
                hint="give the audit.json of 'mtl-audit analyze' or the JSON of 'mtl-audit overlap'",
            )
