"""Measured labels, stored by task: nothing is kept of what was not measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array


@dataclass(frozen=True)
class Labels:
    """Measured labels of n compounds for t tasks, stored by task (compressed sparse columns).

    Parameters
    ----------
    n
        Number of compounds.
    starts
        Where each task begins in ``rows`` and ``values`` (t + 1,).
    rows
        Compound indices (number of labels,), increasing within a task.
    values
        Labels (number of labels,); a measured zero is stored like any other value.
    """

    n: int
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def t(self) -> int:
        """Number of tasks."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of labels per task (t,)."""
        return np.diff(self.starts)

    def column(self, task: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the measured compounds of a task and their labels, both (labels of the task,)."""
        part = slice(self.starts[task], self.starts[task + 1])
        return self.rows[part], self.values[part]

    @cached_property
    def mask(self) -> csc_array:
        """Ones where a label was measured, sparse (n, t)."""
        from scipy.sparse import csc_array

        ones = np.ones(len(self.rows), dtype=np.int32)
        return csc_array((ones, self.rows, self.starts), shape=(self.n, self.t))

    def dense(self, compounds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the labels of some compounds, NaN = not measured: (len(compounds), t).

        Only for a part of the compounds: the whole table of a large benchmark would not fit.
        """
        place = np.full(self.n, -1, dtype=np.int64)
        place[compounds] = np.arange(len(compounds))
        out = np.full((len(compounds), self.t), np.nan)
        task_of = np.repeat(np.arange(self.t), self.sizes)
        at = place[self.rows]
        out[at[at >= 0], task_of[at >= 0]] = self.values[at >= 0]
        return out

    def known(self) -> Labels:
        """Return the labels without the entries that are NaN."""
        keep = np.isfinite(self.values)
        starts = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[self.starts]
        return Labels(self.n, starts, self.rows[keep], self.values[keep])

    def select(self, tasks: Sequence[int]) -> Labels:
        """Return the labels of some tasks, in the order given."""
        columns = [self.column(task) for task in tasks]
        return from_columns(self.n, columns)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical bytes, to show that two audits saw the same labels."""
        state = hashlib.sha256(np.array([self.n, self.t], dtype="<i8").tobytes())
        for array in (self.starts.astype("<i8"), self.rows.astype("<i8"), self.values.astype("<f8")):
            state.update(np.ascontiguousarray(array).tobytes())
        return state.hexdigest()


def from_columns(n: int, columns: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> Labels:
    """Return labels from one (rows, values) pair per task; rows are sorted here."""
    starts = np.cumsum([0, *(len(rows) for rows, _ in columns)], dtype=np.int64)
    orders = [np.argsort(rows, kind="stable") for rows, _ in columns]
    rows = [np.asarray(r, dtype=np.int64)[o] for (r, _), o in zip(columns, orders, strict=True)]
    values = [np.asarray(v, dtype=np.float64)[o] for (_, v), o in zip(columns, orders, strict=True)]
    return Labels(
        n,
        starts,
        np.concatenate(rows) if rows else np.zeros(0, np.int64),
        np.concatenate(values) if values else np.zeros(0),
    )
