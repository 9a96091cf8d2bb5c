"""Grouping: which tasks to train together, and whether random groups would do as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.benefit.result import measured_gains
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.errors import AuditError
from auditor.statistics.association import holm
from auditor.transfer.grouping.chance import Chance, against_chance
from auditor.transfer.grouping.choose import group_by_affinity
from auditor.transfer.grouping.grouping import Grouping, check_limit
from auditor.transfer.grouping.starts import average_linkage
from auditor.transfer.predicted.linear import pair_gains
from auditor.transfer.predictor import by_affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

NAME = "grouping"
COUNTS = (2, 3, 4)
"""Numbers of groups that the paper compares."""
MEASURED = "pair gains"
LEVEL = 0.05
CITATION = "Cheng & Zhang 2026, F.2; Standley et al. 2020, ICML; Fifty et al. 2021, arXiv 2109.04617"
NO_GAIN = (
    "No gain was measured: these groups follow affinity alone, and nothing here says that training by "
    "them helps."
)
JUDGED = (
    "Each grouping is judged by measured gains of pairs, averaged over a task's companions; a task alone "
    "gains 0. Random groups have the same sizes; the rank p is (1 + the random groupings at least as "
    "good) / (1 + those drawn). The p of this table are not corrected for their number: one of many is "
    "small by chance, and a single one more often where some tasks have much larger errors than others "
    "(0.05 or less in about 10 % of such cases). The groups of the pair gains were chosen by the numbers "
    "that judge them, so their gain is optimistic and has no p. The larger groups themselves were not "
    "trained."
)
RULE = (
    "A group that holds a pair without a usable affinity is no candidate. With mean affinity as the gain, "
    "a group of an even number of tasks is never worth more than its best division into pairs, so that "
    "only the limit on the number of groups asks for larger ones."
)


@dataclass(frozen=True)
class Candidate:
    """A grouping by one affinity, found one way, of at most so many groups.

    Parameters
    ----------
    by, way, most
        The affinity, the way and the limit.
    reason
        Why there is none; empty where there is one.
    grouping
        None where there is none; its groups hold places of tasks.
    judged
        By measured gains, beside random groups; None where a pair was not measured, or none was.
    """

    by: str
    way: str
    most: int
    reason: str = ""
    grouping: Grouping | None = None
    judged: Chance | None = None


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
    found: list[Candidate] = []
    for count in counts:
        for name, affinity in _affinities(context, table).items():
            found += _both_ways(context, name, affinity, count, table)
    if not any(row.grouping for row in found):
        return Finding(NAME, "No grouping avoids pairs without a usable affinity.", status="not applicable")
    return Finding(
        NAME,
        _sentence(found, table),
        _data(found, context.overlap.tasks, table),
        _blocks(found, context.overlap.tasks, table),
        citation=CITATION,
        result=tuple(found),
    )


def _affinities(context: AuditContext, table: GroupGains | None) -> dict[str, NDArray[np.float64]]:
    """Return E, every affinity and the measured pair gains (t, t), NaN where they may not be used."""
    found = context.usable_estimates()
    if table is not None:
        found[MEASURED] = pair_gains(table)
    return found


def _both_ways(
    context: AuditContext, name: str, affinity: NDArray[np.float64], count: int, table: GroupGains | None
) -> list[Candidate]:
    """Return the best partition by an affinity and, for estimates, the paper's linkage."""
    ways: dict[str, Callable[[], Grouping]] = {
        "best": partial(group_by_affinity, affinity, most=count, seed=context.seed)
    }
    if name != MEASURED:
        ways["average linkage"] = partial(average_linkage, affinity, most=count)
    rows = []
    for way, make in ways.items():
        try:
            found = make()
        except AuditError as problem:
            rows.append(Candidate(name, way, count, problem.message))
            continue
        if np.isnan(found.value):
            rows.append(Candidate(name, way, count, "it joins tasks without a usable affinity"))
            continue
        judged = None
        if table is not None:
            judged = _judged(found, table, chosen_by_it=name == MEASURED, seed=context.seed)
        rows.append(Candidate(name, way, count, grouping=found, judged=judged))
    return rows


def _data(found: Sequence[Candidate], tasks: Sequence[str], table: GroupGains | None) -> dict[str, Any]:
    measured = table is not None
    return {"measured": measured, "groupings": [_data_of(row, tasks, measured) for row in found]}


def _data_of(row: Candidate, tasks: Sequence[str], measured: bool) -> dict[str, Any]:
    found = row.grouping
    asked = {"by": row.by, "way": row.way, "most": row.most}
    if found is None:
        return {**asked, "groups": [], "reason": row.reason}
    return {
        **asked,
        "groups": _named(found, tasks),
        "reason": row.reason,
        "value": found.value,
        "bound": found.bound,
        "exact": found.exact,
        "method": found.method,
        **({"judged": row.judged and asdict(row.judged)} if measured else {}),
    }


def _named(found: Grouping, tasks: Sequence[str]) -> list[list[str]]:
    return [[tasks[task] for task in group] for group in found.groups]


def _judged(found: Grouping, table: GroupGains, *, chosen_by_it: bool, seed: int) -> Chance | None:
    """Return a grouping's mean gain by measured pairs, beside random groups; None where a pair lacks."""
    judge = by_affinity(pair_gains(table))
    try:
        chance = against_chance(found, judge, table.t, seed=seed)
    except AuditError:
        return None
    return replace(chance, p=float("nan")) if chosen_by_it else chance


def _sentence(found: Sequence[Candidate], table: GroupGains | None) -> str:
    if table is None:
        return NO_GAIN
    tested = [(row, row.judged) for row in found if row.judged and np.isfinite(row.judged.p)]
    if not tested:
        return (
            "Gains were measured, but not for every pair that the groups hold: no grouping can be judged."
        )
    p = holm([judged.p for _, judged in tested])
    place = max(range(len(tested)), key=lambda row: tested[row][1].value)
    top, judged = tested[place]
    told = (
        f"{sum(one <= LEVEL for one in p)} of {len(tested)} groupings by affinity beat random groups of "
        f"the same sizes (rank p <= {LEVEL:g}, corrected for their number)"
    )
    return (
        f"{told}; the best, by {top.by} ({top.way}, at most {top.most} groups), has a mean gain "
        f"of {judged.value:+.4f}, random groups {judged.mean:+.4f}, corrected p = {p[place]:.3f}."
    )


def _blocks(
    found: Sequence[Candidate], tasks: Sequence[str], table: GroupGains | None
) -> tuple[Block, ...]:
    judged = table is not None
    columns = ["by", "way", "at most", "sizes", "value", "bound", "proved best"]
    columns += ["mean gain", "random groups", "p"] if judged else []
    named = tuple(
        (row.by, row.way, row.most, "; ".join(" + ".join(group) for group in _named(row.grouping, tasks)))
        for row in found
        if row.grouping
    )
    return (
        Table(tuple(columns), tuple(_row(row, judged) for row in found), caption="Groupings", digits=4),
        Table(("by", "way", "at most", "groups"), named, caption="Their tasks"),
        Text(JUDGED if judged else NO_GAIN),
        Text(RULE),
    )


def _row(row: Candidate, judged: bool) -> tuple[Cell, ...]:
    found, chance = row.grouping, row.judged
    if found is None:
        return (row.by, row.way, row.most, row.reason, *(None,) * (6 if judged else 3))
    sizes = ", ".join(str(len(group)) for group in found.groups)
    cells: tuple[Cell, ...] = (
        row.by, row.way, row.most, sizes,
        _known(found.value), _known(found.bound), "yes" if found.exact else "no",
    )  # fmt: skip
    if not judged:
        return cells
    if chance is None:
        return (*cells, None, None, None)
    return (*cells, _known(chance.value), _known(chance.mean), _known(chance.p))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
