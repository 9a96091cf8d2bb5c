"""Label correlation: what E is, pair by pair, and how far it can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.overlap.correlation_kinds import PairCorrelations, pair_correlations
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 8
MOST_TASKS = 100
"""Tasks up to which the document holds whole matrices; with more, the pairs that are shown."""
MATRICES = (
    "standard_error", "low", "high", "limit", "of_limit", "tetrachoric", "tetrachoric_error", "spearman",
)  # fmt: skip
COLUMNS = ("task", "other task", "E", "95 % interval", "n", "φ / φ max", "tetrachoric", "Spearman")
METHOD = (
    "E is Pearson's r of the labels over the compounds measured for both tasks, φ for two classes. Its "
    "interval does not assume normal labels, so it holds for rare classes and skewed values; below some "
    "ten compounds of the rarer class it is too narrow. φ cannot reach 1 where the two tasks have "
    "different fractions of positives: φ / φ max tells how near to its limit it is, and the tetrachoric r "
    "what it would be for the liabilities behind the classes, if these are normal. One pair in twenty "
    "excludes 0 by chance."
)


def analyse(context: AuditContext) -> Finding:
    """State E of every pair with its interval, its limit and the coefficients that it stands beside."""
    known = int(np.isfinite(upper(context.empirical.values)).sum())
    if not known:
        return Finding("label-correlation", "E cannot be estimated for any pair.", status="not applicable")
    found = pair_correlations(context.benchmark, context.empirical)
    data = _data(context, found)
    return Finding(
        "label-correlation",
        _sentence(data),
        data,
        _blocks(context, data),
        citation="Cheng & Zhang 2026 (E); Guilford 1965 (φ max); Brown & Benedetti 1977 (tetrachoric r)",
    )


def _data(context: AuditContext, found: PairCorrelations) -> dict[str, Any]:
    r = context.empirical.values
    e, low, high = upper(r), upper(found.low), upper(found.high)
    rows, columns = np.triu_indices(len(r), 1)
    known = np.flatnonzero(np.isfinite(e))
    width = np.where(np.isfinite(high - low), high - low, -1.0)
    strongest = known[np.argsort(-np.abs(e[known]), kind="stable")[:SHOWN]]
    uncertain = known[np.argsort(-width[known], kind="stable")[:SHOWN]]

    def told(places: NDArray[np.int64]) -> list[dict[str, Any]]:
        return [_pair(context, found, int(rows[p]), int(columns[p])) for p in places]

    whole = len(r) <= MOST_TASKS
    return {
        "pairs": len(known),
        "with_interval": int(np.isfinite(low[known]).sum()),
        "above_zero": int((low[known] > 0).sum()),
        "below_zero": int((high[known] < 0).sum()),
        "median_absolute": float(np.median(np.abs(e[known]))),
        "median_width": _median(width[known][width[known] >= 0]),
        "median_limit": _median(upper(found.limit)),
        "median_absolute_tetrachoric": _median(np.abs(upper(found.tetrachoric))),
        "skipped": found.skipped,
        "strongest": told(strongest),
        "most_uncertain": told(uncertain),
        "matrices": {name: getattr(found, name) for name in MATRICES} if whole else {},
    }


def _pair(context: AuditContext, found: PairCorrelations, i: int, j: int) -> dict[str, Any]:
    names = context.overlap.tasks
    return {
        "tasks": [names[i], names[j]],
        "correlation": float(context.empirical.values[i, j]),
        "compounds": int(context.empirical.support[i, j]),
        **{name: float(getattr(found, name)[i, j]) for name in MATRICES},
    }


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _sentence(data: dict[str, Any]) -> str:
    told = [
        f"E lies above 0 in {data['above_zero']:,} and below 0 in {data['below_zero']:,} of "
        f"{data['with_interval']:,} pairs beyond its own 95 % interval (median |E| "
        f"{data['median_absolute']:.2f}, median width of the interval {data['median_width']:.2f})"
    ]
    if np.isfinite(data["median_limit"]):
        told.append(
            f"between classes the prevalences allow |φ| up to {data['median_limit']:.2f} at the median, "
            f"where the tetrachoric |r| is {data['median_absolute_tetrachoric']:.2f}"
        )
    if data["skipped"]:
        told.append(f"{data['skipped']:,} pairs with a task of values have no interval: too many to visit")
    return f"{'; '.join(told)}."


def _blocks(context: AuditContext, data: dict[str, Any]) -> tuple[Block, ...]:
    strongest = tuple(_row(pair) for pair in data["strongest"])
    uncertain = tuple(_row(pair) for pair in data["most_uncertain"])
    tables: list[Block] = [Table(COLUMNS, strongest, caption="The pairs of the strongest E")]
    if data["pairs"] > SHOWN:
        tables.append(Table(COLUMNS, uncertain, caption="The pairs of the most uncertain E"))
    return (*tables, Text(METHOD))


def _row(pair: dict[str, Any]) -> tuple[Cell, ...]:
    low, high = pair["low"], pair["high"]
    known = np.isfinite(low) and np.isfinite(high)
    return (
        *pair["tasks"],
        pair["correlation"],
        f"{low:.2f} to {high:.2f}" if known else "not estimable",
        pair["compounds"],
        *(_known(pair[name]) for name in ("of_limit", "tetrachoric", "spearman")),
    )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
