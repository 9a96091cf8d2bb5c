"""The matrices of some audits' documents, cut to common tasks and held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.overlap.label_correlation import NAME as LABELS
from auditor.statistics.association import associate
from auditor.statistics.pairs import upper
from auditor.statistics.student import freedom, reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.report.comparison.run import Run

LARGEST = 10
"""Pairs with the largest difference that are named."""
ROUNDING = 1e-12
"""Differences below this are of the order in which sums were made, and count as none."""


def matrix_of(rows: Sequence[Sequence[Any]], tasks: Sequence[str], common: Sequence[str]) -> Any:
    """Return the rows and columns of common tasks, in their order, as an object array."""
    places = [list(tasks).index(name) for name in common]
    return np.array(rows, dtype=object).reshape(len(tasks), len(tasks))[np.ix_(places, places)]


def affinities_compared(runs: Sequence[Run], common: Sequence[str], *, seed: int) -> dict[str, Any]:
    """Return for E and every affinity in at least two runs how well runs agree, and where they do not.

    ``between`` holds r, Mantel's p and the differences for each two runs that have it;
    ``beyond_error`` counts the pairs whose difference its standard error does not explain: those
    outside a 95 % interval by Student's t, its degrees of freedom from both runs' observations (Welch).
    """
    if len(common) < 2:
        return {}
    names = sorted({name for run in runs for name in run.data.get("affinity", {})})
    found = {}
    for name in (LABELS, *names):
        holders = [run for run in runs if name == LABELS or name in run.data.get("affinity", {})]
        if len(holders) > 1:
            between = [_pair(a, b, name, common, seed) for a, b in combinations(holders, 2)]
            found[name] = {"runs": [run.name for run in holders], "between": between}
    return found


def _pair(first: Run, second: Run, name: str, common: Sequence[str], seed: int) -> dict[str, Any]:
    a, b = (_values(run, name, common) for run in (first, second))
    association = associate((a + a.T) / 2, (b + b.T) / 2, seed=seed)
    change = np.where(np.abs(b - a) < ROUNDING, 0.0, b - a)
    apart = np.abs(change[~np.eye(len(common), dtype=bool)])
    known = apart[np.isfinite(apart)]
    beyond = _beyond_error(first, second, name, common, change)
    return {
        "runs": [first.name, second.name],
        "pearson": _number(association.pearson),
        "low": _number(association.low),
        "high": _number(association.high),
        "mantel_p": _number(association.mantel_p),
        "pairs": association.pairs,
        "mean_absolute_difference": _number(known.mean()) if len(known) else None,
        "largest_difference": _number(known.max()) if len(known) else None,
        "beyond_error": beyond,
        "largest": _largest(change, common),
    }


def _values(run: Run, name: str, common: Sequence[str]) -> NDArray[np.float64]:
    data = run.data
    rows = data["label_correlation"]["correlation"] if name == LABELS else data["affinity"][name]
    values: NDArray[np.float64] = matrix_of(rows, run.tasks, common).astype(np.float64)
    return values


def _beyond_error(
    first: Run, second: Run, name: str, common: Sequence[str], change: NDArray[np.float64]
) -> int | None:
    """Return how many pairs differ by more than their standard errors explain; None without errors.

    Reference: Welch 1947, Biometrika 34:28 (degrees of freedom, rounded down).
    """
    runs = (first, second)
    if name == LABELS or not all(name in run.data.get("affinity_standard_error", {}) for run in runs):
        return None
    squares, free = (
        np.stack(part) for part in zip(*(_error(run, name, common) for run in runs), strict=True)
    )
    total = squares.sum(axis=0)
    known = np.isfinite(total) & np.isfinite(upper(change)) & (free >= 1).all(axis=0)
    if not known.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        joint = total**2 / (squares**2 / free).sum(axis=0)
    joint = np.where(total > 0, joint, free.min(axis=0))[known]
    limit = reach(np.floor(joint).astype(np.int64)) * np.sqrt(total[known])
    return int((np.abs(upper(change)[known]) > limit).sum())


def _error(run: Run, name: str, common: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the squared standard error of each pair (p,), and its degrees of freedom (p,)."""
    errors = upper(matrix_of(run.data["affinity_standard_error"][name], run.tasks, common))
    counts = upper(matrix_of(run.data["affinity_count"][name], run.tasks, common))
    about = run.data["affinity_about"][name]
    return errors.astype(np.float64) ** 2, freedom(counts.astype(np.int64), about)


def _largest(change: NDArray[np.float64], common: Sequence[str]) -> list[dict[str, Any]]:
    rows, columns = np.triu_indices(len(common), 1)
    values = change[rows, columns]
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(-np.abs(values[known]), kind="stable")][:LARGEST]
    return [
        {"tasks": [common[rows[at]], common[columns[at]]], "difference": float(values[at])} for at in order
    ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
