"""What is said of predicted gains: whether groups are told apart, and the ceiling of R2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from auditor.statistics.student import reach
from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.predicted.crossed import AGREED, crossed, gains_apart, halves_of
from auditor.transfer.predicted.linear import membership_ridge, task_mean
from auditor.transfer.predictor import Fit
from benchmarks.calibration.measured import Claim, Measured, Section, counted

RUNS = 10
"""Simulated audits over which an average is taken."""
RIDGE = membership_ridge()


@dataclass(frozen=True)
class Study:
    """Simulated trainings: how many, and the standard deviation of each cause of a gain.

    Parameters
    ----------
    tasks, groups, seeds
        How many. A group has 2 to 5 tasks.
    levels, companions
        True differences between tasks, and what each companion of a task truly adds (in the mean).
    alone, alone_compounds
        Noise of a task's training alone, one per seed, and of the choice of test compounds, one per half
        for all seeds: both are shared by all groups of the task.
    own, own_compounds, companion_compounds
        The same of the training of the group; the last goes with each companion, in all groups with it.
    """

    name: str
    tasks: int = 6
    groups: int = 20
    seeds: int = 3
    levels: float = 0.0
    companions: float = 0.0
    alone: float = 1.0
    alone_compounds: float = 0.7
    own: float = 0.5
    own_compounds: float = 0.3
    companion_compounds: float = 0.0

    @property
    def named(self) -> str:
        """The row of the table."""
        return f"{self.name}, {self.groups} groups, {self.seeds} seeds"


LARGE = "large noise of tasks alone"
NULL = (
    *(Study(LARGE, seeds=seeds) for seeds in (2, 3, 5)),
    Study(LARGE, groups=60),
    Study("equal noises", groups=10, alone=0.5, alone_compounds=0.5, own_compounds=0.5),
    Study("test compounds favour companions", companion_compounds=0.7),
    Study("tasks truly differ, their groups do not", levels=1.0),
)
SKILL = tuple(Study("companions matter", seeds=seeds, companions=1.0, levels=0.5) for seeds in (2, 3, 5))


def simulated(study: Study, rng: np.random.Generator) -> tuple[GroupGains, np.ndarray]:
    """Return gains as an audit measures them, and the true ones (g, t)."""
    s, g, t = study.seeds, study.groups, study.tasks
    members = np.zeros((g, t), dtype=bool)
    for group in members:
        group[rng.choice(t, rng.integers(2, 6), replace=False)] = True
    # of each companion, truly and by either half of the test compounds: its mean over a group
    pairs = rng.normal(size=(3, t, t)) * (1 - np.eye(t))
    companions = (members.astype(float) @ pairs) / (members.sum(axis=1) - 1)[:, None]
    truth = study.levels * rng.normal(size=t) + study.companions * companions[0]
    alone = study.alone * rng.normal(size=(1, s, 1, t))
    alone = alone + study.alone_compounds * rng.normal(size=(2, 1, 1, t))
    # half of the variance of a training is shared by its tasks
    own = study.own * (rng.normal(size=(1, s, g, 1)) + rng.normal(size=(1, s, g, t))) / np.sqrt(2)
    own = own + study.own_compounds * rng.normal(size=(2, 1, g, t))
    halves = truth + own - alone + study.companion_compounds * companions[1:, None]
    names = [str(task) for task in range(t)]
    return group_gains(names, members, halves.mean(axis=(0, 1)), halves=halves), truth


def of_null(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often noise passes for skill, and for differences between the groups of a task."""
    for study in NULL:
        yield from _called(study, draws, rng, "calls chance")


def of_skill(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often true differences between groups are seen."""
    for study in SKILL:
        yield from _called(study, draws, rng, "is marked")


def _called(study: Study, draws: int, rng: np.random.Generator, claim: Claim) -> Iterator[Measured]:
    found = [crossed(RIDGE, simulated(study, rng)[0], seed=0) for _ in range(draws)]
    told, differ = np.array([(one.told_apart, one.differ_p <= AGREED) for one in found]).T
    yield counted(study.named, "groups told apart, by a ridge", claim, told)
    yield counted(study.named, "groups of a task differ", claim, differ)


def of_ceiling(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the 95 % interval of an average over `RUNS` audits holds what it should be."""
    for study in (NULL[0], NULL[1], NULL[-1], SKILL[1]):
        found = np.array([[_ceiling(study, rng) for _ in range(RUNS)] for _ in range(draws)])
        far = reach(np.array(RUNS - 1)) * found.std(axis=1, ddof=1) / np.sqrt(RUNS)
        inside = np.abs(found.mean(axis=1)) <= far + 1e-12
        yield counted(study.named, "ceiling", "holds the truth", inside[:, 0])
        if study.companions:
            yield counted(study.named, "R2 of who knows all", "holds the truth", inside[:, 1])


def _ceiling(study: Study, rng: np.random.Generator) -> tuple[float, float]:
    """Return how far the ceiling, and R2 of a prediction that knows all, are from what they should be.

    As sums of squares: the ratio's denominator bends its mean a little.
    """
    table, truth = simulated(study, rng)
    true = group_gains(table.tasks, table.members, truth)
    best = crossed(knowing(true), table, seed=0)
    _, apart = gains_apart(task_mean, true, 0)
    squares = sum(
        float(np.nansum(gains_apart(task_mean, one, 0)[1] ** 2)) for one in halves_of(table) or ()
    )
    known = 2 * float(np.nansum(apart**2))
    return best.within_ceiling * squares - known, best.within_r2 * squares - known


def knowing(true: GroupGains) -> Fit:
    """Return a predictor that knows the true gains of all groups, whatever it is fitted on."""
    known = {group.tobytes(): gains for group, gains in zip(true.members, true.gains, strict=True)}
    return lambda train: lambda members: np.array([known[group.tobytes()] for group in members])


SECTIONS = (
    Section(
        "Predicted gains where companions do not matter",
        "Gains by noise alone: of the training of a task alone and of the test compounds, which all groups "
        "of the task share, and of each group's own training.",
        of_null,
        400,
    ),
    Section(
        "Predicted gains where companions matter",
        "The same noise, and true differences between groups; how often they are seen is power, and "
        "no claim.",
        of_skill,
        200,
    ),
    Section(
        "The ceiling of predicted gains",
        f"Averages over {RUNS} simulated audits: how often their 95 % interval holds the true one. "
        "*Who knows all*: a prediction of every true gain.",
        of_ceiling,
        400,
    ),
)
