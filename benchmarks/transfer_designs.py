"""A small recipient, a larger donor, scaffolds held out: predicted, measured, and held-out gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses.transfer_gain.verdict import judge
from auditor.transfer.kernel.gain import Target, Task, gains_of, pair_of, task_of
from auditor.transfer.kernel.held_out import inverted
from auditor.transfer.kernel.interval import Estimate, clustered
from auditor.transfer.kernel.joint import own
from auditor.transfer.kernel.panel import Column, Panel, column_of, grouped
from auditor.transfer.kernel.share import share_of
from benchmarks.transfer_panels import Published

HELD_OUT = 0.35
DONOR = 600
TEST = 400


@dataclass(frozen=True)
class Tried:
    """One pair in one split: what was said of its gain, and what it was on held-out compounds."""

    pair: tuple[int, int]
    predicted: float
    measured: Estimate
    expected: Estimate
    verdict: str
    held_out: Estimate
    single: float


def designs(panel: Published, target: Target, split: int, *, shuffled: bool = False) -> list[Tried]:
    """Return every pair of a panel in one split; ``shuffled`` mixes the donors' labels, one a recipient."""
    t, held = panel.labels.shape[1], held_out(panel, split)
    found = []
    for i in range(t):
        rows, test = recipient_of(panel, i, held, split)
        for j in [(i + 1) % t] if shuffled else [j for j in range(t) if j != i]:
            one = _tried(panel, target, split, (i, j), rows, test, shuffled=shuffled)
            found += [] if one is None else [one]
    return found


def recipient_of(
    panel: Published, task: int, held: NDArray[np.bool_], split: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the compounds with labels of a recipient, and its test compounds."""
    rng = np.random.default_rng([split, task, 1])
    has = np.isfinite(panel.labels[:, task])
    rows = np.sort(rng.permutation(np.flatnonzero(has & ~held))[: panel.recipient])
    return rows, rng.permutation(np.flatnonzero(has & held))[:TEST]


def held_out(panel: Published, split: int) -> NDArray[np.bool_]:
    """Return the compounds that are held out (n,): those of scaffolds at random, unless they are given."""
    if panel.held is not None:
        return panel.held
    _, number = np.unique(panel.scaffolds, return_inverse=True)
    order = np.random.default_rng([split, 7]).permutation(number.max() + 1)
    size = np.bincount(number)[order]
    return np.isin(number, order[np.cumsum(size) <= HELD_OUT * size.sum()])


def _tried(
    panel: Published,
    target: Target,
    split: int,
    pair: tuple[int, int],
    rows: NDArray[np.int64],
    test: NDArray[np.int64],
    *,
    shuffled: bool,
) -> Tried | None:
    i, j = pair
    rng = np.random.default_rng([split, i, j, 2])
    known = donor_of(panel, target, split, j, rows, test, rng)
    if known is None:
        return None
    donor, test = known
    values = panel.labels[donor, j]
    columns = (
        _column(panel, i, rows, panel.labels[rows, i]),
        _column(panel, j, donor, rng.permutation(values) if shuffled else values),
    )
    if columns[0] is None or columns[1] is None:
        return None
    used = np.union1d(rows, donor)
    groups = np.zeros(len(panel.labels), dtype=np.int64)
    groups[used] = grouped(list(panel.scaffolds[used]), seed=split)
    drawn = Panel(panel.similarity, (columns[0], columns[1]), groups)
    first, second = (task_of_column(drawn, column) for column in drawn.columns)
    both = gains_of(drawn, first, second)
    gain = both.gains.get((0, target))
    if gain is None or not first.share.explains or not (second.share.explains or shuffled):
        return None
    y = panel.labels[rows, i]
    z = (panel.labels[test, i] - y.mean()) / y.std()
    errors = predictions(drawn, first, second, gain.r, both.relation.rho, test)
    after = [(z - errors[k]) ** 2 for k in (0, 1)]
    clusters = grouped(list(panel.scaffolds[test]), seed=split)
    spread = (z - z.mean()) ** 2
    return Tried(
        pair,
        gain.r2.predicted,
        gain.r2.measured,
        gain.r2.expected,
        judge(gain.r2),
        clustered(after[0] - after[1], spread, clusters),
        1 - float(after[0].sum() / spread.sum()),
    )


def donor_of(
    panel: Published,
    target: Target,
    split: int,
    task: int,
    rows: NDArray[np.int64],
    test: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    most: int = DONOR,
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return the compounds of a donor and those that the gain is judged on; None where there are too few.

    For ``measured`` the donor has measured the test compounds, and the recipient's where it can.
    """
    has = np.isfinite(panel.labels[:, task])
    pool = rng.permutation(np.flatnonzero(has & ~held_out(panel, split)))
    donor = pool[:most]
    if target == "measured":
        test = test[has[test]][: most // 2]
        inside = pool[np.isin(pool, rows)]
        needed = np.concatenate([inside, test])
        donor = np.concatenate([needed, np.setdiff1d(pool, needed)])[:most]
    if min(len(test), len(rows)) < 30 or len(donor) < 60:
        return None
    return np.sort(donor), test


def predictions(
    panel: Panel, first: Task, second: Task, r: float, rho: float, test: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the recipient's test labels as predicted alone and with the donor (m,)."""
    kernel = panel.similarity
    i, j = first.share, second.share
    mine = i.signal * kernel.block(first.column.rows, test)
    alone = mine.T @ np.linalg.solve(own(first.kernel, i), first.column.z)
    theirs = r * np.sqrt(i.signal * j.signal) * kernel.block(second.column.rows, test)
    theirs += rho * np.sqrt(i.noise * j.noise) * (second.column.rows[:, None] == test)
    inverse = inverted(pair_of(panel, first, second).covariance(r, rho))
    z = np.concatenate([first.column.z, second.column.z])
    return alone, np.concatenate([mine, theirs]).T @ (inverse @ z)


def _column(
    panel: Published, task: int, rows: NDArray[np.int64], values: NDArray[np.float64]
) -> Column | None:
    return column_of(panel.tasks[task], rows, values, classes=panel.classes, labels=len(rows))


def task_of_column(panel: Panel, column: Column) -> Task:
    """Return a task of a panel with its predictions from itself alone."""
    kernel = panel.similarity.block(column.rows, column.rows)
    return task_of(panel, column, share_of(kernel, column.z), kernel)
