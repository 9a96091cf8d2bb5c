"""Compounds that are measured in the same tasks, and the order in which a plan takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.measurement_plan.rules import Problem
from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.gate.gate import Thresholds

MAX_WORK = 20_000_000
"""Groups x tasks x tasks beyond which no plan is made."""


def grouped(
    measured: Labels,
    tasks: NDArray[np.int64],
    pairs: Sequence[tuple[int, int]],
    rule: Thresholds,
    available: NDArray[np.bool_] | None = None,
) -> tuple[Problem, NDArray[np.int64]]:
    """Return the problem over groups of compounds, and the group of every compound (n,).

    ``available`` tells which compounds may be measured (n,); None: all.
    """
    if measured.n < rule.min_support:
        raise DataError(
            f"a pair needs {rule.min_support} shared compounds, the benchmark has {measured.n}",
            hint="a plan takes its compounds from the benchmark; lower --min-support",
        )
    mask = measured.select(tasks.tolist()).mask.toarray().astype(bool)
    told = mask if available is None else np.column_stack([mask, available])
    rows, group_of = np.unique(np.packbits(told, axis=1), axis=0, return_inverse=True)
    patterns = np.unpackbits(rows, axis=1, count=told.shape[1]).astype(bool)
    groups = patterns[:, : len(tasks)]
    if groups.size * len(tasks) > MAX_WORK:
        raise DataError(
            f"a plan for {len(tasks)} tasks with {len(groups):,} patterns of measured tasks is too large",
            hint="name the tasks that matter with --tasks",
        )
    group_of = group_of.ravel()
    places = np.searchsorted(tasks, np.asarray(pairs, dtype=np.int64).reshape(-1, 2))
    counts = np.bincount(group_of, minlength=len(groups))
    free = None if available is None else patterns[:, -1]
    return Problem(groups, counts, places, rule, free), group_of


def ranks(
    group_of: NDArray[np.int64], scaffolds: Sequence[str], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the place of every compound in its group (n,): each scaffold once, at random, then again."""
    scaffold = np.unique(np.asarray(scaffolds, dtype=str), return_inverse=True)[1].ravel()
    turn = _places(np.column_stack([group_of, scaffold]), rng.permutation(len(group_of)))
    return _places(group_of[:, None], np.lexsort((rng.permutation(len(group_of)), turn)))


def _places(keys: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many compounds with the same keys (n, .) come before each in an order of all (n,)."""
    by_key = order[np.lexsort(keys[order].T)]
    new = np.flatnonzero((np.diff(keys[by_key], axis=0, prepend=-1) != 0).any(axis=1))
    lengths = np.diff(new, append=len(by_key))
    out = np.empty(len(by_key), dtype=np.int64)
    out[by_key] = np.arange(len(by_key)) - np.repeat(new, lengths)
    return out
