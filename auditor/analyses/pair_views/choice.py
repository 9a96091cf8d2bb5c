"""Which pairs of tasks are worth a view: those that the answers name, then those that E is surest of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.audit.answer.relations import pairs_told

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext


def chosen_pairs(context: AuditContext, *, most: int) -> list[tuple[int, int]]:
    """Return pairs (i < j) with E: those of the answers, then by how far the interval of E is from 0."""
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
    far = np.nan_to_num(np.fmax(sure.low, -sure.high)[rows, columns], nan=-2.0)
    order = np.argsort(-far, kind="stable")
    others = [
        (int(rows[at]), int(columns[at])) for at in order if np.isfinite(found.values[rows[at], columns[at]])
    ]
    return list(dict.fromkeys([*told, *others]))[:most]
