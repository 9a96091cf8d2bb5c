"""Which column of a table holds the SMILES."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.errors import DataError, UsageError
from auditor.source.table.refusals import listed, no_column
from auditor.source.table.values import to_text
from auditor.text import count_of

if TYPE_CHECKING:
    from auditor.source.table.opening import Columns

_OTHER_NAMES = ("smile", "structure", "mol", "molecule", "drug", "x")


def smiles_of(columns: Columns, wanted: str | None) -> tuple[str, Sequence[str]]:
    """Return the name of the SMILES column, and its text in every row."""
    smiles = _smiles_column(columns, wanted)
    texts = to_text(columns.arrays[smiles])
    if texts is None:
        raise DataError(
            f"column '{smiles}' of {columns.path} holds no text", hint="name another with --smiles-column"
        )
    return smiles, texts


def candidates(names: Sequence[str]) -> tuple[list[str], ...]:
    """Return the names that may be those of a column of SMILES, the surest ones first."""
    exact = [name for name in names if name.strip().lower() == "smiles"]
    containing = [name for name in names if "smiles" in name.lower()]
    other = [name for name in names if name.strip().lower() in _OTHER_NAMES]
    return exact, containing, other


def _smiles_column(columns: Columns, wanted: str | None) -> str:
    names = list(columns.arrays)
    if wanted is not None:
        if wanted not in columns.arrays:
            raise no_column(columns, wanted)
        return wanted
    if columns.structure is not None:
        return columns.structure
    extended = _extended(columns)
    if extended:
        return extended
    for found in candidates(names):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{columns.path} has several SMILES columns: {listed(found)}",
                hint=f"choose one with --smiles-column '{found[0]}'",
            )
    raise UsageError(
        f"{columns.path} has no column named smiles; it has {listed(names)}",
        hint="name the SMILES column with --smiles-column",
    )


def _extended(columns: Columns) -> str:
    """Return the column of CXSMILES beside one of SMILES, which says less; empty where there is none.

    Raises
    ------
    UsageError
        It is empty where the other is not.
    """
    named = {name.strip().lower(): name for name in reversed(columns.arrays)}
    plain, full = named.get("smiles"), named.get("cxsmiles")
    texts = None if plain is None or full is None else to_text(columns.arrays[full])
    if plain is None or full is None or texts is None:
        return ""
    empty = sum(not text.strip() for text in texts)
    lacking = empty and sum(not text.strip() for text in to_text(columns.arrays[plain]) or ()) < empty
    if lacking:
        raise UsageError(
            f"{columns.path} has '{plain}' and '{full}', and '{full}' is empty in {count_of(empty, 'row')}",
            hint=f"only '{full}' tells racemates from enantiomers; choose: --smiles-column '{plain}'",
        )
    return full
