"""Label correlation: what E is, pair by pair, and how far it can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class PairFacts:
    """E of a pair, and the coefficients that it stands beside; NaN where one does not exist."""

    tasks: list[str]
    correlation: float
    compounds: int
    standard_error: float
    low: float
    high: float
    limit: float
    of_limit: float
    tetrachoric: float
    tetrachoric_error: float
    spearman: float


@dataclass(frozen=True)
class Correlations:
    """E of all pairs: how many are known, and on which side of 0 they lie beyond their intervals.

    Parameters
    ----------
    skipped
        Pairs without an interval, because there were too many to visit.
    strongest, most_uncertain
        The pairs of the largest |E| and of the widest intervals.
    matrices
        Whole (t, t), for few tasks.
    """

    pairs: int
    with_interval: int
    above_zero: int
    below_zero: int
    median_absolute: float
    median_width: float
    median_limit: float
    median_absolute_tetrachoric: float
    skipped: int
    strongest: list[PairFacts]
    most_uncertain: list[PairFacts]
    matrices: Mapping[str, NDArray[np.float64]]


def analyse(context: AuditContext) -> Finding:
    """State E of every pair with its interval, its limit and the coefficients that it stands beside."""
    known = int(np.isfinite(upper(context.empirical.values)).sum())
    if not known:
        return Finding("label-correlation", "E cannot be estimated for any pair.", status="not applicable")
    found = _account(context, pair_correlations(context.benchmark, context.empirical))
    return Finding(
        "label-correlation",
        _sentence(found),
        asdict(found),
        _blocks(found),
        result=found,
        citation="Cheng & Zhang 2026 (E); Guilford 1965 (φ max); Brown & Benedetti 1977 (tetrachoric r)",
    )


def _account(context: AuditContext, found: PairCorrelations) -> Correlations:
    r = context.empirical.values
    e, low, high = upper(r), upper(found.low), upper(found.high)
    rows, columns = np.triu_indices(len(r), 1)
    known = np.flatnonzero(np.isfinite(e))
    width = np.where(np.isfinite(high - low), high - low, -1.0)
    strongest = known[np.argsort(-np.abs(e[known]), kind="stable")[:SHOWN]]
    uncertain = known[np.argsort(-width[known], kind="stable")[:SHOWN]]

    def told(places: NDArray[np.int64]) -> list[PairFacts]:
        return [_pair(context, found, int(rows[p]), int(columns[p])) for p in places]

    whole = len(r) <= MOST_TASKS
    return Correlations(
        pairs=len(known),
        with_interval=int(np.isfinite(low[known]).sum()),
        above_zero=int((low[known] > 0).sum()),
        below_zero=int((high[known] < 0).sum()),
        median_absolute=float(np.median(np.abs(e[known]))),
        median_width=_median(width[known][width[known] >= 0]),
        median_limit=_median(upper(found.limit)),
        median_absolute_tetrachoric=_median(np.abs(upper(found.tetrachoric))),
        skipped=found.skipped,
        strongest=told(strongest),
        most_uncertain=told(uncertain),
        matrices={name: getattr(found, name) for name in MATRICES} if whole else {},
    )


def _pair(context: AuditContext, found: PairCorrelations, i: int, j: int) -> PairFacts:
    names = context.overlap.tasks
    return PairFacts(
        tasks=[names[i], names[j]],
        correlation=float(context.empirical.values[i, j]),
        compounds=int(context.empirical.support[i, j]),
        **{name: float(getattr(found, name)[i, j]) for name in MATRICES},
    )


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _sentence(found: Correlations) -> str:
    told = [
        f"E lies above 0 in {found.above_zero:,} and below 0 in {found.below_zero:,} of "
        f"{found.with_interval:,} pairs beyond its own 95 % interval (median |E| "
        f"{found.median_absolute:.2f}, median width of the interval {found.median_width:.2f})"
    ]
    if np.isfinite(found.median_limit):
        told.append(
            f"between classes the prevalences allow |φ| up to {found.median_limit:.2f} at the median, "
            f"where the tetrachoric |r| is {found.median_absolute_tetrachoric:.2f}"
        )
    if found.skipped:
        told.append(f"{found.skipped:,} pairs with a task of values have no interval: too many to visit")
    return f"{'; '.join(told)}."


def _blocks(found: Correlations) -> tuple[Block, ...]:
    strongest = tuple(_row(pair) for pair in found.strongest)
    uncertain = tuple(_row(pair) for pair in found.most_uncertain)
    tables: list[Block] = [Table(COLUMNS, strongest, caption="The pairs of the strongest E")]
    if found.pairs > SHOWN:
        tables.append(Table(COLUMNS, uncertain, caption="The pairs of the most uncertain E"))
    return (*tables, Text(METHOD))


def _row(pair: PairFacts) -> tuple[Cell, ...]:
    low, high = pair.low, pair.high
    known = np.isfinite(low) and np.isfinite(high)
    return (
        *pair.tasks,
        pair.correlation,
        f"{low:.2f} to {high:.2f}" if known else "not estimable",
        pair.compounds,
        *map(_known, (pair.of_limit, pair.tetrachoric, pair.spearman)),
    )


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
