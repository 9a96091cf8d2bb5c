"""Two matrices of tasks: the Mantel p, and the interval of r by resampling tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from auditor.statistics.association import mantel, task_bootstrap
from auditor.statistics.pairs import upper
from benchmarks.calibration.measured import Measured, Section, counted

Pair = tuple[np.ndarray, np.ndarray]
PERMUTATIONS = 199
RESAMPLES = 300
"""Fewer than an audit makes: what they are right about does not depend on it."""
SIZES = (5, 8, 12, 20)
CROWD = 400


def likeness(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return two matrices of products of five traits of each task (t, t); the traits correlate."""
    u, own = rng.normal(size=(2, t, 5))
    v = np.sqrt(r) * u + np.sqrt(1 - r) * own
    return u @ u.T, v @ v.T


def levels(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return two matrices of sums of a level of each task and noise of pairs: a few tasks decide all."""
    a, own = rng.normal(size=(2, t))
    b = r * a + np.sqrt(1 - r * r) * own
    noise = rng.normal(size=(2, t, t))
    noise = (noise + noise.transpose(0, 2, 1)) / 2
    return a[:, None] + a[None, :] + noise[0], b[:, None] + b[None, :] + noise[1]


def sizes(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return two matrices as `likeness` gives, with errors that the tasks' sizes make large in both."""
    x, y = likeness(t, r, rng)
    error = np.exp(rng.normal(size=t))
    noise = rng.normal(size=(2, t, t)) * np.sqrt(error[:, None] * error[None, :]) * 2
    noise = (noise + noise.transpose(0, 2, 1)) / 2
    return x + noise[0], y + noise[1]


TRUTHS: tuple[tuple[str, Callable[[int, float, np.random.Generator], Pair]], ...] = (
    ("likeness of tasks", likeness),
    ("levels of tasks", levels),
    ("likeness, errors by size", sizes),
)


def of_mantel(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often matrices that have nothing to do with each other are called associated."""
    for name, truth in TRUTHS:
        for t in SIZES:
            for column, missing in (("all pairs", 0.0), ("a third of the pairs missing", 1 / 3)):
                p = np.array([_p(truth, t, missing, rng) for _ in range(draws)])
                yield counted(f"{name}, {t} tasks", column, "calls chance", p <= 0.05)


def _p(
    truth: Callable[[int, float, np.random.Generator], Pair],
    t: int,
    missing: float,
    rng: np.random.Generator,
) -> float:
    x, _ = truth(t, 0.0, rng)
    _, y = truth(t, 0.0, rng)
    gone = np.triu(rng.random((t, t)) < missing, 1)
    gone |= gone.T | np.eye(t, dtype=bool)
    x, y = np.where(gone, np.nan, x), np.where(gone, np.nan, y)
    if np.isfinite(upper(x)).sum() < 3:
        return 1.0
    return mantel(x, y, rng, PERMUTATIONS)


def of_interval(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the interval of r holds that of very many such tasks."""
    for name, truth in TRUTHS:
        for r in (0.0, 0.5):
            true = np.mean([np.corrcoef(*map(upper, truth(CROWD, r, rng)))[0, 1] for _ in range(20)])
            for t in SIZES:
                found = np.array([_interval(*truth(t, r, rng), rng) for _ in range(draws)])
                inside = (found[:, 0] <= true) & (true <= found[:, 1])
                yield counted(f"{name}, {t} tasks", f"interval, traits at {r}", "holds the truth", inside)


def _interval(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    np.fill_diagonal(x, np.nan)
    np.fill_diagonal(y, np.nan)
    return task_bootstrap(x, y, rng, RESAMPLES)


SECTIONS = (
    Section(
        "Mantel p",
        "Two matrices that have nothing to do with each other. *Levels*: a number of each task, added up "
        "over a pair. *Errors by size*: small tasks have large errors in both.",
        of_mantel,
        600,
    ),
    Section(
        "The interval of r over tasks",
        "Two matrices of tasks drawn from a population whose r is known.",
        of_interval,
        600,
    ),
)
