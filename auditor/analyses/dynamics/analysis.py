"""Dynamics: after how many epochs the affinity is what it will be at the end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from auditor.analyses.dynamics.follow import Dynamics, Stage, Wanted, follow
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Chart, Curve, Table, Text
from auditor.errors import UsageError
from auditor.seeding import derive
from auditor.statistics.resampling import known, told

COLUMNS = ("logs of", "logs", "r with the end", "reliability", "r without noise", "r with E")
PAPER = {1: 0.63, 5: 0.68, 10: 0.71, 20: 0.73, 50: 0.89}
"""Cheng & Zhang 2026, table C.4, Tox21: r of the epoch's affinity with that of the end, one run."""
METHOD = (
    "The end is the final window of logs; no log of it is in any earlier part, so that nothing is "
    "compared with itself. The plain r mixes two things: an affinity that is still changing, and one "
    "that few logs leave noisy. r without noise divides by the root of both reliabilities (split-half, "
    "even against odd logs of the same trainings); it can exceed 1 by chance, and is left out where a "
    "reliability is below 0.1. Intervals resample tasks. Other seeds may differ more than the halves of "
    "one training do."
)


def analyse(
    context: AuditContext,
    *,
    marks: str = "1,5,10,20,50,100",
    agreement: float = 0.9,
    reliability: float = 0.8,
) -> Finding:
    """Compare the affinity of earlier epochs with that of the end, from the logs that there are.

    Parameters
    ----------
    marks
        Epochs to look at, beside the last whole one before the final window.
    agreement, reliability
        From which on the affinity counts as settled: r with the end without noise, and split-half.
    """
    epochs = epochs_of(marks)
    traces = [trace for trace in context.logged() if len(trace.gram)]
    if not traces:
        return Finding("dynamics", "No gradients were logged.", status="not applicable")
    found = follow(
        traces,
        context.empirical.values,
        context.usable,
        window=context.window,
        marks=epochs,
        wanted=Wanted(agreement, reliability),
        seed=derive(context.seed, "dynamics"),
    )
    if found is None:
        text = (
            "Too few epochs, or none before the final window, were logged: nothing to compare the end with."
        )
        return Finding("dynamics", text, status="not applicable")
    return Finding(
        "dynamics",
        _sentence(found, agreement, reliability),
        _data(context, found, agreement, reliability),
        _blocks(context, found),
        citation="Cheng & Zhang 2026, C.4; Spearman 1904, 1910",
    )


def epochs_of(text: str) -> list[int]:
    """Return the epochs of a list typed as text.

    Raises
    ------
    UsageError
        They are not whole numbers from 1.
    """
    try:
        epochs = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        epochs = []
    if not epochs or min(epochs) < 1:
        raise UsageError(f"'{text}' is no list of epochs", hint="for example marks=1,5,10,20")
    return epochs


def _sentence(found: Dynamics, agreement: float, reliability: float) -> str:
    settled = found.settled
    first = next(stage for stage in found.stages if stage.part == "up to")
    start = (
        f"after epoch {first.epoch} the affinity agrees with that of the end at r = "
        f"{told(first.agreement.value, first.agreement.low, first.agreement.high)}, "
        f"{told(first.stability.value, first.stability.low, first.stability.high)} without noise"
    )
    rule = f"r without noise >= {agreement:g} and reliability >= {reliability:g}"
    if np.isfinite(settled.value):
        high = f"{settled.high:.0f}" if np.isfinite(settled.high) else "not reached"
        spread = "" if np.isnan(settled.low) else f", interval {settled.low:.0f} to {high}"
        return f"{settled.value:.0f} epochs are enough on this benchmark ({rule}{spread}); {start}."
    return (
        f"No number of epochs up to {found.last} is enough on this benchmark ({rule}: not reached); "
        f"{start}; the end itself has reliability "
        f"{told(found.final_reliability.value, found.final_reliability.low, found.final_reliability.high)}."
    )


def _data(context: AuditContext, found: Dynamics, agreement: float, reliability: float) -> dict[str, Any]:
    return {
        "stages": [asdict(stage) for stage in found.stages],
        "final_logs": found.final_logs,
        "final_reliability": asdict(found.final_reliability),
        "final_with_labels": asdict(found.final_with_labels),
        "enough_epochs": asdict(found.settled) if np.isfinite(found.settled.value) else None,
        "enough_epochs_reached": bool(np.isfinite(found.settled.value)),
        "last_epoch_compared": found.last,
        "wanted": {"agreement_without_noise": agreement, "reliability": reliability},
        "pairs": int(np.triu(context.usable, 1).sum()),
        "seeds": len(context.traces()),
        "window": context.window,
        "interval": "95 %, tasks resampled",
        "would_change": "more logs (a smaller --log-every) or more seeds raise every reliability",
        "paper": {str(epoch): r for epoch, r in PAPER.items()} if _is_tox21(context) else None,
    }


def _blocks(context: AuditContext, found: Dynamics) -> tuple[Block, ...]:
    rows: list[tuple[Cell, ...]] = [_row(stage) for stage in found.stages]
    reliability = found.final_reliability
    with_labels = _cell(found.final_with_labels)
    rows.append(("the final window", found.final_logs, "", _cell(reliability), "", with_labels))
    return (
        Table(COLUMNS, tuple(rows), caption="The affinity of earlier epochs against that of the end"),
        _chart(context, found),
        Text(METHOD + (_paper() if _is_tox21(context) else "")),
    )


def _row(stage: Stage) -> tuple[Cell, ...]:
    name = f"epochs up to {stage.epoch}" if stage.part == "up to" else f"around epoch {stage.epoch}"
    values = (stage.agreement, stage.reliability, stage.stability, stage.with_labels)
    return (name, stage.logs, *(_cell(value) for value in values))


def _cell(value: Any) -> Cell:
    return told(value.value, value.low, value.high)


def _chart(context: AuditContext, found: Dynamics) -> Chart:
    stages = [stage for stage in found.stages if stage.part == "up to"]
    x = tuple(float(stage.epoch) for stage in stages)
    curves = []
    for label, name in (
        ("r with the end", "agreement"),
        ("reliability", "reliability"),
        ("r without noise", "stability"),
        ("r with E", "with_labels"),
    ):
        values = [getattr(stage, name) for stage in stages]
        y, low, high = (tuple(known(getattr(v, end)) for v in values) for end in ("value", "low", "high"))
        curves.append(Curve(label, x, y, low, high))
    if _is_tox21(context):
        at = [epoch for epoch in PAPER if epoch <= found.last]
        curves.append(
            Curve("paper, r with the end", tuple(map(float, at)), tuple(PAPER[e] for e in at), line=False)
        )
    last = stages[-1]
    return Chart(
        tuple(curves),
        "epochs",
        "r over pairs",
        "The affinity over all epochs up to some epoch, against the final window's",
        f"At epoch {last.epoch}, the last that was compared, r with the end is "
        f"{told(last.agreement.value, last.agreement.low, last.agreement.high)}.",
    )


def _is_tox21(context: AuditContext) -> bool:
    return context.benchmark.name == "tox21"


def _paper() -> str:
    row = ", ".join(f"{r:.2f} at epoch {epoch}" for epoch, r in PAPER.items())
    return (
        f" For reference, the paper's table C.4 gives for Tox21, from one run and without a reliability: "
        f"{row}. Its figure takes epoch 50 as the end, its text 100; the two do not agree."
    )
