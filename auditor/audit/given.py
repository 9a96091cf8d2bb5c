"""Compounds that a user gives in a file, found among those of an audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor import console
from auditor.chemistry.naming import identify
from auditor.errors import DataError
from auditor.source.table.opening import read_columns
from auditor.source.table.smiles import smiles_of

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext


def given_compounds(path: str, context: AuditContext) -> list[tuple[str, int]]:
    """Return the SMILES of a file, each compound once, with its place in the benchmark; -1 for none.

    Raises
    ------
    DataError
        The file cannot be read, or none of its SMILES.
    """
    _, texts = smiles_of(read_columns(Path(path), least=1), None)
    request = context.request
    level = request.registry.get("identity", request.identity)
    named = identify(texts, level, cache=request.cache, doing="reading the compounds that are given")
    once = {name: text for text in reversed(texts) if (name := named[text].name)}
    if not once:
        raise DataError(f"no SMILES of {path} can be read", hint="a column of SMILES below their name")
    lost = len({text for text in texts if not named[text].name})
    if lost:
        console.warn(f"{path}: {lost:,} SMILES cannot be read and are left out")
    place = {name: row for row, name in enumerate(context.benchmark.compounds)}
    return [(text, place.get(name, -1)) for name, text in once.items()]
