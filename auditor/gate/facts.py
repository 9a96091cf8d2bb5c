"""What a document tells of the overlap and of the gate's verdict."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.gate.gate import Pair
from auditor.overlap.overlap import MEASURES
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.gate.gate import Gate
    from auditor.overlap.label_correlation import Empirical
    from auditor.overlap.overlap import Overlap


def verdict(gate: Gate, overlap: Overlap) -> dict[str, Any]:
    """Return the gate's answer with the sentence that every report begins with."""
    limits = gate.thresholds
    pairs = sum(gate.counts.values())
    return {
        "status": gate.status,
        "sentence": _sentence(gate, overlap) if pairs else "One task has no other to share compounds with.",
        "measure": limits.measure,
        "thresholds": asdict(limits),
        "pairs": pairs,
        "counts": gate.counts,
        "reliable_subset": [overlap.tasks[i] for i in gate.subset],
        "reliable_subset_compounds": gate.subset_compounds,
        "reliable_subset_exact": gate.subset_exact,
        "reliable_subset_bound": gate.subset_bound,
    }


def _sentence(gate: Gate, overlap: Overlap) -> str:
    limits = gate.thresholds
    fraction = upper(overlap.measure(limits.measure))
    unjudged = int(((upper(gate.pairs) == Pair.NOT_ESTIMABLE) & (fraction >= limits.reliable)).sum())
    opening = {
        "pass": "The tasks share enough compounds for gradient affinity",
        "partial": "Only some tasks share enough compounds for gradient affinity",
        "fail": "These tasks share too few compounds for gradient affinity",
    }[gate.status]
    if unjudged and gate.status == "fail":
        opening = "Too few pairs of these tasks can be judged by gradient affinity"
    told = (
        f"{opening}: {gate.counts[Pair.RELIABLE.text]:,} of {len(fraction):,} pairs reach "
        f"{limits.measure} {limits.reliable:.2f} (median {np.median(fraction):.3f})"
    )
    if unjudged:
        told += (
            f"; {unjudged} more {'does' if unjudged == 1 else 'do'}, but a task is constant on the shared "
            f"compounds, or fewer than {limits.min_support} are shared"
        )
    return f"{told}."


def overlap_facts(overlap: Overlap, gate: Gate, empirical: Empirical) -> dict[str, Any]:
    """Return the overlap of every pair of tasks, its verdict, what it can show, and summaries over all."""
    codes = {int(code): code.text for code in Pair}
    limits = (gate.thresholds.borderline, gate.thresholds.reliable)
    return {
        **{name: overlap.measure(name) for name in MEASURES},
        "support": overlap.support,
        "retention_equivalent": overlap.retention,
        "pair_verdict": [
            [None if i == j else codes[int(code)] for j, code in enumerate(row)]
            for i, row in enumerate(gate.pairs)
        ],
        "detectable_correlation": empirical.reach.above,
        "summary": {
            **{name: _summary(overlap.measure(name), limits) for name in MEASURES},
            "retention_equivalent": _summary(overlap.retention, ()),
            "support": _summary(overlap.support.astype(float), ()),
        },
    }


def _summary(matrix: NDArray[np.float64], limits: tuple[float, ...]) -> dict[str, Any]:
    values = upper(matrix)
    if not len(values):
        return {"pairs": 0}
    return {
        "pairs": len(values),
        "median": float(np.median(values)),
        "mean": float(values.mean()),
        "min": float(values.min()),
        "max": float(values.max()),
        **{f"above_{limit:.2f}": int((values > limit).sum()) for limit in limits},
    }
