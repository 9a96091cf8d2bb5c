"""Read a user's own table: one SMILES column, one column per task, empty cells not measured."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.dataset import SourceData, Task, TaskTable
from auditor.errors import DataError, UsageError
from auditor.tablefile import Columns, read_columns
from auditor.tablevalues import Values, to_text, to_values

if TYPE_CHECKING:
    from auditor.dataset import Kind

_OTHER_NAMES = ("smile", "structure", "mol", "molecule", "drug", "x")
_IDENTIFIER = re.compile(
    r"^$|^unnamed: \d+$|(^|[\s_.-])(id|idx|index|no|nr|num|number|row|cid|sid|fold|split)$",
    re.IGNORECASE,
)
_SHOWN = 12
SHOWN_CHARACTERS = 60
"""Of a cell that is quoted: a file with a stray quotation mark is one cell to its end."""


def read_table(
    path: Path, *, smiles_column: str | None = None, tasks: Sequence[str] | None = None
) -> SourceData:
    """Return the rows of a CSV, TSV or Parquet file, one task per numeric column.

    An empty cell (or NA, NaN, null, none) is not measured and leaves its row out of that task only.
    A task whose values are all 0 or 1 is classification, any other regression. Rows with an
    empty SMILES stay, so that they are counted with the rejects.

    Parameters
    ----------
    path
        The file; ``.gz`` is unpacked.
    smiles_column
        Its name; None finds the one that is named for it.
    tasks
        Columns to use, in order; None takes all numeric columns that are not identifiers, and
        the notes name what was left out.

    Raises
    ------
    UsageError
        A named column is not there, or the SMILES column cannot be told.
    DataError
        The file is not a table, or a task column holds text or infinite values.
    """
    columns = read_columns(path)
    smiles = _smiles_column(columns, smiles_column)
    texts = to_text(columns.arrays[smiles])
    if texts is None:
        raise DataError(
            f"column '{smiles}' of {path} holds no text", hint="name another with --smiles-column"
        )
    if tasks:
        found = {name: to_values(columns.arrays[name]) for name in _wanted(columns, smiles, tasks)}
        left_out: dict[str, list[str]] = {}
    else:
        found, left_out = _inferred(columns, smiles)
    for name, values in found.items():
        _refuse_unusable(path, name, values)
    return SourceData(
        tables=tuple(_table(name, texts, values) for name, values in found.items()),
        notes=_notes(path, left_out),
    )


def _smiles_column(columns: Columns, wanted: str | None) -> str:
    names = list(columns.arrays)
    if wanted is not None:
        if wanted not in columns.arrays:
            raise _no_column(columns, wanted)
        return wanted
    exact = [name for name in names if name.strip().lower() == "smiles"]
    containing = [name for name in names if "smiles" in name.lower()]
    other = [name for name in names if name.strip().lower() in _OTHER_NAMES]
    for found in (exact, containing, other):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{columns.path} has several SMILES columns: {_listed(found)}",
                hint=f"choose one with --smiles-column '{found[0]}'",
            )
    raise UsageError(
        f"{columns.path} has no column named smiles; it has {_listed(names)}",
        hint="name the SMILES column with --smiles-column",
    )


def _wanted(columns: Columns, smiles: str, tasks: Sequence[str]) -> Sequence[str]:
    for name in tasks:
        if name not in columns.arrays:
            raise _no_column(columns, name)
        if name == smiles or tasks.count(name) > 1:
            what = "is the SMILES column" if name == smiles else "is named twice"
            raise UsageError(f"'{name}' {what}", hint="--tasks takes each task column once")
    return tasks


def _inferred(columns: Columns, smiles: str) -> tuple[dict[str, Values], dict[str, list[str]]]:
    """Return the task columns, and the names of all others by why they are none."""
    found: dict[str, Values] = {}
    left_out: dict[str, list[str]] = {}
    for name, array in columns.arrays.items():
        if name == smiles:
            continue
        values = to_values(array)
        reason = _no_task(name, values)
        if reason:
            left_out.setdefault(reason, []).append(name)
        else:
            found[name] = values
    if not found:
        raise DataError(
            f"{columns.path} has no numeric column beside '{smiles}'",
            hint="every task needs a column of numbers; empty cells are not measured",
        )
    return found, left_out


def _no_task(name: str, values: Values) -> str:
    """Return why a column is not taken for a task; empty if it is."""
    if values.texts and 2 * values.text_cells > values.text_cells + values.measured:
        return "text"
    if values.foreign:
        return values.foreign
    if _IDENTIFIER.search(name.strip()) or re.search(r"[a-z]ID$", name.strip()):
        return "identifiers"
    if not values.texts and values.counts_rows():
        return "row numbers"
    return ""


def _excerpt(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _refuse_unusable(path: Path, name: str, values: Values) -> None:
    if values.foreign:
        raise DataError(f"column '{name}' of {path} holds {values.foreign}", hint="a task needs numbers")
    if values.texts:
        shown = ", ".join(repr(_excerpt(text)) for text in values.texts[:3])
        raise DataError(
            f"task '{name}' of {path} has {_count(values.text_cells, 'cell')} of text, such as {shown}",
            hint="leave a cell empty where nothing was measured, or name the tasks with --tasks",
        )
    infinite = int(np.isinf(values.numbers).sum())
    if infinite:
        raise DataError(
            f"task '{name}' of {path} has {_count(infinite, 'infinite value')}",
            hint="leave a cell empty where nothing was measured",
        )


def _table(name: str, texts: Sequence[str], values: Values) -> TaskTable:
    measured = np.flatnonzero(~np.isnan(values.numbers))
    numbers = values.numbers[measured]
    binary = len(numbers) and bool(np.isin(numbers, (0, 1)).all())
    kind: Kind = "classification" if binary else "regression"
    return TaskTable(Task(name, kind), tuple(texts[row] for row in measured), numbers)


def _notes(path: Path, left_out: dict[str, list[str]]) -> tuple[str, ...]:
    if not left_out:
        return ()
    parts = [f"{_listed(names)} ({reason})" for reason, names in left_out.items()]
    return (f"Columns of {path.name} that are not used as tasks: {'; '.join(parts)}.",)


def _no_column(columns: Columns, name: str) -> UsageError:
    names = list(columns.arrays)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    hint = f"did you mean {_listed(near)}?" if near else f"it has {_listed(names)}"
    return UsageError(f"{columns.path} has no column '{name}'", hint=hint)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:_SHOWN]) + more
