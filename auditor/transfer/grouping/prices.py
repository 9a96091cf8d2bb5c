"""Prices of tasks: what a group must be worth before it can improve a partition."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.transfer.grouping.subsets import priced

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK = 1e-7
MOST_COLUMNS = 20_000
_KEPT = 100
_STARTS = 400
_INERTIA = 0.8


@dataclass(frozen=True)
class Prices:
    """Prices of the tasks (t,) and of one more group, and the value of the program that gave them."""

    tasks: NDArray[np.float64]
    group: float
    value: float


def column_worth(columns: NDArray[np.bool_], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = columns.astype(np.float64)
    total = np.einsum("gt,gt->g", inside @ weight, inside) / 2
    worth: NDArray[np.float64] = total / np.maximum(inside.sum(axis=1) - 1.0, 1.0)
    return worth


def _relaxed(columns: NDArray[np.bool_], weight: NDArray[np.float64], most: int, exactly: bool) -> Prices:
    """Solve the linear program over some columns, and return its prices."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    g, t = columns.shape
    count = np.ones((1, g))
    held = columns.T.astype(np.float64)
    equal = csr_array(np.concatenate([held, count]) if exactly else held)
    found = linprog(
        -column_worth(columns, weight),
        A_eq=equal,
        b_eq=np.concatenate([np.ones(t), [most]]) if exactly else np.ones(t),
        A_ub=None if exactly else csr_array(count),
        b_ub=None if exactly else [most],
        bounds=(0, None),
        method="highs",
    )
    if found.status != 0:
        raise DataError(f"the linear program over groups failed: {found.message}")
    price = -np.asarray(found.eqlin.marginals)
    group = price[t] if exactly else -float(found.ineqlin.marginals[0])
    return Prices(price[:t], float(group), float(-found.fun))


def best_columns(weight: NDArray[np.float64], prices: Prices) -> tuple[NDArray[np.bool_], float]:
    """Return groups worth more than their prices (c, t), and the largest excess over all groups."""
    tops = []
    for first, profit in priced(weight, prices.tasks):
        if first == 0:
            profit[0] = -np.inf
        place = int(np.argmax(profit))
        tops.append((float(profit[place]) - prices.group, first + place))
    tops.sort(reverse=True)
    numbers = np.array([number for excess, number in tops[:_KEPT] if excess > SLACK], dtype=np.int64)
    return from_numbers(numbers, len(weight)), tops[0][0]


def refined(
    columns: NDArray[np.bool_], weight: NDArray[np.float64], most: int, exactly: bool, deadline: float
) -> tuple[NDArray[np.bool_], Prices]:
    """Add groups that a climb from the present ones finds, until it finds none worth more than its price.

    A climb is a thousand times cheaper than the look at all groups, which only has to end the search.
    ``deadline`` is a reading of the monotonic clock.
    """
    smooth = None
    while True:
        found = _relaxed(columns, weight, most, exactly)
        smooth = _between(smooth, found)
        if time.monotonic() > deadline:
            return columns, found
        for prices in (smooth, found):
            new = _climbed(columns, weight, prices)
            worse = column_worth(new, weight) - new @ found.tasks - found.group <= SLACK
            together = np.unique(np.concatenate([columns, new[~worse]]), axis=0)
            if len(together) > len(columns):
                break
        else:
            return columns, found
        columns = together


def _between(before: Prices | None, now: Prices) -> Prices:
    """Return prices part of the way from the last ones: those of the program swing from end to end."""
    if before is None:
        return now
    tasks = _INERTIA * before.tasks + (1 - _INERTIA) * now.tasks
    return Prices(tasks, _INERTIA * before.group + (1 - _INERTIA) * now.group, now.value)


def _climbed(columns: NDArray[np.bool_], weight: NDArray[np.float64], prices: Prices) -> NDArray[np.bool_]:
    """Return groups worth more than their prices, reached by adding and removing single tasks."""
    profit = column_worth(columns, weight) - columns @ prices.tasks
    inside = columns[np.argsort(-profit)[:_STARTS]].astype(np.float64)
    best = np.sort(profit)[::-1][:_STARTS]
    for _ in range(inside.shape[1]):
        sign = 1.0 - 2.0 * inside
        row = inside @ weight
        total = (np.einsum("gt,gt->g", row, inside) / 2)[:, None] + sign * row
        size = inside.sum(axis=1, keepdims=True) + sign
        gain = total / np.maximum(size - 1.0, 1.0) - (inside @ prices.tasks)[:, None] - sign * prices.tasks
        gain[size < 0.5] = -np.inf
        flip = gain.argmax(axis=1)
        reached = gain[np.arange(len(gain)), flip]
        better = np.flatnonzero(reached > best + SLACK)
        if not len(better):
            break
        inside[better, flip[better]] = 1.0 - inside[better, flip[better]]
        best[better] = reached[better]
    found, where = np.unique(inside > 0.5, axis=0, return_index=True)
    order = np.argsort(-best[where])[:_KEPT]
    kept: NDArray[np.bool_] = found[order[best[where][order] - prices.group > SLACK]]
    return kept


def within(weight: NDArray[np.float64], prices: Prices, missing: float) -> tuple[NDArray[np.int64], bool]:
    """Return the groups priced at most ``missing`` above their worth, and whether these are all."""
    numbers: list[NDArray[np.int64]] = []
    count = 0
    for first, profit in priced(weight, prices.tasks):
        if first == 0:
            profit[0] = -np.inf
        found = np.flatnonzero(profit - prices.group >= -missing)
        numbers.append(found.astype(np.int64) + first)
        count += len(found)
        if count > MOST_COLUMNS:
            return np.zeros(0, dtype=np.int64), False
    return np.concatenate(numbers), True


def from_numbers(numbers: NDArray[np.int64], t: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = ((numbers[:, None] >> np.arange(t)) & 1).astype(np.bool_)
    return found
