"""What a limited number of measurements can do: the pairs that they make reliable, cheapest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import numpy as np

from auditor.analyses.measurement_plan.greedy import greedy_plan, planned_support
from auditor.analyses.measurement_plan.groups import grouped
from auditor.analyses.measurement_plan.rules import cover_bound, least_alone, met

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.gate.gate import Thresholds

TRIED = 4
"""Pairs that are tried at each step, the ones that need least alone first; the cheapest is taken."""
Pairs = Sequence[tuple[int, int]]
Available = Optional["NDArray[np.bool_]"]


@dataclass(frozen=True)
class Spent:
    """A point of the curve: what so many measurements reach.

    Parameters
    ----------
    measurements
        New measurements in all.
    reliable
        Pairs of the benchmark that meet the rule then.
    half_width
        Half of the 95 % interval of a correlation of 0, tanh(1.96 / sqrt(n - 3)): the median over the pairs
        that were asked for; NaN where fewer than four compounds are shared by most of them.
    """

    measurements: int
    reliable: int
    half_width: float


def may_pay_for_all(
    measured: Labels, wanted: Pairs, rule: Thresholds, budget: int, available: Available = None
) -> bool:
    """Return whether no bound forbids that a budget pays for all pairs."""
    tasks = np.array(sorted({task for pair in wanted for task in pair}), dtype=np.int64)
    return cover_bound(grouped(measured, tasks, wanted, rule, available)[0]) <= budget


def affordable(
    measured: Labels,
    wanted: Pairs,
    rule: Thresholds,
    budget: int,
    available: Available = None,
) -> tuple[list[tuple[int, int]], list[Spent]]:
    """Return pairs that together need at most a budget, and the curve up to it.

    Of the pairs that are left, the one that adds least to the plan is taken, as long as it is paid for. It
    is not proven that no other choice makes more pairs reliable.

    Parameters
    ----------
    measured
        Which compounds are measured where (n, t).
    wanted
        Task indices of the pairs that fall short.
    budget
        New measurements at most.
    available
        Which compounds may be measured (n,); None: all.
    """
    tasks = np.array(sorted({task for pair in wanted for task in pair}), dtype=np.int64)
    before = _after(measured, tasks, (), rule, available)[1]
    curve = [_point(0, before, wanted, tasks, rule)]
    taken: list[tuple[int, int]] = []
    left = _cheapest_first(measured, tasks, wanted, rule, available)
    while left:
        tried = [(*_after(measured, tasks, (*taken, pair), rule, available), pair) for pair in left[:TRIED]]
        spent, support, pair = min(tried, key=lambda one: one[0])
        if spent > budget:
            break
        place = {int(task): at for at, task in enumerate(tasks)}
        enough = met(support, rule)
        if not all(enough[place[i], place[j]] for i, j in (*taken, pair)):  # too few compounds in stock
            left = [one for one in left if one != pair]
            continue
        taken.append(pair)
        curve.append(_point(spent, support, wanted, tasks, rule))
        left = [(i, j) for i, j in left if not enough[place[i], place[j]]]
    return taken, curve


def _after(
    measured: Labels, tasks: NDArray[np.int64], pairs: Pairs, rule: Thresholds, available: Available
) -> tuple[int, NDArray[np.int64]]:
    """Return the measurements of a plan for some pairs, and the shared compounds (k, k) then."""
    problem, _ = grouped(measured, tasks, pairs, rule, available)
    plan = greedy_plan(problem) if len(pairs) else np.zeros(problem.groups.shape, dtype=np.int64)
    return int(plan.sum()), planned_support(problem, plan)


def _cheapest_first(
    measured: Labels, tasks: NDArray[np.int64], wanted: Pairs, rule: Thresholds, available: Available
) -> list[tuple[int, int]]:
    problem, _ = grouped(measured, tasks, wanted, rule, available)
    return [wanted[place] for place in np.argsort(least_alone(problem), kind="stable")]


def _point(
    spent: int, support: NDArray[np.int64], wanted: Pairs, tasks: NDArray[np.int64], rule: Thresholds
) -> Spent:
    upper = np.triu_indices(len(tasks), 1)
    places = np.searchsorted(tasks, np.asarray(wanted, dtype=np.int64).reshape(-1, 2))
    shared = np.median(support[places[:, 0], places[:, 1]])
    width = float(np.tanh(1.96 / np.sqrt(shared - 3))) if shared > 3 else float("nan")
    return Spent(spent, int(met(support, rule)[upper].sum()), width)
