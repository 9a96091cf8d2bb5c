"""Identity levels: how the definition of "the same compound" changes what the tasks share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.audit.context import AuditContext, open_data
from auditor.audit.reading import join_rows
from auditor.audit.results import Finding
from auditor.document.blocks import Cell, Table, Text
from auditor.errors import DataError, MissingExtra
from auditor.gate.gate import Pair
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.joining import Joined
    from auditor.plugin.component import Component
    from auditor.plugin.registry import Registry

FINEST_FIRST = ("as-written", "canonical", "parent", "parent-inchikey", "skeleton", "scaffold")
MEASURES = ("jaccard", "containment")
NO_COMPOUND = "scaffold"
"""The level at which different compounds are one on purpose: conflicts mean nothing there."""
LITTLE = 1.25
"""Ratio of the highest to the lowest median Jaccard below which the choice is called of little weight."""


def analyse(context: AuditContext) -> Finding:
    """Join the same published rows at every identity level and compare what the tasks share."""
    levels = [_at(level, context) for level in _levels(context.request.registry)]
    limits = context.request.thresholds
    data = {
        "audited": context.benchmark.identity,
        "thresholds": [limits.borderline, limits.reliable],
        "levels": levels,
    }
    return Finding(
        "identity-levels",
        _sentence(levels, context.benchmark.t),
        data,
        (
            *(_overlap_table(levels, m, (limits.borderline, limits.reliable)) for m in MEASURES),
            _row_table(levels),
            Text(
                "As written and canonical keep salts and charges apart; parent and parent-inchikey remove "
                "them; parent-inchikey also merges mobile hydrogens; skeleton merges stereoisomers and "
                "isotopes; scaffold merges different compounds on purpose (the first label of each "
                "stands) and shows how far two tasks lie in one chemistry. Levels of plugins stand last."
            ),
            *(Text(f"{found['not_joined']}.") for found in levels if "needs" in found),
        ),
    )


def _levels(registry: Registry) -> list[Component]:
    """Return every registered level, the built-in ones finest first."""
    rank = {name: place for place, name in enumerate(FINEST_FIRST)}
    return sorted(registry.all("identity"), key=lambda level: (rank.get(level.name, len(rank)), level.name))


def _at(level: Component, context: AuditContext) -> dict[str, Any]:
    """Return what the audit would have found at another level."""
    try:
        joined = _joined(level, context)
    except MissingExtra as error:
        return {"level": level.name, "not_joined": error.message, "needs": list(level.missing())}
    except DataError as error:
        return {"level": level.name, "not_joined": error.message}
    audit, limits = open_data(joined, context.request), context.request.thresholds
    overlap, gate = audit.overlap, audit.gate
    return {
        "level": level.name,
        "compounds": joined.benchmark.n,
        "rejected_texts": len(joined.rejects),
        **_row_counts(joined, level.name),
        "jaccard": spread(overlap.jaccard, limits.borderline, limits.reliable),
        "containment": spread(overlap.containment, limits.borderline, limits.reliable),
        "support": spread(overlap.support.astype(float)),
        "gate": gate.status,
        "reliable_pairs": gate.counts[Pair.RELIABLE.text],
    }


def _joined(level: Component, context: AuditContext) -> Joined:
    if level.name == context.benchmark.identity:
        return context.joined
    conflicts = "keep" if level.name == NO_COMPOUND else context.request.conflicts
    request = replace(context.request, identity=level.name, conflicts=conflicts)
    return join_rows(context.benchmark.name, context.joined.data, request)


def _row_counts(joined: Joined, level: str) -> dict[str, int | None]:
    conflicts = sum(count.conflicting for count in joined.counts)
    return {
        "rows": sum(count.rows for count in joined.counts),
        "rejected": sum(count.rejected for count in joined.counts),
        "repeated": sum(count.repeated for count in joined.counts),
        "conflicting": None if level == NO_COMPOUND else conflicts,
        "labels": sum(count.labels for count in joined.counts),
    }


def spread(matrix: NDArray[np.float64], *limits: float) -> dict[str, float]:
    """Return median, mean and the share of pairs at or above each limit, over unordered pairs."""
    values = upper(matrix)
    values = values[np.isfinite(values)]
    if not len(values):
        return {}
    return {
        "median": float(np.median(values)),
        "mean": float(values.mean()),
        **{f"share_from_{limit:.2f}": float((values >= limit).mean()) for limit in limits},
    }


def _sentence(levels: Sequence[Mapping[str, Any]], t: int) -> str:
    known = [found for found in levels if found.get("jaccard") and found["level"] != NO_COMPOUND]
    if len(known) < 2:
        return f"{t} task{'s' if t != 1 else ''}: no pair whose overlap could depend on identity."
    ordered = sorted((found["jaccard"]["median"], found["level"]) for found in known)
    (low, lowest), (high, highest) = ordered[0], ordered[-1]
    conflicts = [found["conflicting"] for found in known]
    gates = {found["gate"] for found in known}
    rest = (
        f"{min(conflicts):,} to {max(conflicts):,} compounds conflict; the gate says "
        f"{next(iter(gates))} at every level"
        if len(gates) == 1
        else f"{min(conflicts):,} to {max(conflicts):,} compounds conflict, and the gate's verdict differs"
    )
    if high <= LITTLE * low:
        return f"Identity hardly changes the overlap (median Jaccard {low:.3f} to {high:.3f}); {rest}."
    times = f", {high / low:.1f} times as much" if low > 0 else ""
    return (
        f"Overlap depends on identity: median Jaccard is {low:.3f} by {lowest} and {high:.3f} by "
        f"{highest}{times}; {rest}."
    )


def _overlap_table(levels: Sequence[Mapping[str, Any]], measure: str, limits: tuple[float, float]) -> Table:
    names = ("median", "mean", *(f"share_from_{limit:.2f}" for limit in limits))
    rows: list[tuple[Cell, ...]] = []
    for found in levels:
        values = found.get(measure) or {}
        gate = found.get(
            "gate", "not installed" if "needs" in found else "no benchmark: a task loses all labels"
        )
        rows.append((found["level"], found.get("compounds"), *(values.get(name) for name in names), gate))
    shares = (f"from {limit:.2f}" for limit in limits)
    columns = ("identity", "compounds", "median", "mean", *shares, "gate")
    caption = f"{measure.capitalize()} of the task pairs, and the share of pairs from each threshold"
    return Table(columns, tuple(rows), caption=caption)


def _row_table(levels: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("rows", "rejected", "repeated", "conflicting", "labels")
    rows = tuple((found["level"], *(found.get(name) for name in columns)) for found in levels)
    caption = "Published rows of all tasks at each identity level; conflicting counts compounds"
    return Table(("identity", *columns), rows, caption=caption)
