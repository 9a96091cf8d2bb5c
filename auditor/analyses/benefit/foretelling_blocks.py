"""How a report shows what estimates foretold of measured benefit: three tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.document.blocks import Block, Table

if TYPE_CHECKING:
    from auditor.analyses.benefit.result import ByMetric, Foretold, View


def _views(found: Foretold) -> tuple[tuple[str, View], ...]:
    """Return every view of an estimate after what it is held against."""
    return (
        ("benefit of the pair", found.pairs),
        ("gain of the recipient", found.pooled),
        ("within recipients", found.per_recipient),
    )


def foretold_table(found: Mapping[str, Foretold]) -> Table:
    """Return how each estimate goes with the benefit, in every view."""
    rows = [
        (
            name,
            label,
            number(view.pearson),
            interval(view.low, view.high, 2),
            number(view.spearman),
            number(view.mantel_p),
            number(view.ceiling),
            number(view.disattenuated),
            view.pairs,
        )
        for name, one in found.items()
        for label, view in _views(one)
    ]
    columns = ("estimate", "against", "r", "95 % interval", "ρ", "p", "ceiling", "r / ceiling", "pairs")
    return Table(columns, tuple(rows), caption="Did it predict the benefit?")


def metric_tables(rows: Sequence[ByMetric]) -> tuple[Block, ...]:
    """Return the benefit by each choice of metrics, and how every estimate goes with each."""
    names = [", ".join(row.metrics) for row in rows]
    sizes = tuple(
        (
            name,
            number(row.size.mean),
            interval(row.size.low, row.size.high, 4),
            number(row.size.share_positive),
            row.size.beyond.gain,
            row.size.beyond.loss,
            number(row.reliability),
        )
        for name, row in zip(names, rows, strict=True)
    )
    columns = (
        "metric",
        "mean benefit",
        "95 % interval",
        "share that gain",
        "beyond +",
        "beyond −",
        "reliability",
    )
    against = tuple(
        (estimate, *(number(row.foretold[estimate].pearson) for row in rows))
        for estimate in rows[0].foretold
    )
    return (
        Table(columns, sizes, caption="The same trainings by another metric", digits=4),
        Table(
            ("estimate", *(f"r, {name}" for name in names)), against, caption="r with the benefit of pairs"
        ),
    )


def rule_table(found: Mapping[str, Foretold]) -> Table:
    """Return what each estimate is worth as a rule for training together."""
    rows = []
    for name, one in found.items():
        rule = one.rule
        shown = [(f"at {entry.threshold:.2f}", entry) for entry in rule.fixed]
        for threshold, entry in [*shown, ("out of sample", rule.out_of_sample)]:
            rows.append(
                (
                    name,
                    threshold,
                    entry.together,
                    number(entry.avoided),
                    number(entry.kept),
                    number(entry.mean_together),
                    number(entry.mean_apart),
                    number(rule.losing),
                    f"{rule.auroc:.2f} ({interval(rule.low, rule.high, 2)})",
                )
            )
    columns = (
        "estimate", "threshold", "pairs together", "losses avoided", "gains kept", "mean together",
        "mean apart", "base rate of loss", "AUROC",
    )  # fmt: skip
    caption = "As a rule for training together; out of sample, each pair's threshold comes from other tasks"
    return Table(columns, tuple(rows), caption=caption)


def number(value: float) -> float | None:
    """Return a number; None, which is "not estimable", where it is not finite."""
    return float(value) if np.isfinite(value) else None


def interval(low: float, high: float, digits: int) -> str:
    """Return an interval in words."""
    known = np.isfinite(low) and np.isfinite(high)
    return f"{low:.{digits}f} to {high:.{digits}f}" if known else "not estimable"
