"""Tables with one row per compound and assay: recognised, and read as one task per assay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.source.table.refusals import no_column
from auditor.source.table.values import Values, to_values

if TYPE_CHECKING:
    import pyarrow as pa

    from auditor.source.table.opening import Columns

ROLES = ("assay", "value", "relation")
_ASSAYS = (
    re.compile(r"target[\s_.-]?(chembl[\s_.-]?)?(id|name)?", re.I),
    re.compile(r"assay[\s_.-]?(chembl[\s_.-]?)?(id|name)?|aid|bioassay", re.I),
    re.compile(r"endpoint|property|parameter|test|task|protein|kinase|(standard[\s_.-]?)?type", re.I),
)
_VALUES = (
    re.compile(r"pchembl([\s_.-]?value)?", re.I),
    re.compile(r"(standard[\s_.-]?|activity[\s_.-]?)?value", re.I),
    re.compile(r"activity|result|measurement|outcome|p?(ic50|ki|kd|ec50)", re.I),
)
_LIMITS = {"<": -1, "<=": -1, ">": 1, ">=": 1}
LEAST_ROWS = 10


@dataclass(frozen=True)
class Long:
    """Which columns of a long table say what was measured, and how."""

    assay: str
    value: str
    relation: str = ""

    @classmethod
    def of(cls, named: Mapping[str, str]) -> Long:
        """Return the columns that ``--long ROLE=COLUMN`` names; raises UsageError."""
        for role in named:
            if role not in ROLES:
                raise UsageError(f"--long has no '{role}'", hint=f"one of {', '.join(ROLES)}")
        if "assay" not in named or "value" not in named:
            raise UsageError("--long needs two columns", hint="--long assay=COLUMN --long value=COLUMN")
        return cls(**named)


def refuse_long(columns: Columns, smiles: str) -> None:
    """Refuse a table that is a long one, and propose its columns; raises DataError."""
    assay = _first(columns, smiles, _ASSAYS, _names_assays)
    value = _first(columns, smiles, _VALUES, _holds_numbers)
    if assay is None or value is None or assay == value or columns.rows < LEAST_ROWS:
        return
    count = len(columns.arrays[assay].unique())
    what = "compound and assay" if smiles else "example and task"
    raise DataError(
        f"{columns.path} has one row per {what}: '{assay}' names {count:,}, '{value}' holds their values",
        hint=f"--long 'assay={assay}' --long 'value={value}'; or --tasks where columns are the tasks",
    )


def tasks_of_long(
    columns: Columns, long: Long, words: Sequence[str]
) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.int64]], Values]]:
    """Return the name, the rows and the values of every assay, in the order of their first rows."""
    for name in filter(None, (long.assay, long.value, long.relation)):
        if name not in columns.arrays:
            raise no_column(columns, name)
    assays = np.array(_texts(columns.arrays[long.assay]), dtype=object)
    array = columns.arrays[long.value]
    limits = _limits(columns.arrays[long.relation]) if long.relation else None
    found = []
    for name in dict.fromkeys(text for text in assays.tolist() if text):
        rows = np.flatnonzero(assays == name)
        values = to_values(array.take(rows), words)
        if limits is not None and limits[rows].any():
            values = replace(values, limits=limits[rows])
        found.append((name, rows, values))
    return found


def _first(columns: Columns, smiles: str, patterns: Sequence[re.Pattern[str]], fits: object) -> str | None:
    assert callable(fits)
    for pattern in patterns:
        for name, array in columns.arrays.items():
            if name != smiles and pattern.fullmatch(name.strip()) and fits(array):
                return name
    return None


def _names_assays(array: pa.Array) -> bool:
    """Return whether a column holds a few names, each of several rows."""
    texts = [text for text in _texts(array) if text]
    classes = set(texts) <= set("0 1 2 3 4 5 -1 0.0 1.0".split())
    return 1 < len(set(texts)) <= len(texts) / 4 and not classes


def _holds_numbers(array: pa.Array) -> bool:
    values = to_values(array)
    return (
        values.measured > values.text_cells
        and len(np.unique(values.numbers[~np.isnan(values.numbers)])) > 2
    )


def _texts(array: pa.Array) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in array.to_pylist()]


def _limits(array: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.array([_LIMITS.get(text.strip("'\""), 0) for text in _texts(array)], dtype=np.int8)
