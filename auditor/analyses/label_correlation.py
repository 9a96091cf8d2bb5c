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
from auditor.statistics.false_discovery import LEVEL, stands
from auditor.statistics.pairs import upper
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.overlap.intervals import Intervals

SHOWN = 8
MOST_TASKS = 100
"""Tasks up to which the document holds whole matrices; with more, the pairs that are shown."""
OF_E = ("standard_error", "low", "high", "p")
BESIDE = (
    "limit", "of_limit", "tetrachoric", "tetrachoric_error", "spearman", "spearman_low", "spearman_high",
)  # fmt: skip
COLUMNS = (
    "task", "other task", "E", "95 % interval", "n", "φ / φ max", "tetrachoric", "Spearman",
    "95 % interval of Spearman",
)  # fmt: skip
METHOD = (
    "E is Pearson's r of the labels over the compounds measured for both tasks, φ for two classes. "
    "Between classes its interval is by the joint count given the positives of either task, so it holds "
    "for rare classes too; where chance expects fewer than some five compounds in both it is wider than "
    "95 % asks for. With values it is by the jackknife and Student's t. * marks values that are skewed "
    "or have heavy tails: there the interval of E may be too narrow (in simulations it holds the truth "
    "in 84 to 99 %), and that of Spearman's correlation of ranks holds. φ cannot reach 1 where the two "
    "tasks have different fractions of positives: φ / φ max tells how near to its limit it is, and the "
    "tetrachoric r what it would be for the liabilities behind the classes, if these are normal. "
    "“Beyond chance” allows for the number of pairs: of the pairs so called at most one in twenty is "
    "expected to be so by chance (Benjamini & Hochberg)."
)


@dataclass(frozen=True)
class PairFacts:
    """E of a pair, and the coefficients that it stands beside; NaN where one does not exist.

    Parameters
    ----------
    marked
        Whether the values are so skewed, or have such heavy tails, that the interval may be too narrow.
    """

    tasks: list[str]
    correlation: float
    compounds: int
    marked: bool
    standard_error: float
    low: float
    high: float
    p: float
    limit: float
    of_limit: float
    tetrachoric: float
    tetrachoric_error: float
    spearman: float
    spearman_low: float
    spearman_high: float


@dataclass(frozen=True)
class Correlations:
    """E of all pairs: how many are known, and on which side of 0 they lie.

    Parameters
    ----------
    above_zero, below_zero, expected_by_chance
        Pairs whose own 95 % interval lies beyond 0, and how many of all would without any correlation.
    above_chance, below_chance
        The same with the share of false ones among them held at 5 %.
    skipped, marked
        Pairs without an interval, because there were too many to visit; and with one that may be too
        narrow.
    strongest, most_uncertain
        The pairs of the largest |E| and of the widest intervals.
    matrices
        Whole (t, t), for few tasks.
    """

    pairs: int
    with_interval: int
    above_zero: int
    below_zero: int
    expected_by_chance: float
    above_chance: int
    below_chance: int
    median_absolute: float
    median_width: float
    median_limit: float
    median_absolute_tetrachoric: float
    skipped: int
    marked: int
    strongest: list[PairFacts]
    most_uncertain: list[PairFacts]
    matrices: Mapping[str, NDArray[np.float64]]


def analyse(context: AuditContext) -> Finding:
    """State E of every pair with its interval, its limit and the coefficients that it stands beside."""
    known = int(np.isfinite(upper(context.empirical.values)).sum())
    if not known:
        return Finding("label-correlation", "E cannot be estimated for any pair.", status="not applicable")
    found = _account(context, pair_correlations(context.empirical))
    return Finding(
        "label-correlation",
        _sentence(found),
        asdict(found),
        _blocks(found),
        result=found,
        citation="Cheng & Zhang 2026 (E); Fisher 1935 (φ's interval); Hinkley 1978 (jackknife); "
        "Benjamini & Hochberg 1995; Guilford 1965 (φ max); Brown & Benedetti 1977 (tetrachoric r)",
    )


def _account(context: AuditContext, found: PairCorrelations) -> Correlations:
    r, sure = context.empirical.values, context.empirical.intervals
    e, low, high, p = (upper(matrix) for matrix in (r, sure.low, sure.high, sure.p))
    rows, columns = np.triu_indices(len(r), 1)
    known = np.flatnonzero(np.isfinite(e))
    width = np.where(np.isfinite(high - low), high - low, -1.0)
    strongest = known[np.argsort(-np.abs(e[known]), kind="stable")[:SHOWN]]
    uncertain = known[np.argsort(-width[known], kind="stable")[:SHOWN]]
    real = stands(p)

    def told(places: NDArray[np.int64]) -> list[PairFacts]:
        return [_pair(context, found, int(rows[place]), int(columns[place])) for place in places]

    return Correlations(
        pairs=len(known),
        with_interval=int(np.isfinite(p).sum()),
        above_zero=int((low > 0).sum()),
        below_zero=int((high < 0).sum()),
        expected_by_chance=LEVEL * int(np.isfinite(p).sum()),
        above_chance=int((real & (e > 0)).sum()),
        below_chance=int((real & (e < 0)).sum()),
        median_absolute=float(np.median(np.abs(e[known]))),
        median_width=_median(width[known][width[known] >= 0]),
        median_limit=_median(upper(found.limit)),
        median_absolute_tetrachoric=_median(np.abs(upper(found.tetrachoric))),
        skipped=sure.skipped,
        marked=int(upper(sure.far).sum()),
        strongest=told(strongest),
        most_uncertain=told(uncertain),
        matrices=_matrices(sure, found) if len(r) <= MOST_TASKS else {},
    )


def _matrices(sure: Intervals, found: PairCorrelations) -> dict[str, NDArray[np.float64]]:
    of_e = {name: getattr(sure, name) for name in OF_E}
    return {**of_e, **{name: getattr(found, name) for name in BESIDE}}


def _pair(context: AuditContext, found: PairCorrelations, i: int, j: int) -> PairFacts:
    names, sure = context.overlap.tasks, context.empirical.intervals
    return PairFacts(
        tasks=[names[i], names[j]],
        correlation=float(context.empirical.values[i, j]),
        compounds=int(context.empirical.support[i, j]),
        marked=bool(sure.far[i, j]),
        **{name: float(matrix[i, j]) for name, matrix in _matrices(sure, found).items()},
    )


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _beyond_chance(found: Correlations) -> str:
    pairs = count_of(found.with_interval, "pair")
    if not found.above_chance + found.below_chance:
        return f"In none of {pairs} is E further from 0 than chance gives"
    return (
        f"E is above 0 in {found.above_chance:,} and below 0 in {found.below_chance:,} of {pairs}, "
        "at most 5 % of these by chance"
    )


def _sentence(found: Correlations) -> str:
    alone = found.above_zero + found.below_zero
    told = [
        _beyond_chance(found),
        f"Taken one by one, {count_of(alone, 'interval')} of 95 % {'leaves' if alone == 1 else 'leave'} "
        f"out 0; chance alone gives up to {round(found.expected_by_chance):,}",
        f"The median |E| is {found.median_absolute:.2f}, the median width of its interval "
        f"{found.median_width:.2f}",
    ]
    if np.isfinite(found.median_limit):
        told.append(
            f"Between classes the prevalences allow |φ| up to {found.median_limit:.2f} at the median, "
            f"where the tetrachoric |r| is {found.median_absolute_tetrachoric:.2f}"
        )
    if found.marked:
        have = "has" if found.marked == 1 else "have"
        told.append(
            f"{count_of(found.marked, 'pair')} {have} values so skewed or with such heavy tails that the "
            "interval may be too narrow: read Spearman's"
        )
    if found.skipped:
        told.append(f"{found.skipped:,} pairs with a task of values have no interval: too many to visit")
    return f"{'. '.join(told)}."


def _blocks(found: Correlations) -> tuple[Block, ...]:
    strongest = tuple(_row(pair) for pair in found.strongest)
    uncertain = tuple(_row(pair) for pair in found.most_uncertain)
    tables: list[Block] = [Table(COLUMNS, strongest, caption="The pairs of the strongest E")]
    if found.pairs > SHOWN:
        tables.append(Table(COLUMNS, uncertain, caption="The pairs of the most uncertain E"))
    return (*tables, Text(METHOD))


def _row(pair: PairFacts) -> tuple[Cell, ...]:
    beside = (pair.of_limit, pair.tetrachoric, pair.spearman)
    of_ranks = _interval(pair.spearman_low, pair.spearman_high) if np.isfinite(pair.spearman) else None
    return (
        *pair.tasks,
        pair.correlation,
        _interval(pair.low, pair.high) + (" *" if pair.marked else ""),
        pair.compounds,
        *map(_known, beside),
        of_ranks,
    )


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low) and np.isfinite(high) else "not estimable"


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
