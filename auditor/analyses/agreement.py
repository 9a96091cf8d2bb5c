"""Agreement: do gradients say what the labels say?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from auditor.context import AuditContext, Finding
from auditor.report.blocks import Cell, Table, Text
from auditor.significance import Association, associate

COLUMNS = (
    "estimator", "r", "95 % interval", "leave one out", "ρ", "Mantel p", "pairs", "logs", "reliability",
)  # fmt: skip


def analyse(context: AuditContext) -> Finding:
    """Correlate every affinity G with E over the usable pairs (the paper's equation 8)."""
    reference = context.empirical.values
    data: dict[str, Any] = {}
    rows: list[tuple[Cell, ...]] = []
    for name, affinity in sorted(context.affinities.items()):
        values = np.where(context.usable, affinity.values, np.nan)
        found = associate((values + values.T) / 2, reference, seed=context.seed)
        data[name] = {**asdict(found), "against": "E over co-measured compounds"}
        rows.append(_row(name, found, affinity.about))
        if "all_logs" in affinity.about:
            every = np.where(context.usable, np.asarray(affinity.about["all_logs"], float), np.nan)
            whole = associate(every, reference, seed=context.seed)
            data[name]["all_logs"] = asdict(whole)
            about = affinity.about
            every_log = {
                "logs": about.get("logs_in_total"),
                "reliability": about.get("reliability_of_all_logs"),
            }
            rows.append(_row(f"{name}, all logs", whole, every_log))
    if not rows:
        return Finding("agreement", "No affinity was estimated.", status="not applicable")
    return Finding(
        "agreement",
        _sentence(next(iter(data.values())), next(iter(data))),
        data,
        (
            Table(COLUMNS, tuple(rows), caption="r and ρ of each affinity with E", digits=3),
            Text(
                "E is the correlation of the labels over the compounds measured for both tasks. The "
                "interval resamples tasks; the Mantel p permutes them. Pairs share tasks, so a p-value "
                "that treats them as independent would be too small. Training saw the same labels: "
                "agreement is not evidence on new compounds."
            ),
        ),
        citation="Cheng & Zhang 2026, equation 8; Mantel 1967",
    )


def _row(name: str, found: Association, about: Any) -> tuple[Cell, ...]:
    low, high = found.leave_one_out
    return (
        name,
        _number(found.pearson),
        _interval(found.low, found.high),
        _interval(low, high),
        _number(found.spearman),
        "" if not np.isfinite(found.mantel_p) else f"{found.mantel_p:.4f}",
        found.pairs,
        about.get("logs"),
        _number(about.get("reliability", np.nan)),
    )


def _sentence(found: dict[str, Any], name: str) -> str:
    if not np.isfinite(found["pearson"]):
        return f"{name} and the label correlation cannot be compared: only {found['pairs']} usable pairs."
    r, p = found["pearson"], found["mantel_p"]
    said = "agrees with" if p <= 0.05 and r > 0 else "shows no established agreement with"
    return (
        f"{name} {said} the label correlation: r = {r:.2f} "
        f"({_interval(found['low'], found['high'])} over tasks), Mantel p = {p:.4f}, "
        f"{found['pairs']} pairs."
    )


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low) and np.isfinite(high) else "not estimable"
