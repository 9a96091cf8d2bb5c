"""Which tasks and compounds of a benchmark an overlap can be designed on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.threshold.design import Layout, complete_compounds, divide, pools_of
from auditor.analyses.threshold.settings import FEWEST_LABELS, Settings
from auditor.chemistry.naming import identify
from auditor.errors import DataError
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.threshold.design import Assignment
    from auditor.audit.context import AuditContext
    from auditor.benchmark.benchmark import Benchmark


@dataclass(frozen=True)
class Ground:
    """What is degraded.

    Parameters
    ----------
    benchmark
        The tasks that take part.
    tasks
        Their places in the audited benchmark.
    compounds
        Those that are measured in every one of them.
    scaffolds
        Of these compounds.
    """

    benchmark: Benchmark
    tasks: NDArray[np.int64]
    compounds: NDArray[np.int64]
    scaffolds: tuple[str, ...]


def ground_of(context: AuditContext) -> Ground:
    """Return the tasks and compounds of a benchmark whose overlap can be designed.

    All tasks, if enough compounds are measured in every one; else the largest set of reliable pairs.

    Raises
    ------
    DataError
        Neither has enough compounds.
    """
    everything = np.arange(context.benchmark.t)
    for tasks in (everything, np.array(context.gate.subset, dtype=np.int64)):
        if len(tasks) < 3:
            continue
        benchmark = part_of(context.benchmark, tasks)
        compounds = complete_compounds(benchmark)
        if len(compounds) >= 2 * FEWEST_LABELS:
            texts = [benchmark.smiles[i] for i in compounds]
            if benchmark.features is not None:
                return Ground(benchmark, tasks, compounds, tuple(texts))
            level = context.request.registry.get("identity", "scaffold")
            named = identify(texts, level, cache=context.request.cache)
            return Ground(benchmark, tasks, compounds, tuple(named[text].name or text for text in texts))
    raise DataError(
        f"{context.benchmark.name}: fewer than {2 * FEWEST_LABELS} compounds are measured in every task",
        hint="overlap can only be taken away where there is some: choose tasks with --tasks, "
        "or --analysis-option threshold.protocol=retention",
    )


def part_of(benchmark: Benchmark, tasks: NDArray[np.int64]) -> Benchmark:
    """Return a benchmark with some of its tasks."""
    truth = benchmark.truth
    return replace(
        benchmark,
        tasks=tuple(benchmark.tasks[i] for i in tasks),
        labels=benchmark.labels.select(tasks.tolist()),
        truth=None if truth is None else truth[np.ix_(tasks, tasks)],
    )


def layouts(ground: Ground, settings: Settings, seed: int) -> dict[tuple[Assignment, int], Layout]:
    """Return the layout of every assignment and repeat, all with the same number of labels per task.

    Raises
    ------
    DataError
        There are too few compounds, or too few scaffolds, for so many groups.
    """
    groups = settings.groups or ground.benchmark.t
    pools = {}
    for assignment in settings.assignments:
        for repeat in range(settings.seeds):
            rng = np.random.default_rng(derive(seed, "threshold", assignment, repeat))
            pools[assignment, repeat] = pools_of(
                ground.compounds, ground.scaffolds, groups, assignment, rng
            )
    least = min(len(pool) for parts in pools.values() for pool in parts)
    labels = min(least, settings.labels or least)
    if labels < FEWEST_LABELS:
        raise DataError(
            f"{groups} disjoint sets of compounds leave {labels} labels per task",
            hint=f"at least {FEWEST_LABELS} are needed: --analysis-option threshold.groups=2",
        )
    out = {}
    for (assignment, repeat), parts in pools.items():
        rng = np.random.default_rng(derive(seed, "threshold tasks", repeat))
        divided = divide(ground.benchmark.t, groups, rng)
        out[assignment, repeat] = Layout(divided, np.array([pool[:labels] for pool in parts]))
    return out


def everything(context: AuditContext) -> Ground:
    """Return all tasks and compounds, whether or not each is measured in each; without scaffolds."""
    benchmark = context.benchmark
    return Ground(benchmark, np.arange(benchmark.t), np.arange(benchmark.n), ())
