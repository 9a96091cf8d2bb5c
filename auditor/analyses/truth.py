"""Recovery of a designed truth: only generated benchmarks have one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Cell, Table
from auditor.overlap.label_correlation import NAME as NAME_OF_E
from auditor.statistics.association import associate


def analyse(context: AuditContext) -> Finding:
    """Correlate E and every affinity with the designed signed correlation (the paper's G.2)."""
    truth = context.benchmark.truth
    if truth is None:
        return Finding("synthetic-truth", "The benchmark has no designed truth.", status="not applicable")
    data: dict[str, Any] = {}
    rows: list[tuple[Cell, ...]] = []
    candidates = {NAME_OF_E: context.empirical.values}
    for name, affinity in sorted(context.affinities.items()):
        candidates[name] = affinity.values
        if affinity.all_logs is not None:
            candidates[f"{name}, all logs"] = affinity.all_logs
    for name, values in candidates.items():
        usable = np.where(context.usable, (values + values.T) / 2, np.nan)
        signed = associate(usable, truth, seed=context.seed)
        size = associate(usable, np.abs(truth), seed=context.seed)
        data[name] = {"signed": asdict(signed), "absolute": asdict(size)}
        rows.append((name, _known(signed.pearson), signed.mantel_p, _known(size.pearson), signed.pairs))
    return Finding(
        "synthetic-truth",
        _sentence(data),
        data,
        (
            Table(
                ("estimate", "r with the truth", "Mantel p", "r with its size", "pairs"),
                tuple(rows),
                caption="Recovery of the designed correlation; the second r ignores the sign",
            ),
        ),
        citation="Cheng & Zhang 2026, G.2, with the truth signed",
    )


def _sentence(data: dict[str, Any]) -> str:
    told = [
        f"{name} r = {found['signed']['pearson']:.2f}"
        for name, found in data.items()
        if np.isfinite(found["signed"]["pearson"])
    ]
    return f"Correlation with the designed truth: {', '.join(told) or 'not estimable'}."


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
