"""Compounds of a published file that is too wide to be audited for a count."""

from __future__ import annotations

import contextlib
import csv
import gzip
from pathlib import Path


def compounds(path: Path) -> dict[str, dict[str, int]]:
    """Return how many canonical SMILES the column ``smiles`` of a packed CSV file holds."""
    from rdkit import rdBase

    from auditor.chemistry.levels import canonical, parse

    names = set()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream, rdBase.BlockLogs():
        for text in {row["smiles"] for row in csv.DictReader(stream)}:
            with contextlib.suppress(ValueError):
                names.add(canonical(text, parse(text)))
    return {"benchmark": {"compounds": len(names)}}
