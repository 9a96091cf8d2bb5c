"""One task as the rows of a table hold it: numbers, and the rows that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.source.account import Missing
from auditor.source.rows import Task, TaskTable
from auditor.source.table.classes import two_classes
from auditor.source.table.missing import codes_of, without
from auditor.source.table.refusals import doubtful_code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.rows import Kind
    from auditor.source.table.rules import Rules
    from auditor.source.table.values import Values


@dataclass(frozen=True)
class Part:
    """A task: its name, its rows in the table (m,), and the values in them (m,)."""

    name: str
    rows: NDArray[np.int64]
    values: Values


def without_codes(
    path: Path, parts: Sequence[Part], rules: Rules
) -> tuple[list[Part], tuple[Missing, ...]]:
    """Return the tasks with NaN in the place of numbers that stand for "not measured".

    Raises
    ------
    DataError
        A number may stand for it, and nobody said so.
    """
    found = {part.name: part.values for part in parts}
    if not rules.looks_for_codes:
        said = _remove(found, {number: tuple(found) for number in rules.numbers})
    else:
        said = []
        while (codes := codes_of(found)).certain:  # below one code there may be another
            said += _remove(found, codes.certain)
        if codes.doubts:
            raise doubtful_code(path, *codes.doubts[0])
    return [replace(part, values=found[part.name]) for part in parts], tuple(said)


def _remove(found: dict[str, Values], codes: Mapping[float, Sequence[str]]) -> list[Missing]:
    """Put NaN in the place of codes, each in its columns; return what was missing so."""
    said = []
    for code, tasks in codes.items():
        cells = 0
        for name in tasks:
            numbers = without(found[name].numbers, [code])
            cells += found[name].measured - int((~np.isnan(numbers)).sum())
            found[name] = replace(found[name], numbers=numbers)
        if cells:
            said.append(Missing(f"{code:g}", cells, tuple(tasks)))
    return said


def table_of(part: Part, texts: Sequence[str]) -> TaskTable:
    """Return the rows of a task that hold a value, with the SMILES of each out of those of all rows."""
    values = part.values
    measured = np.flatnonzero(~np.isnan(values.numbers))
    numbers = values.numbers[measured]
    low, high = two_classes(values)
    kind: Kind = "regression" if low is None else "classification"
    limits = None if values.limits is None else values.limits[measured]
    if low is not None:
        numbers = (numbers == high).astype(np.float64)
    rows = part.rows[measured]
    smiles = tuple(texts[row] for row in rows.tolist())
    return TaskTable(Task(part.name, kind), smiles, numbers, limits, rows + 1)


def valued(parts: Sequence[Part], texts: Sequence[str]) -> list[str]:
    """Return the SMILES of every row that holds a value of some task."""
    some = np.zeros(len(texts), dtype=bool)
    for part in parts:
        some[part.rows[~np.isnan(part.values.numbers)]] = True
    return [texts[row] for row in np.flatnonzero(some).tolist()]
