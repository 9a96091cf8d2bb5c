"""The layout that DeepChem writes: y1, y2 … for labels, w1, w2 … for weights; 0 is not measured."""

from __future__ import annotations

import re
from dataclasses import replace

from auditor.source.table.opening import Columns
from auditor.source.table.values import to_values

_LABEL = re.compile(r"y(\d*)")


def weighted(columns: Columns) -> tuple[Columns, int, tuple[str, ...]]:
    """Return the columns with no label where the weight is 0, how many cells that is, and the weights.

    The weights are none of the columns any more. Only where every column ``yN`` has its ``wN``: any other
    table is returned as it is.
    """
    import pyarrow.compute as pc

    labels = {name: f"w{found[1]}" for name in columns.arrays if (found := _LABEL.fullmatch(name))}
    if not labels or not all(weight in columns.arrays for weight in labels.values()):
        return columns, 0, ()
    arrays, cells = dict(columns.arrays), 0
    for label, weight in labels.items():
        zero = to_values(arrays[weight]).numbers == 0
        cells += int(zero.sum())
        arrays[label] = pc.if_else(zero, None, arrays[label])
    for weight in labels.values():
        del arrays[weight]
    arrays.pop("ids", None)
    return replace(columns, arrays=arrays), cells, tuple(labels.values())
