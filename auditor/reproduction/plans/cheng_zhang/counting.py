"""Compounds of a published file that is too wide to be audited for a count."""

from __future__ import annotations

import contextlib
import csv
import io
from pathlib import Path


def compounds(path: Path) -> dict[str, dict[str, int]]:
    """Return how many canonical SMILES the column ``smiles`` of a packed CSV file holds."""
    from rdkit import rdBase

    from auditor.chemistry.levels import canonical, parse
    from auditor.source.table.containers import unpacked

    names = set()
    table = io.StringIO(unpacked(path, path.read_bytes())[0].decode("utf-8"), newline="")
    with rdBase.BlockLogs():
        for text in {row["smiles"] for row in csv.DictReader(table)}:
            with contextlib.suppress(ValueError):
                names.add(canonical(text, parse(text)))
    return {"benchmark": {"compounds": len(names)}}
