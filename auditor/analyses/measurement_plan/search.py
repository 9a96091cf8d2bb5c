"""Search which compounds to measure in which task, so that chosen pairs share enough, at the least cost.

Every measurement counts as one. Candidates are the benchmark's own compounds. Compounds measured in the
same tasks are interchangeable for the count, so the search works on groups of them; within a group,
compounds are taken in an order that goes round the scaffolds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.measurement_plan.exact import LINEAR, cheapest, relaxed_bound, variables_of
from auditor.analyses.measurement_plan.greedy import greedy_plan, is_met, planned_support
from auditor.analyses.measurement_plan.groups import grouped, ranks
from auditor.analyses.measurement_plan.plan import Measurement, Plan, PlannedPair
from auditor.analyses.measurement_plan.rules import Problem, cover_bound, least_alone, met, support_of
from auditor.benchmark.labels import from_columns
from auditor.errors import DataError
from auditor.overlap.overlap import Overlap, support_counts
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.benchmark import Benchmark
    from auditor.benchmark.labels import Labels
    from auditor.gate.gate import Thresholds

EXACT_VARIABLES = 6_000
RELAXED_VARIABLES = 30_000
"""Sizes up to which the integer programme, and its relaxation, are solved; both take seconds then."""


def nothing_to_measure(rule: Thresholds) -> Plan:
    """Return the plan for no pair."""
    return Plan(rule, np.zeros((0, 2), dtype=np.int64), (), (), 0)


def missing_pairs(overlap: Overlap, rule: Thresholds) -> list[tuple[int, int]]:
    """Return the pairs that share too small a fraction or too few compounds."""
    enough = met(overlap.support, rule)
    rows, columns = np.triu_indices(len(enough), 1)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if not enough[i, j]]


def plan_measurements(
    benchmark: Benchmark,
    measured: Labels,
    *,
    pairs: Sequence[tuple[int, int]],
    rule: Thresholds,
    scaffolds: Sequence[str],
    available: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Plan:
    """Return the cheapest plan that is found for some pairs of tasks, and how far it may be from the best.

    Parameters
    ----------
    benchmark
        Names and SMILES of the compounds.
    measured
        Which compounds are measured where (n, t).
    pairs
        Task indices. New measurements widen the union of other pairs: those that meet the rule now and
        would lose it are planned for as well.
    rule
        ``measure``, ``reliable`` and ``min_support`` are to be reached.
    scaffolds
        Scaffold of every compound (n,), for the order within a group.
    available
        Which compounds may be measured (n,), such as those in stock; None: all. Pairs that these cannot
        bring to the rule are left out of the plan, and told.

    Raises
    ------
    DataError
        There are fewer compounds than must be shared, too many tasks for a plan, or too few compounds
        available to keep the pairs that meet the rule now.
    """
    watched, beyond = list(pairs), list[tuple[int, int]]()
    before = met(support_counts(measured), rule)
    while True:
        plan = _plan(benchmark, measured, watched, rule, scaffolds, available, seed)
        enough = met(support_counts(_with(measured, plan.cells)), rule)
        short = [pair for pair in watched if not enough[pair]]
        if short:
            watched, beyond = _without(watched, short, before), beyond + short
            continue
        lost = before & ~enough
        if not lost.any():
            names = benchmark.task_names
            return replace(plan, beyond=tuple((names[i], names[j]) for i, j in sorted(beyond)))
        watched += [(int(i), int(j)) for i, j in np.argwhere(np.triu(lost, 1))]


def _without(
    watched: list[tuple[int, int]], short: list[tuple[int, int]], before: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the pairs to plan for without those that too few compounds are available for."""
    if any(before[pair] for pair in short):
        raise DataError(
            "too few compounds are in stock to keep pairs that are reliable now",
            hint="name fewer pairs with --pairs, or a larger stock",
        )
    return [pair for pair in watched if pair not in short]


def _plan(
    benchmark: Benchmark,
    measured: Labels,
    pairs: Sequence[tuple[int, int]],
    rule: Thresholds,
    scaffolds: Sequence[str],
    available: NDArray[np.bool_] | None,
    seed: int,
) -> Plan:
    """Return the cheapest plan that is found for these pairs, whatever becomes of the others."""
    if not pairs:
        return nothing_to_measure(rule)
    tasks = np.array(sorted({task for pair in pairs for task in pair}), dtype=np.int64)
    problem, group_of = grouped(measured, tasks, pairs, rule, available)
    counts, bound = _best(problem)
    mask = problem.groups[group_of]
    rank = ranks(group_of, scaffolds, np.random.default_rng(derive(seed, "measurement plan")))
    after = mask | (rank[:, None] < counts[group_of])
    compounds, places = np.nonzero(after & ~mask)
    order = np.lexsort((rank[compounds], places))
    cells = np.column_stack([compounds[order], tasks[places[order]]])
    told = _told(benchmark, cells, tasks, after, problem, scaffolds)
    return Plan(rule, cells, told, _pairs(benchmark, tasks, problem, counts), bound)


def _with(measured: Labels, cells: NDArray[np.int64]) -> Labels:
    """Return which compounds are measured where once (compound, task) cells are measured too."""
    columns = [measured.column(task)[0] for task in range(measured.t)]
    more = [np.append(rows, cells[cells[:, 1] == task, 0]) for task, rows in enumerate(columns)]
    return from_columns(measured.n, [(rows, np.zeros(len(rows))) for rows in more])


def _best(problem: Problem) -> tuple[NDArray[np.int64], int]:
    """Return the cheapest plan found, (g, k) compounds to measure, and a bound that none undercuts."""
    plan, bound = greedy_plan(problem), cover_bound(problem)
    if plan.sum() == bound or problem.rule.measure not in LINEAR:
        return plan, bound
    if variables_of(problem, joint=False).count <= EXACT_VARIABLES:
        found, proven = cheapest(problem)
        if found is not None and found.sum() < plan.sum() and is_met(problem, found):
            plan = found
        return plan, max(bound, proven)
    if variables_of(problem, joint=True).count <= RELAXED_VARIABLES:
        bound = max(bound, relaxed_bound(problem))
    return plan, bound


def _told(
    benchmark: Benchmark,
    cells: NDArray[np.int64],
    tasks: NDArray[np.int64],
    after: NDArray[np.bool_],
    problem: Problem,
    scaffolds: Sequence[str],
) -> tuple[Measurement, ...]:
    names = [benchmark.task_names[task] for task in tasks]
    partners: list[list[int]] = [[] for _ in tasks]
    for i, j in problem.pairs:
        partners[i].append(int(j))
        partners[j].append(int(i))
    out = []
    for compound, place in zip(cells[:, 0], np.searchsorted(tasks, cells[:, 1]), strict=True):
        serves = tuple(names[other] for other in sorted(partners[place]) if after[compound, other])
        text, name = benchmark.smiles[compound], benchmark.compounds[compound]
        out.append(Measurement(names[place], text, name, scaffolds[compound], serves))
    return tuple(out)


def _pairs(
    benchmark: Benchmark, tasks: NDArray[np.int64], problem: Problem, plan: NDArray[np.int64]
) -> tuple[PlannedPair, ...]:
    names = tuple(benchmark.task_names[task] for task in tasks)
    before, after = (
        Overlap(names, np.diag(support).copy(), support)
        for support in (support_of(problem.groups, problem.counts), planned_support(problem, plan))
    )
    fraction, greater = (overlap.measure(problem.rule.measure) for overlap in (before, after))
    return tuple(
        PlannedPair(
            (names[i], names[j]),
            float(fraction[i, j]),
            float(greater[i, j]),
            int(before.support[i, j]),
            int(after.support[i, j]),
            int(alone),
        )
        for (i, j), alone in zip(problem.pairs, least_alone(problem), strict=True)
    )
