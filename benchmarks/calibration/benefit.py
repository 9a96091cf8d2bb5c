"""The interval of a pair's measured benefit, over few seeds and one set of test compounds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor.analyses.benefit.account import size_of_benefit
from auditor.transfer.measured.gains import Gains
from auditor.transfer.measured.matrices import member_mean, pair_reach
from benchmarks.calibration.measured import Measured, Section, counted


def of_seeds(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the interval of a mean over seeds holds a benefit of 0."""
    for seeds in (2, 3, 5, 10):
        for share, told in ((0.0, "none"), (0.5, "half"), (0.9, "nine tenths")):
            own = np.sqrt(1 - share) * rng.normal(size=(seeds, draws, 2))
            # the mean of two tasks over the seeds; all seeds have the same test compounds
            error = float(np.sqrt(share / (2 * seeds)))
            gains = own + error * rng.normal(size=(draws, 1))
            found = drawn(gains, error)
            inside = np.abs(member_mean(found.gains, found.members).mean(axis=0)) <= pair_reach(found)
            case = f"{seeds} seeds, {told} of the variance by test compounds"
            yield counted(case, "a benefit of 0 called", "calls chance", ~inside)
            yield counted(case, "interval", "holds the truth", inside)


def of_mean(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the interval of the mean benefit of all pairs holds that of very many tasks, 0."""
    for level, told in ((0.0, "pairs alone decide"), (0.5, "tasks count half"), (3.0, "tasks decide")):
        for t in (5, 8, 12, 20):
            held = []
            for _ in range(draws):
                size = size_of_benefit(of_pairs(level, t, rng))
                held.append(size.low <= 0 <= size.high)
            yield counted(f"{told}, {t} tasks", "interval", "holds the truth", np.array(held))


def of_pairs(level: float, t: int, rng: np.random.Generator) -> Gains:
    """Return gains of all pairs of t tasks, sums of levels of tasks and of noise."""
    rows, columns = np.triu_indices(t, 1)
    members = np.zeros((len(rows), t), dtype=bool)
    members[np.arange(len(rows)), rows] = members[np.arange(len(rows)), columns] = True
    tasks = level * rng.normal(size=t)
    both = tasks[rows] + tasks[columns] + rng.normal(size=len(rows))
    gains = np.where(members, both[:, None], np.nan)[None]
    return Gains(
        tasks=tuple(f"t{task}" for task in range(t)),
        metrics=("auroc",) * t,
        seeds=(0,),
        members=members,
        values=gains,
        own=gains,
        gains=gains,
        own_gains=gains,
        halves=np.stack([gains, gains]),
        sampling_error=np.where(members, 0.1, np.nan),
        mean_sampling_error=np.full(len(rows), 0.1),
        test_labels=np.full(t, 100),
    )


def drawn(gains: np.ndarray, error: float) -> Gains:
    """Return gains of the same pair again and again (s, draws, 2), with the error of test compounds."""
    seeds, draws, _ = gains.shape
    return Gains(
        tasks=("a", "b"),
        metrics=("auroc", "auroc"),
        seeds=tuple(range(seeds)),
        members=np.ones((draws, 2), dtype=bool),
        values=gains,
        own=gains,
        gains=gains,
        own_gains=gains,
        halves=np.stack([gains, gains]),
        sampling_error=np.full((draws, 2), error),
        mean_sampling_error=np.full(draws, error),
        test_labels=np.full(2, 100),
    )


SECTIONS = (
    Section(
        "The benefit of a pair",
        "Gains without a benefit, over few seeds, of which a part is shared noise of the test compounds; "
        "the resampling of these is taken to be right.",
        of_seeds,
        10000,
    ),
    Section(
        "The mean benefit of all pairs",
        "Benefits of pairs that are sums of a level of each task and of noise; their mean over very many "
        "tasks is 0.",
        of_mean,
        600,
    ),
)
