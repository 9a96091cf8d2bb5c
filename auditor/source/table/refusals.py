"""What is said of a table that cannot be used: what is wrong with it, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.source.rows import out_of_reach
from auditor.source.table.values import Values, advice, to_values
from auditor.text import count_of

if TYPE_CHECKING:
    from auditor.source.table.opening import Columns

_SHOWN = 12
SHOWN_CHARACTERS = 60
"""Of a cell that is quoted: a file with a stray quotation mark is one cell to its end."""


def no_numbers(columns: Columns, smiles: str) -> DataError:
    """Return the refusal of a table without a task, with what to write where numbers were meant."""
    said, hint = "", "every task needs a column of numbers; empty cells are not measured"
    for name in (name for name in columns.arrays if name != smiles):
        texts = to_values(columns.arrays[name]).texts
        if advised := advice(texts):
            said, hint = f"; '{name}' holds text, such as {_excerpt(texts[0])!r}", advised
            break
    return DataError(f"{columns.path} has no numeric column beside '{smiles}'{said}", hint=hint)


def refuse_unusable(path: Path, name: str, values: Values) -> None:
    """Refuse a task that holds text, infinite values or a type that is no number; raises DataError."""
    if values.foreign:
        raise DataError(f"column '{name}' of {path} holds {values.foreign}", hint="a task needs numbers")
    if values.doubt:
        raise DataError(
            f"task '{name}' of {path} can be read in two ways: {values.doubt}",
            hint="write all its numbers alike, with a decimal point and without other commas",
        )
    if values.texts:
        shown = ", ".join(repr(_excerpt(text)) for text in values.texts[:3])
        raise DataError(
            f"task '{name}' of {path} has {count_of(values.text_cells, 'cell')} of text, such as {shown}",
            hint=advice(values.texts)
            or f"--missing '{_excerpt(values.texts[0])}' if that is not measured; --exclude leaves it out",
        )
    infinite = int(np.isinf(values.numbers).sum())
    if infinite:
        raise DataError(
            f"task '{name}' of {path} has {count_of(infinite, 'infinite value')}",
            hint="leave a cell empty where nothing was measured",
        )


def refuse_out_of_reach(path: Path, name: str, values: Values) -> None:
    """Refuse a task with values that nothing can be computed with; raises DataError."""
    if said := out_of_reach(values.numbers):
        raise DataError(
            f"task '{name}' of {path} has {said}",
            hint="--missing names a code for 'not measured'; --exclude leaves the task out",
        )


def doubtful_code(path: Path, code: float, told: str) -> DataError:
    """Return the refusal of a number that may stand for "not measured", with both ways on."""
    return DataError(
        f"{path}: {told}: is {code:g} a measurement?",
        hint=f"--missing {code:g} if it stands for 'not measured', --missing nothing if it was measured",
    )


def no_column(columns: Columns, name: str) -> UsageError:
    """Return the refusal of a name that no column has, with those that are near."""
    names = list(columns.arrays)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    hint = f"did you mean {listed(near)}?" if near else f"it has {listed(names)}"
    return UsageError(f"{columns.path} has no column '{name}'", hint=hint)


def listed(names: Sequence[str]) -> str:
    """Return names in quotation marks, at most some of them."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"'{name}'" for name in names[:_SHOWN]) + more


def _excerpt(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
