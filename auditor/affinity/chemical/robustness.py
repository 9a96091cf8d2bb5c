"""Whether a relation over similar compounds holds without those of one scaffold: a batch effect's mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.statistics.false_discovery import LEVEL, stands
from auditor.statistics.pairs import upper
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.affinity.chemical.relation import Relation

LARGEST = 8_192
"""Compounds of one scaffold from which its pairs are left out in parts: a block of 270 MB."""
NAMED = 5
"""Pairs at most that a sentence names."""


def limited(families: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return families (n,) of which none is larger than `LARGEST`: larger ones are divided."""
    _, number = np.unique(families, return_inverse=True)
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(number.max(initial=-1) + 1))
    place = np.empty(len(families), dtype=np.int64)
    place[order] = np.arange(len(families)) - starts[number[order]]
    split: NDArray[np.int64] = np.unique(
        np.stack([number, place // LARGEST], axis=1), axis=0, return_inverse=True
    )[1].reshape(-1)
    return split


def holds(value: NDArray[np.float64], apart: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where at least half of a value is left, with its sign, in another; not where that is NaN."""
    with np.errstate(invalid="ignore"):
        kept: NDArray[np.bool_] = np.sign(value) * apart >= np.abs(value) / 2
    return kept


def robustness(tasks: Sequence[str], found: Relation, apart: NDArray[np.float64]) -> dict[str, Any]:
    """Return the estimate without pairs of compounds of one scaffold (t, t), and where it says otherwise.

    What is done to whole scaffolds alike in two assays, such as one laboratory's shift of a series,
    looks like a relation of the tasks, and rests on pairs of compounds of one scaffold.
    """
    kept = holds(found.correlation, apart)
    return {
        "without_one_scaffold": apart,
        "holds_without_one_scaffold": kept,
        "beyond_0": _beyond(found),
        "sensitivity": _said(tasks, found, apart, kept),
    }


def _beyond(found: Relation) -> str:
    p = upper(found.p)
    known, own, standing = int(np.isfinite(p).sum()), int((p <= LEVEL).sum()), int(stands(p).sum())
    return (
        f"the interval of {own:,} of {count_of(known, 'pair')} leaves out 0, of which chance alone gives "
        f"up to {round(LEVEL * known):,}; {standing:,} beyond chance, allowing for the number of pairs"
    )


def _said(
    tasks: Sequence[str], found: Relation, apart: NDArray[np.float64], kept: NDArray[np.bool_]
) -> str:
    rows, columns = np.triu_indices(len(tasks), 1)
    outside = upper(found.p) <= LEVEL
    lost = np.flatnonzero(outside & ~upper(kept))
    if not outside.any():
        return "no pair's interval leaves out 0"
    if not len(lost):
        return "all pairs whose interval leaves out 0 hold without pairs of compounds of one scaffold"
    named = [
        f"{tasks[rows[k]]} and {tasks[columns[k]]} {found.correlation[rows[k], columns[k]]:.2f}, "
        f"{_number(apart[rows[k], columns[k]])} without"
        for k in lost[:NAMED]
    ]
    more = f"; and {len(lost) - NAMED:,} more" if len(lost) > NAMED else ""
    return (
        f"{len(lost):,} of {count_of(int(outside.sum()), 'pair')} whose interval leaves out 0 may be an "
        "effect of batches: less than half is left without pairs of compounds of one scaffold "
        f"({'; '.join(named)}{more})"
    )


def _number(value: float) -> str:
    return "not estimable" if np.isnan(value) else f"{value:.2f}"
