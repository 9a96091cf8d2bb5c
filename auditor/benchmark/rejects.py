"""Every published value that is not a label of the benchmark, with the reason: nothing is lost unseen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.text import safe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.joining import Joined
    from auditor.source.rows import TaskTable

COLUMNS = ("task", "row", "smiles", "value", "reason", "compound", "label")


@dataclass(frozen=True)
class Reject:
    """One published value that was left out.

    Parameters
    ----------
    task
        The task's name.
    row
        Its place among the published rows of the task, from 1.
    smiles, value
        As published.
    reason
        Why it is not a label.
    compound
        The compound's name at the audit's identity level, "" where it has none.
    label
        The label that the compound got from its other rows; NaN where it got none.
    """

    task: str
    row: int
    smiles: str
    value: float
    reason: str
    compound: str = ""
    label: float = float("nan")


def rejects(joined: Joined) -> Iterator[Reject]:
    """Yield every published value that is not a label, task by task, in published order.

    The labels of a task and its rejects together are its published values: one row of each labelled
    compound is its label, the first that has the label's value, or the first of all where the label
    is a median between them. NaN is no published value.
    """
    place = {name: index for index, name in enumerate(joined.benchmark.compounds)}
    for task, table in enumerate(joined.data.tables):
        rows, values = joined.benchmark.labels.column(task)
        label = np.full(len(place) + 1, np.nan)
        label[rows] = values
        yield from _of_task(table, joined, place, label)


def _of_task(
    table: TaskTable, joined: Joined, place: Mapping[str, int], label: NDArray[np.float64]
) -> Iterator[Reject]:
    name, values = table.task.name, np.asarray(table.values, dtype=np.float64)
    named = [joined.names[text] for text in table.smiles]
    compound = np.fromiter((place.get(found.name or "", -1) for found in named), np.int64, len(named))
    stands = _label_rows(compound, values, label)
    for row in np.flatnonzero(~stands & ~np.isnan(values)):
        value, found, its_label = float(values[row]), named[row], float(label[compound[row]])
        if not np.isfinite(value):
            reason = "not finite"
        elif found.name is None:
            reason = f"no compound: {found.reason}"
        elif np.isnan(its_label):
            reason = "dropped: the values of this compound disagree"
        elif value == its_label:
            reason = "repeated: another row gives the label"
        else:
            reason = "replaced: the values of this compound disagree and were settled"
        yield Reject(name, int(row) + 1, table.smiles[row], value, reason, found.name or "", its_label)


def _label_rows(
    compound: NDArray[np.int64], values: NDArray[np.float64], label: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which row of each labelled compound stands for its label (m,)."""
    known = np.flatnonzero(np.isfinite(values) & (compound >= 0) & ~np.isnan(label[compound]))
    differs = values[known] != label[compound[known]]
    order = known[np.lexsort((known, differs, compound[known]))]
    first = np.unique(compound[order], return_index=True)[1]
    stands = np.zeros(len(values), dtype=bool)
    stands[order[first]] = True
    return stands


def rejects_csv(joined: Joined) -> bytes:
    """Return the rejects as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; an empty
    ``label`` says that the compound has none.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for found in rejects(joined):
        label = "" if np.isnan(found.label) else repr(found.label)
        texts = (safe(found.smiles), repr(found.value), safe(found.reason), safe(found.compound), label)
        writer.writerow((safe(found.task), found.row, *texts))
    return text.getvalue().encode()
