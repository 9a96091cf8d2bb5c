"""Which pairs of tasks are worth a view: of the answers, decided by one compound, then the strongest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.audit.answer.relations import pairs_told

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext


MOST_DECIDED = 3
"""Pairs whose E one compound decides that come before others."""


def chosen_pairs(context: AuditContext, *, most: int) -> list[tuple[int, int]]:
    """Return pairs (i < j) with E, first those of the answers and those whose E one compound decides.

    The others follow by |E| times the root of the shared compounds: strong, and over many of them.
    """
    found, sure = context.empirical, context.empirical.intervals
    told = pairs_told(
        {
            "label_correlation": {"correlation": found.values, "low": sure.low, "high": sure.high},
            "findings": [
                {"name": name, "data": finding.data} for name, finding in context.findings.items()
            ],
        }
    )
    rows, columns = np.triu_indices(len(found.values), 1)
    strength = (np.abs(found.values) * np.sqrt(found.support))[rows, columns]
    order = np.argsort(-strength, kind="stable")  # NaN comes last
    others = [
        (int(rows[at]), int(columns[at]))
        for at in order
        if np.isfinite(found.values[rows[at], columns[at]])
    ]
    return list(dict.fromkeys([*told, *decided_by_one(context)[:MOST_DECIDED], *others]))[:most]


def decided_by_one(context: AuditContext) -> list[tuple[int, int]]:
    """Return the pairs (i < j) of which data-quality says that one compound decides E, the worst first."""
    checked = context.findings.get("data-quality")
    told = checked.data.get("pairs", ()) if checked is not None else ()
    place = {name: at for at, name in enumerate(context.overlap.tasks)}
    found = [[place[name] for name in pair["tasks"]] for pair in told if pair["by_one_compound"]]
    return [(min(pair), max(pair)) for pair in found]
