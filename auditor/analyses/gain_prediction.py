"""Gain prediction: can the gain of a group be told before it is trained, and which to train next?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.benefit.result import measured_gains
from auditor.analyses.transfer_gain.ranking import expected_gains
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.seeding import derive
from auditor.transfer.group_gains import shared_groups
from auditor.transfer.predicted.active import next_groups
from auditor.transfer.predicted.candidates import candidates_of, held_out_accuracy
from auditor.transfer.predicted.choose import Chosen, choose
from auditor.transfer.predicted.crossed import AGREED, Accuracy, crossed, measurements
from auditor.transfer.predicted.interval import LEVEL, conformal_half_width
from auditor.transfer.predicted.random_effects import posterior

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

NAME = "gain-prediction"
FEWEST = 6
"""Measured groups below which nothing is predicted."""
CANDIDATES = 300
LARGEST = 12
"""Tasks of a group to train next at most."""
CITATION = "Ayman, Mukhopadhyay & Laszka 2026, arXiv 2602.18591; Ayman et al. 2023, arXiv 2310.16241"
METHOD = (
    "Every number is of groups that the predictor has not seen: whole groups are left out in turn. "
    "It is learned from one part of the seeds on one half of the test compounds, and judged by the "
    "others on the other half, in both directions: luck of a task trained alone, or of the test "
    "compounds, is in all gains of the task and would pass for skill. R2 within tasks is that of "
    "differences from the task's mean in other groups; the mean of the task has 0. p: are the "
    "predictions more than chance? It is not corrected for the number of predictors. The ceiling is"
    " what a prediction that knows every expected gain would reach on such halves. The chosen "
    "predictor is chosen again without each left-out part, so its row is not made better by the "
    "choice. Groups to train next are those that, by the random effects, would leave the least "
    "variance in all other gains."
)
ONE_SEED = (
    "From {groups} trained groups the gains of others can be predicted, but how well is not known: that "
    "needs two seeds or more (benefit.seeds=3), and gains on both halves of the test compounds."
)


def analyse(context: AuditContext, *, next_count: int = 5) -> Finding:
    """Predict measured gains of left-out groups by every predictor, and name the groups to train next.

    Parameters
    ----------
    next_count
        How many groups to name.
    """
    measured = measured_gains(context)
    if measured is None:
        told = "No gain was measured, so none can be predicted; measure some with --also benefit."
        return Finding(NAME, told, status="not applicable")
    table = shared_groups(measured)
    if table.g < FEWEST:
        told = f"Only {table.g} groups were trained; {FEWEST} are the fewest to learn from."
        return Finding(NAME, told, status="not applicable")
    affinities = {name: context.usable_affinity(name) for name in sorted(context.affinities)}
    affinities |= expected_gains(context)
    candidates = candidates_of(context, affinities, range(table.t))
    plain = {name: crossed(fit, table, seed=context.seed) for name, fit in candidates.items()}
    nested = held_out_accuracy(candidates, table, context.seed)
    best = choose(candidates, table, seed=context.seed)
    half = conformal_half_width(best.out_of_fold, table)
    following = _next(table, best, next_count, context.seed)
    data = {
        "groups": table.g,
        "cells": int(table.measured.sum()),
        "predictors": {name: asdict(found) for name, found in plain.items()},
        "chosen": best.name,
        "chosen_accuracy": asdict(nested),
        "interval": {"level": LEVEL, "half_width": half},
        "next": following,
        "measurements": measurements(table),
    }
    return Finding(NAME, _sentence(data, nested), data, _blocks(data, plain, nested), citation=CITATION)


def _next(table: GroupGains, best: Chosen, count: int, seed: int) -> list[dict[str, Any]]:
    """Return the groups to train next with what is predicted for them."""
    members = _untrained(table, seed)
    chosen = next_groups(posterior(table), members, count=min(count, len(members)), seed=seed)
    said = best.predict(members[chosen])
    return [
        {
            "tasks": [name for name, inside in zip(table.tasks, group, strict=True) if inside],
            "predicted": {
                name: float(gain)
                for name, gain, inside in zip(table.tasks, gains, group, strict=True)
                if inside
            },
        }
        for group, gains in zip(members[chosen], said, strict=True)
    ]


def _untrained(table: GroupGains, seed: int) -> NDArray[np.bool_]:
    """Return up to `CANDIDATES` random groups of 2 to `LARGEST` tasks that were not trained (c, t)."""
    rng = np.random.default_rng(derive(seed, "untrained groups"))
    trained = {group.tobytes() for group in table.members}
    found: dict[bytes, NDArray[np.bool_]] = {}
    for _ in range(4 * CANDIDATES):
        group = np.zeros(table.t, dtype=np.bool_)
        group[rng.choice(table.t, rng.integers(2, min(table.t, LARGEST) + 1), replace=False)] = True
        if group.tobytes() not in trained and len(found) < CANDIDATES:
            found.setdefault(group.tobytes(), group)
    return np.array(list(found.values()), dtype=np.bool_).reshape(-1, table.t)


def _sentence(data: dict[str, Any], nested: Accuracy) -> str:
    if not np.isfinite(nested.within_r2):
        return ONE_SEED.format(groups=data["groups"])
    known = f"R2 within tasks {nested.within_r2:.2f}, p {nested.within_p:.2g}"
    if nested.told_apart:
        return (
            f"From {data['groups']} trained groups, one left-out group of a task is told from another by "
            f"the predictor chosen without it ({known}; '{data['chosen']}' is chosen on all of them)."
        )
    differ = nested.differ_p <= AGREED
    why = "" if differ else "; nor are the groups of a task shown to differ by more than noise"
    return (
        f"From {data['groups']} trained groups, predictions are not shown to tell one group of a task from "
        f"another ({known}){why}."
    )


def _blocks(data: dict[str, Any], plain: Mapping[str, Accuracy], nested: Accuracy) -> tuple[Block, ...]:
    rows = [_row(name, found) for name, found in plain.items()]
    rows.append(_row("chosen by cross-validation", nested))
    following: tuple[tuple[Cell, ...], ...] = tuple(
        (" + ".join(group["tasks"]), float(np.mean(list(group["predicted"].values()))))
        for group in data["next"]
    )
    interval = data["interval"]
    return (
        Table(
            ("predictor", "R2 within tasks", "p", "its ceiling", "cells"),
            tuple(rows),
            caption="Gains of left-out groups",
        ),
        Table(("train next", "predicted mean gain"), following, caption="Groups to train next", digits=4),
        Text(
            f"A measured gain lies within {interval['half_width']:.4f} of its prediction in about "
            f"{interval['level']:.0%} of cells, by what cross-validation missed."
        ),
        Text(METHOD),
    )


def _row(name: str, found: Accuracy) -> tuple[Cell, ...]:
    values = (found.within_r2, found.within_p, found.within_ceiling)
    return (name, *(float(v) if np.isfinite(v) else None for v in values), found.predicted)
