"""Which rows are used, and the sentences that account for the others."""

from __future__ import annotations

import collections
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.source.rows import TaskTable

VALIDATED = "Manually validated"
"""The one validity comment that speaks for a value; ChEMBL gives such rows a pChEMBL value."""
RELATION, VALIDITY, MUTANT = "relation", "validity", "mutant"
NO_VALUE, NO_STRUCTURE = "no pChEMBL value", "no structure"
_SAID: Mapping[str, str] = {
    RELATION: "with a relation other than '='",
    VALIDITY: "that a validity comment doubts",
    MUTANT: "measured on a mutated protein",
    NO_VALUE: "without a pChEMBL value",
    NO_STRUCTURE: "without a structure",
}


def fate(row: Mapping[str, Any], mutants: bool) -> tuple[str, str]:
    """Return why a row is left out and the detail of it; two empty texts where it is used."""
    relation, comment = row["standard_relation"], row["data_validity_comment"]
    if relation != "=":
        return RELATION, str(relation or "none stated")
    if comment and comment != VALIDATED:
        return VALIDITY, str(comment)
    if row["assay_variant_mutation"] and not mutants:
        return MUTANT, ""
    if not math.isfinite(number(row["pchembl_value"])):
        return NO_VALUE, ""
    return ("", "") if row["canonical_smiles"] else (NO_STRUCTURE, "")


def number(text: object) -> float:
    """Return a number that the API gives as text; NaN where it is none."""
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def left_out(fates: Sequence[tuple[str, str]]) -> str:
    """Return the sentence that counts the rows left out, by reason and detail."""
    reasons = collections.Counter(reason for reason, _ in fates if reason)
    parts = []
    for reason, words in _SAID.items():
        details = collections.Counter(d for r, d in fates if r == reason and d).most_common()
        listed = ", ".join(f"{detail} {count:,}" for detail, count in details)
        if reasons[reason]:
            parts.append(f"{reasons[reason]:,} {words}" + (f" ({listed})" if listed else ""))
    return f"Left out: {'; '.join(parts)}." if parts else ""


def pooling(types: Sequence[str], pool: bool) -> str:
    """Return the sentence on tasks of one target."""
    if len(types) == 1:
        return ""
    if pool:
        return f"{', '.join(types)} are pooled: a task holds values of different quantities."
    return "Tasks of one target in several types measure one interaction: they are related by construction."


def small(tables: Sequence[TaskTable], min_compounds: int) -> str:
    """Return the sentence that names the tasks left out for their size."""
    sizes = [(table.task.name, len(set(table.smiles))) for table in tables]
    small = [f"{name} ({size})" for name, size in sizes if size < min_compounds]
    return f"Tasks with fewer than {min_compounds} compounds left out: {', '.join(small)}." if small else ""


def repeated(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the sentence on values that ChEMBL takes for copies."""
    flagged = sum(bool(row["potential_duplicate"]) for row in rows)
    if not flagged:
        return ""
    return f"{flagged:,} values are kept that ChEMBL takes for copies of values in earlier papers."
