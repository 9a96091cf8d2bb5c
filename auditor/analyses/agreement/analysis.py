"""Agreement: do gradients say what the labels say?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.agreement.evidence import ALL_CONTROLS, Evidence, data_of, evidence, references_of
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.statistics.association import PERMUTATIONS

if TYPE_CHECKING:
    from auditor.analyses.agreement.noise import Noise
    from auditor.analyses.agreement.seed_spread import Spread
    from auditor.statistics.association import Association
    from auditor.statistics.partial_mantel import Partial

FIRST = "gradient-cosine"
COLUMNS = (
    "estimator", "held against", "r", "95 % interval", "leave one out", "ρ", "Mantel p", "pairs", "logs",
    "reliability",
)  # fmt: skip
METHOD = (
    "E is the correlation of the labels over the compounds measured for both tasks. The interval "
    "resamples tasks; the Mantel p permutes them, with a statistic that allows for unequal errors. Pairs "
    "share tasks, so a p-value that treats them as independent would be too small. Training saw the same "
    "labels: agreement over them is not evidence on new compounds, and arises from chance correlations of "
    "the labels alone; E of unseen compounds, the test compounds alone, is free of that."
)
NOISE = (
    "Ceiling: the r that two noisy measures of the same thing would have, sqrt(reliability of G × "
    "reliability of E); r / ceiling may pass 1 where G and E share their noise, which measures of the same "
    "compounds do. Its interval takes the ceiling as known."
)
GIVEN = (
    "Partial r with E: others are held constant linearly, so that what they do in a curve stays in r. Its "
    "p is by permuting tasks (double semi-partialling), two-sided."
)


def analyse(context: AuditContext, *, permutations: int = PERMUTATIONS) -> Finding:
    """Correlate every affinity G with E over the usable pairs (the paper's equation 8).

    Those are the reliable ones; for an estimator that needs no shared compounds all pairs where E is known.

    With |E|; with E over the test compounds, which training never saw; and holding constant, linearly,
    overlap, labels per task, prevalence and the error-cosine affinity. Nothing is trained for it.

    Parameters
    ----------
    permutations
        Of tasks, for every p; with more than 110 tasks fewer are made, and stated.
    """
    if not context.affinities:
        return Finding("agreement", "No affinity was estimated.", status="not applicable")
    references = references_of(context)
    found = {
        name: evidence(context, name, references[name], permutations=permutations)
        for name in sorted(context.affinities)
    }
    return Finding(
        "agreement",
        _sentence(found),
        {name: data_of(one) for name, one in found.items()},
        _blocks(context, found),
        citation="Cheng & Zhang 2026, equation 8; Mantel 1967; Dekker, Krackhardt & Snijders 2007",
        result=found,
    )


def _blocks(context: AuditContext, data: Mapping[str, Evidence]) -> tuple[Block, ...]:
    rows = tuple(row for name, found in data.items() for row in _rows(context, name, found))
    noise = tuple(_noise_row(name, found.noise) for name, found in data.items())
    given = tuple(
        _given_row(name, title, partial)
        for name, found in data.items()
        for title, partial in found.given.items()
        if partial.controls
    )
    blocks: list[Block] = [
        Table(COLUMNS, rows, caption="r and ρ of each affinity with E", digits=3),
        Text(METHOD),
        Table(
            ("estimator", "reliability of G", "of E", "ceiling", "r / ceiling", "95 % interval"),
            noise,
            caption="What noise lets r reach",
        ),
        Text(NOISE),
    ]
    if given:
        heads = ("estimator", "held constant", "r", "p", "pairs")
        blocks.append(Table(heads, given, caption="r with E, others held constant linearly"))
    blocks.append(Text(GIVEN + _not_held(data)))
    seeds = tuple(_seeds_row(name, found.seeds) for name, found in data.items() if found.seeds)
    if seeds:
        columns = ("estimator", "seeds", "r with E, each seed", "r between seeds, smallest", "mean")
        blocks.append(Table(columns, seeds, caption="Every seed alone"))
    return tuple(blocks)


def _rows(context: AuditContext, name: str, found: Evidence) -> list[tuple[Cell, ...]]:
    affinity = context.affinities[name]
    own = affinity.logs, affinity.reliability
    rows = [_row(name, "E", found, *own), _row(name, "|E|", found.absolute, *own)]
    if found.all_logs:
        of_all = affinity.logs_in_total, affinity.reliability_of_all_logs
        rows.append(_row(name, "E, all logs", found.all_logs, *of_all))
    unseen = found.unseen
    if unseen:
        against = f"E, {unseen.compounds:,} unseen"
        rows.append(_row(name, against, unseen, *own))
    return rows


def _row(name: str, against: str, found: Association, logs: Any, reliability: Any) -> tuple[Cell, ...]:
    return (
        name,
        against,
        _number(found.pearson),
        _interval(found.low, found.high),
        _interval(*found.leave_one_out),
        _number(found.spearman),
        _p(found.mantel_p),
        found.pairs,
        logs,
        _number(reliability),
    )


def _noise_row(name: str, noise: Noise) -> tuple[Cell, ...]:
    values = (noise.reliability, noise.reference_reliability, noise.ceiling, noise.disattenuated)
    return (name, *map(_number, values), _interval(noise.low, noise.high))


def _given_row(name: str, title: str, partial: Partial) -> tuple[Cell, ...]:
    gone = f", without {', '.join(partial.dropped)}" if partial.dropped else ""
    return (name, f"{title}{gone}", _number(partial.r), _p(partial.p), partial.pairs)


def _not_held(data: Mapping[str, Evidence]) -> str:
    """Return the sentence on what could not be held constant for some affinity."""
    gone = {
        title
        for found in data.values()
        for title, partial in found.given.items()
        if title != ALL_CONTROLS and partial.dropped
    }
    if not gone:
        return ""
    return f" Not held constant, because all pairs have the same or some none: {', '.join(sorted(gone))}."


def _seeds_row(name: str, spread: Spread) -> tuple[Cell, ...]:
    each = [f"{r:.2f}" for r in spread.with_reference if np.isfinite(r)]
    between = np.asarray(spread.between, dtype=np.float64)
    known = between[np.isfinite(between)]
    least, mean = (float(known.min()), float(known.mean())) if len(known) else (None, None)
    return (name, len(spread.with_reference), ", ".join(each) or "not estimable", least, mean)


def _sentence(data: Mapping[str, Evidence]) -> str:
    """Say of the paper's affinity, or else the first, what holds, and name the r of the others."""
    name = FIRST if FIRST in data else next(iter(data))
    told = [_told(name, data[name])]
    others = [
        f"{other} r = {found.pearson:.2f} (p = {found.mantel_p:.4f}, {found.pairs} pairs)"
        for other, found in data.items()
        if other != name and np.isfinite(found.pearson)
    ]
    if others:
        told.append(f"beside it {', '.join(others)}")
    return f"{'; '.join(told)}."


def _told(name: str, found: Evidence) -> str:
    if not np.isfinite(found.pearson):
        return f"{name} and the label correlation cannot be compared: only {found.pairs} usable pairs"
    r, p = found.pearson, found.mantel_p
    told = [
        f"{_claim(name, found)}: r = {r:.2f} "
        f"({_interval(found.low, found.high)} over tasks), Mantel p = {p:.4f}, {found.pairs} pairs"
    ]
    partial = found.given[ALL_CONTROLS]
    if partial.controls and np.isfinite(partial.r):
        held = ", ".join(partial.controls)
        told.append(f"r = {partial.r:.2f} (p = {partial.p:.4f}) with {held} held constant linearly")
    unseen = found.unseen
    if unseen and np.isfinite(unseen.pearson):
        told.append(
            f"r = {unseen.pearson:.2f} (p = {unseen.mantel_p:.4f}) with the label correlation of "
            f"{unseen.compounds:,} compounds that training never saw, {unseen.pairs} pairs"
        )
    return "; ".join(told)


def _claim(name: str, found: Association) -> str:
    """Say that an affinity agrees where both the interval and p do, else that it is unclear and why."""
    doubts = []
    if not (found.low > 0 or found.high < 0):  # true of a missing interval too
        doubts.append("the interval holds 0" if np.isfinite(found.low) else "there is no interval")
    if not found.mantel_p <= 0.05:
        doubts.append("p is above 0.05")
    if doubts:
        why = " and ".join(doubts)
        return f"Whether {name} agrees with the label correlation is unclear, because {why}"
    return f"{name} {'agrees with' if found.pearson > 0 else 'runs against'} the label correlation"


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low) and np.isfinite(high) else "not estimable"


def _p(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else ""
