"""Grouping: which tasks to train together, and whether random groups would do as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.benefit.result import measured_gains
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.errors import AuditError
from auditor.transfer.grouping.chance import against_chance
from auditor.transfer.grouping.choose import group_by_affinity
from auditor.transfer.grouping.grouping import Grouping, check_limit
from auditor.transfer.grouping.starts import average_linkage
from auditor.transfer.predicted.pairs import pair_gains
from auditor.transfer.predictor import by_affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

NAME = "grouping"
COUNTS = (2, 3, 4)
"""Numbers of groups that the paper compares."""
MEASURED = "pair gains"
CITATION = "Cheng & Zhang 2026, F.2; Standley et al. 2020, ICML; Fifty et al. 2021, arXiv 2109.04617"
NO_GAIN = (
    "No gain was measured: these groups follow affinity alone, and nothing here says that training by "
    "them helps."
)
JUDGED = (
    "Each grouping is judged by measured gains of pairs, averaged over a task's companions; a task alone "
    "gains 0. Random groups have the same sizes; the rank p is (1 + the random groupings at least as "
    "good) / (1 + those drawn). The groups of the pair gains were chosen by the numbers that judge "
    "them, so their gain is optimistic and has no p. The larger groups themselves were not trained."
)
RULE = (
    "A group that holds a pair without a usable affinity is no candidate. With mean affinity as the gain, "
    "a group of an even number of tasks is never worth more than its best division into pairs, so that "
    "only the limit on the number of groups asks for larger ones."
)


def analyse(context: AuditContext, *, groups: int | None = None) -> Finding:
    """Partition the tasks by E and by every affinity, and judge the groups by measured gains.

    Parameters
    ----------
    groups
        At most so many groups; None tries `COUNTS`.
    """
    t = context.benchmark.t
    if t < 3:
        return Finding(NAME, "Fewer than three tasks leave nothing to group.", status="not applicable")
    table = measured_gains(context)
    counts = [check_limit(t, groups)] if groups is not None else [count for count in COUNTS if count < t]
    found: list[dict[str, Any]] = []
    for count in counts:
        for name, affinity in _affinities(context, table).items():
            found += _both_ways(context, name, affinity, count, table)
    if not any(row["groups"] for row in found):
        return Finding(NAME, "No grouping avoids pairs without a usable affinity.", status="not applicable")
    return Finding(
        NAME,
        _sentence(found, table),
        {"measured": table is not None, "groupings": found},
        _blocks(found, table),
        citation=CITATION,
    )


def _affinities(context: AuditContext, table: GroupGains | None) -> dict[str, NDArray[np.float64]]:
    """Return E, every affinity and the measured pair gains (t, t), NaN where they may not be used."""
    found = {"E (labels)": np.where(context.usable, context.empirical.values, np.nan)}
    for name, affinity in sorted(context.affinities.items()):
        everywhere = not context.request.registry.get("affinity", name).needs_overlap
        found[name] = affinity.values if everywhere else np.where(context.usable, affinity.values, np.nan)
    if table is not None:
        found[MEASURED] = pair_gains(table)
    return found


def _both_ways(
    context: AuditContext, name: str, affinity: NDArray[np.float64], count: int, table: GroupGains | None
) -> list[dict[str, Any]]:
    """Return the best partition by an affinity and, for estimates, the paper's linkage."""
    ways: dict[str, Callable[[], Grouping]] = {
        "best": partial(group_by_affinity, affinity, most=count, seed=context.seed)
    }
    if name != MEASURED:
        ways["average linkage"] = partial(average_linkage, affinity, most=count)
    rows = []
    for way, make in ways.items():
        row: dict[str, Any] = {"by": name, "way": way, "most": count, "groups": [], "reason": ""}
        try:
            found = make()
        except AuditError as problem:
            row["reason"] = problem.message
            rows.append(row)
            continue
        if np.isnan(found.value):
            row["reason"] = "it joins tasks without a usable affinity"
            rows.append(row)
            continue
        row |= _described(found, context.overlap.tasks)
        if table is not None:
            row["judged"] = _judged(found, table, chosen_by_it=name == MEASURED, seed=context.seed)
        rows.append(row)
    return rows


def _described(found: Grouping, tasks: tuple[str, ...]) -> dict[str, Any]:
    return {
        "groups": [[tasks[task] for task in group] for group in found.groups],
        "value": found.value,
        "bound": found.bound,
        "exact": found.exact,
        "method": found.method,
    }


def _judged(found: Grouping, table: GroupGains, *, chosen_by_it: bool, seed: int) -> dict[str, Any] | None:
    """Return a grouping's mean gain by measured pairs, beside random groups; None where a pair lacks."""
    judge = by_affinity(pair_gains(table))
    try:
        chance = asdict(against_chance(found, judge, table.t, seed=seed))
    except AuditError:
        return None
    if chosen_by_it:
        chance["p"] = float("nan")
    return chance


def _sentence(found: list[dict[str, Any]], table: GroupGains | None) -> str:
    if table is None:
        return NO_GAIN
    tested = [row for row in found if row.get("judged") and np.isfinite(row["judged"]["p"])]
    if not tested:
        return (
            "Gains were measured, but not for every pair that the groups hold: no grouping can be judged."
        )
    better = [row for row in tested if row["judged"]["p"] <= 0.05]
    top = max(tested, key=lambda row: row["judged"]["value"])
    told = (
        f"{len(better)} of {len(tested)} groupings by affinity beat random groups of the same sizes "
        f"(rank p <= 0.05, not corrected for their number)"
    )
    judged = top["judged"]
    return (
        f"{told}; the best, by {top['by']} ({top['way']}, at most {top['most']} groups), has a mean gain "
        f"of {judged['value']:+.4f}, random groups {judged['mean']:+.4f}, p = {judged['p']:.3f}."
    )


def _blocks(found: list[dict[str, Any]], table: GroupGains | None) -> tuple[Block, ...]:
    judged = table is not None
    columns = ["by", "way", "at most", "sizes", "value", "bound", "proved best"]
    columns += ["mean gain", "random groups", "p"] if judged else []
    named = tuple(
        (row["by"], row["way"], row["most"], "; ".join(" + ".join(group) for group in row["groups"]))
        for row in found
        if row["groups"]
    )
    return (
        Table(tuple(columns), tuple(_row(row, judged) for row in found), caption="Groupings", digits=4),
        Table(("by", "way", "at most", "groups"), named, caption="Their tasks"),
        Text(JUDGED if judged else NO_GAIN),
        Text(RULE),
    )


def _row(row: dict[str, Any], judged: bool) -> tuple[Cell, ...]:
    if not row["groups"]:
        return (row["by"], row["way"], row["most"], row["reason"], *(None,) * (6 if judged else 3))
    sizes = ", ".join(str(len(group)) for group in row["groups"])
    cells: tuple[Cell, ...] = (
        row["by"], row["way"], row["most"], sizes,
        _known(row["value"]), _known(row["bound"]), "yes" if row["exact"] else "no",
    )  # fmt: skip
    if not judged:
        return cells
    found = row.get("judged") or {}
    return (*cells, *(_known(found.get(name, np.nan)) for name in ("value", "mean", "p")))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
