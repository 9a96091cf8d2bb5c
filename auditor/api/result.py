"""What every call returns: a document with a verdict and findings, which shows and saves itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.api.asking import in_python
from auditor.api.notebook import finding_html, result_html
from auditor.api.saving import save
from auditor.errors import UsageError
from auditor.text import nearest

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """The answer of an audit in one word and one sentence.

    Parameters
    ----------
    status
        ``"pass"``, ``"partial"``, ``"fail"``; of a dry run ``"dry-run"``.
    sentence
        Why.
    counts
        Pairs of tasks by what the gate says of them; empty where it was not asked.
    reliable_subset
        The largest set of tasks that was found whose pairs are all reliable.
    """

    status: str
    sentence: str
    counts: Mapping[str, int] = field(default_factory=dict)
    reliable_subset: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.status.upper()} {self.sentence}"


@dataclass(frozen=True)
class Found:
    """What one analysis found; ``data`` holds its numbers, ``blocks`` what a report shows of it."""

    name: str
    status: str
    sentence: str
    data: Mapping[str, Any] = field(repr=False)
    blocks: tuple[Mapping[str, Any], ...] = field(repr=False)
    citation: str = field(default="", repr=False)

    @property
    def tables(self) -> tuple[pd.DataFrame, ...]:
        """The tables that a report shows of it."""
        import pandas as pd

        shown = [block for block in self.blocks if block["type"] == "table"]
        return tuple(pd.DataFrame(block["rows"], columns=block["columns"]) for block in shown)

    def _repr_html_(self) -> str:
        return finding_html(self)


class Findings(dict[str, Found]):
    """Findings by the name of their analysis."""

    def __missing__(self, name: str) -> Found:
        """Refuse a name with the one that is nearest."""
        hint = f"{nearest(str(name), list(self))} another one runs with also=[{str(name)!r}]".strip()
        raise UsageError(f"this result holds no finding '{name}'", hint=hint)


@dataclass(frozen=True, repr=False)
class Result:
    """A document and what it says.

    Parameters
    ----------
    document
        What ``audit.json`` holds; everything else is read from it.
    """

    document: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What was done: ``"overlap"``, ``"analysis"``, ``"recommendation"`` and so on."""
        return str(self.document["kind"])

    @property
    def name(self) -> str:
        """The benchmark's name."""
        return str(self.data["benchmark"]["name"])

    @property
    def data(self) -> Mapping[str, Any]:
        """The document without what it tells of its own making."""
        found: Mapping[str, Any] = self.document["data"]
        return found

    @property
    def verdict(self) -> Verdict:
        """The answer."""
        said = self.data["verdict"]
        tasks = tuple(said.get("reliable_subset") or ())
        return Verdict(said["status"], said["sentence"], dict(said.get("counts") or {}), tasks)

    @cached_property
    def findings(self) -> Findings:
        """What the analyses found, by name."""
        return Findings((found["name"], _found(found)) for found in self.data["findings"])

    def save(self, path: str | os.PathLike[str], *, format: str | None = None, title: str = "") -> Path:
        """Write the result as a file, or as the folder of a run where the path has no suffix.

        Parameters
        ----------
        path
            ``report.html``, ``.md``, ``.csv``, ``.json`` or ``.txt``. A file that is there is overwritten.
        format
            Name of a format, where the suffix does not tell it: see ``auditor.components("formats")``.
        title
            The report's heading.

        Raises
        ------
        UsageError
            No format has the suffix or the name.
        StorageError
            The system refuses to write it.
        """
        return save(self.document, Path(path).expanduser(), format, title or None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name}: {self.verdict}>"

    def _repr_html_(self) -> str:
        return result_html(self)


def _found(found: Mapping[str, Any]) -> Found:
    return Found(
        found["name"],
        found["status"],
        in_python(found["sentence"]),
        found["data"],
        tuple(found["blocks"]),
        found["citation"],
    )
