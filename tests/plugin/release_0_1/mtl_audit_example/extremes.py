"""The analysis: which pairs of tasks lie at the ends of each affinity."""

from __future__ import annotations

import numpy as np

from auditor.context import AuditContext, Finding
from auditor.report.blocks import Table


def analyse(context: AuditContext, *, most: int = 3) -> Finding:
    """Return the pairs with the highest and the lowest affinity, at most so many of each."""
    rows = [row for name in sorted(context.affinities) for row in _extremes(context, name, most)]
    if not rows:
        return Finding("example-extremes", "No pair has an affinity.", status="not applicable")
    name, first, second, value = rows[0]
    return Finding(
        "example-extremes",
        f"By {name}, {first} and {second} are the closest pair ({value:.2f}).",
        {"pairs": [dict(zip(("affinity", "task", "other", "value"), row, strict=True)) for row in rows]},
        (Table(("affinity", "task", "other task", "value"), tuple(rows), "Pairs at the ends"),),
    )


def _extremes(context: AuditContext, name: str, most: int) -> list[tuple[str, str, str, float]]:
    found = context.affinities[name]
    both = np.where(context.usable, (found.values + found.values.T) / 2, np.nan)
    first, second = np.triu_indices(len(both), 1)
    known = np.flatnonzero(np.isfinite(both[first, second]))
    order = known[np.argsort(-both[first, second][known], kind="stable")].tolist()
    ends = [*order[:most], *[place for place in order[-most:] if place not in order[:most]]]
    return [
        (name, found.tasks[first[p]], found.tasks[second[p]], float(both[first[p], second[p]]))
        for p in ends
    ]
