"""Molecules that a finding is about, drawn from what the document lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.document.blocks import Molecules
from auditor.text import count_of

SHOWN = 8
"""Molecules of a finding that are drawn."""


def rejected(data: Mapping[str, Any]) -> Molecules | None:
    """Return the texts that name no compound and stand for the most values; None where there are none."""
    found = sorted(data.get("rejects", ()), key=lambda reject: -int(reject["rows"]))[:SHOWN]
    if not found:
        return None
    items = tuple((str(r["smiles"]), f"{r['reason']} ({count_of(r['rows'], 'value')})") for r in found)
    total = max(int(data.get("rejected_smiles", 0)), len(data["rejects"]))
    return Molecules(items, f"Texts that name no compound, drawn as written: {len(items)} of {total:,}")


def planned(finding: Mapping[str, Any]) -> Molecules | None:
    """Return the compounds that a plan measures in the most tasks; None where it lists none."""
    tasks: dict[str, list[str]] = {}
    for row in finding["data"].get("measurements") or ():
        tasks.setdefault(str(row["smiles"]), []).append(str(row["task"]))
    if not tasks:
        return None
    most = sorted(tasks.items(), key=lambda item: -len(item[1]))[:SHOWN]
    items = tuple((smiles, f"to measure in {', '.join(names)}") for smiles, names in most)
    return Molecules(
        items, f"Compounds to measure: {len(items)} of {len(tasks):,}, in the most tasks first"
    )
