"""Columns about the experiment: constant within every plate, batch or day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from auditor.source.table.opening import Columns
    from auditor.source.table.values import Values

_GROUPS = re.compile(
    r"(.*[\s_.-])?(plate|batch|run|date|day|week|month|lot|campaign|experiment|session)s?"
    r"([\s_.-]?(id|no|nr|name|number|barcode|code))?",
    re.I,
)
LEAST_GROUPS = 3
"""Plates, batches or days with several values that a column has to be constant within."""
LEAST_ROWS = 4.0
"""Values in each of them, on average: a few may be alike by chance."""
RARE = 5
"""Values beside the commonest one, at least: a class that is nearly always 0 is constant within most."""


def constant_columns(columns: Columns, found: Mapping[str, Values]) -> dict[str, str]:
    """Return, for every column that is constant within plates, batches or days, the column of these."""
    groups = {
        name: _codes(array) for name, array in columns.arrays.items() if _GROUPS.fullmatch(name.strip())
    }
    told: dict[str, str] = {}
    for name, values in found.items():
        for group, codes in groups.items():
            if name != group and name not in told and _constant_within(values.numbers, codes):
                told[name] = group
    return told


def _codes(array: pa.Array) -> NDArray[np.int64]:
    """Return the number of the group of every row, -1 where the cell is empty."""
    texts = ["" if cell is None else str(cell).strip() for cell in array.to_pylist()]
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(text, len(seen)) if text else -1 for text in texts], dtype=np.int64)


def _constant_within(numbers: NDArray[np.float64], codes: NDArray[np.int64]) -> bool:
    known = np.isfinite(numbers) & (codes >= 0)
    if not known.any():
        return False
    order = np.lexsort((numbers[known], codes[known]))
    values, groups = numbers[known][order], codes[known][order]
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(starts, append=len(groups))
    several = sizes > 1
    if several.sum() < LEAST_GROUPS or sizes[several].mean() < LEAST_ROWS:
        return False
    ends = starts + sizes - 1
    common = np.unique(values, return_counts=True)[1].max()
    return bool((values[starts] == values[ends]).all() and len(values) - common >= RARE)
