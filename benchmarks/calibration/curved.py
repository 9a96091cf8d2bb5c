"""E of two tasks of values whose relation is no straight line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import rankdata

from auditor.statistics.pearson import pearson
from benchmarks.calibration.measured import Measured, Section, counted

CROWD = 2_000_000
"""Compounds from which the truth is taken."""


def steep(a: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return values whose logarithm goes with the other task."""
    return np.asarray(np.exp(1.2 * a + 0.4 * own))


def bent(a: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return values that rise at both ends of the other task."""
    return np.asarray(a * a + a + own)


def stepped(a: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return values that rise within a narrow range of the other task only."""
    return np.asarray(np.tanh(3 * a) + 0.3 * own)


RELATIONS: tuple[tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (
    ("exponential", steep),
    ("a parabola", bent),
    ("a step", stepped),
)


def of_curves(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the intervals of r and of ranks hold the truth."""
    for name, relation in RELATIONS:
        a, own = rng.normal(size=(2, CROWD))
        y = relation(a, own)
        truth = float(np.corrcoef(a, y)[0, 1])
        few = slice(CROWD // 20)
        by_rank = float(np.corrcoef(rankdata(a[few]), rankdata(y[few]))[0, 1])
        for n in (50, 200, 1000):
            a, own = rng.normal(size=(2, draws, n))
            y = relation(a, own)
            found = [pearson(one, other[:, None]) for one, other in zip(a, y, strict=True)]
            ranks = [pearson(rankdata(one), rankdata(o)[:, None]) for one, o in zip(a, y, strict=True)]
            marked = np.array([bool(one.far[0]) for one in found])
            case = f"{name}, n {n:,}"
            inside = np.array([one.low[0] <= truth <= one.high[0] for one in found])
            yield counted(case, "interval", "holds the truth", inside, float(marked.mean()))
            yield counted(case, "marked", "is marked", marked)
            inside = np.array([one.low[0] <= by_rank <= one.high[0] for one in ranks])
            yield counted(case, "Spearman's interval", "holds the truth", inside)


SECTIONS = (
    Section(
        "E of values in a curved relation",
        "Normal values, and others that go with them along a curve. A report marks with * what is skewed "
        "or heavy-tailed.",
        of_curves,
        1000,
    ),
)
