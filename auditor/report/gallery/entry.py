"""What an index tells of one audit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.report.sections.report import KINDS


@dataclass(frozen=True)
class Agreement:
    """Pearson's r of an affinity with E, with the ends of its 95 % interval."""

    affinity: str
    r: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Entry:
    """One row of an index; None is "does not apply".

    Parameters
    ----------
    folder
        Where its files lie, below the index.
    agreement
        Of every affinity, gradient-cosine first.
    """

    folder: str
    name: str
    kind: str
    identity: str
    status: str
    sentence: str
    compounds: int | None
    tasks: int | None
    pairs: int | None
    reliable: int | None
    median: float | None
    agreement: tuple[Agreement, ...]
    date: str


def entries_of(documents: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Return an entry for every document, each with a folder of its own."""
    found: list[Entry] = []
    for document in documents:
        found.append(_entry(document, taken=[entry.folder for entry in found]))
    return found


def _entry(document: Mapping[str, Any], taken: Sequence[str]) -> Entry:
    data = document["data"]
    verdict, facts = data["verdict"], data["benchmark"]
    training = data.get("training") or {}
    encoder = training.get("encoder") if training.get("runs") else None
    name = f"{facts['name']}, {encoder}" if encoder else str(facts["name"])
    summary = data.get("overlap", {}).get("summary", {}).get("jaccard", {})
    return Entry(
        folder=_folder(f"{name} {document['kind']}", taken),
        name=name,
        kind=KINDS.get(document["kind"], "Audit"),
        identity=str(facts.get("identity", "SMILES")),
        status=verdict["status"],
        sentence=verdict["sentence"],
        compounds=facts.get("compounds"),
        tasks=facts.get("tasks"),
        pairs=verdict.get("pairs"),
        reliable=verdict.get("counts", {}).get("reliable"),
        median=summary.get("median"),
        agreement=_agreement(data),
        date=document["meta"]["started"][:10],
    )


def _folder(name: str, taken: Sequence[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "audit"
    numbered = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(taken) + 2))
    return next(folder for folder in numbered if folder not in taken)


def _agreement(data: Mapping[str, Any]) -> tuple[Agreement, ...]:
    found = [
        one["data"] for one in data["findings"] if one["name"] == "agreement" and one["status"] == "ok"
    ]
    names = sorted(data.get("affinity", {}), key=lambda name: name != "gradient-cosine")
    told = [(name, found[0].get(name, {})) for name in names] if found else []
    return tuple(
        Agreement(name, facts["pearson"], facts.get("low"), facts.get("high"))
        for name, facts in told
        if facts.get("pearson") is not None
    )
