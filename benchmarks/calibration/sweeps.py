"""What sweeps over overlaps say: r at a level, a bend, and whether a way of sparse estimates helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from auditor.analyses.sparse_settings.comparison import Score, compare
from auditor.analyses.threshold.grid import Grid, Level, levels_of, points_of
from auditor.analyses.threshold.grid import Measured as Cell
from auditor.analyses.threshold.verdict import Verdict, judge_shape
from benchmarks.calibration.measured import Measured, Section, counted

OVERLAPS = np.array([1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
"""Those of an audit by default."""
REPEATS = 3
TASKS = (6, 12)
SWEPT = 8
BEND = 0.3
STABLE = 0.9
"""r of E of a degraded table with E of the full one."""
Curve = Callable[[np.ndarray], np.ndarray]
CURVES: tuple[tuple[str, Curve], ...] = (
    ("r is constant", lambda x: np.full_like(x, 0.5)),
    ("r rises in a line", lambda x: 0.2 + 0.6 * x),
    (f"r rises up to {BEND}", lambda x: 0.8 * np.minimum(x, BEND) / BEND),
    (f"r rises in a step at {BEND}", lambda x: 0.1 + 0.7 / (1 + np.exp(-30 * (x - BEND)))),
)
FORMS = ("piecewise linear", "sigmoid")


def of_threshold(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield whether intervals of r and of a bend hold the truth, and how often a threshold is said."""
    for name, curve in CURVES:
        true = curve(OVERLAPS)
        levels, verdicts = zip(*(_sweep(true, SWEPT, rng) for _ in range(draws)), strict=True)
        yield from _told(name, true, levels, verdicts)


def _sweep(r: np.ndarray, t: int, rng: np.random.Generator) -> tuple[list[Level], Verdict]:
    target = _symmetric(t, rng)
    cells = tuple(
        tuple(Cell(_like(target, one, rng), _like(target, STABLE, rng)) for _ in range(REPEATS))
        for one in r
    )
    grid = Grid(tuple(OVERLAPS), cells, target)
    levels, drawn = levels_of(grid, seed=int(rng.integers(2**31)))
    return levels, judge_shape(*points_of(grid), OVERLAPS, drawn)


def _told(
    case: str, true: np.ndarray, levels: tuple[list[Level], ...], verdicts: tuple[Verdict, ...]
) -> Iterator[Measured]:
    for place in (0, 4):
        ends = np.array([one[place].full[1:] for one in levels])
        inside = (ends[:, 0] <= true[place]) & (true[place] <= ends[:, 1])
        yield counted(case, f"r at overlap {OVERLAPS[place]:g}", "holds the truth", inside)
    said = np.array([one.threshold for one in verdicts])
    bent = str(BEND) in case
    yield counted(case, "a threshold is said", "is marked" if bent else "calls chance", said)
    if bent:
        form = FORMS["step" in case]
        bends = [one.bends.get(form, (np.nan,) * 3) for one in verdicts]
        known = np.array([bend for bend in bends if np.isfinite(bend).all()])
        inside = (known[:, 1] <= BEND) & (known[:, 2] >= BEND)
        yield counted(case, "place of its bend", "holds the truth", inside)


def of_sparse(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield whether intervals of r and of what a way adds hold the truth, and how often one helps."""
    for quality, told in ((0.5, "no better"), (0.7, "better")):
        for t in TASKS:
            found = [_compared(t, quality, rng) for _ in range(draws)]
            case = f"a way that is {told}, {t} tasks"
            for column, name, true in (("r", "r", quality), ("gain of r", "gain", quality - 0.5)):
                ends = np.array([getattr(one, name)[1:] for one in found])
                inside = (ends[:, 0] <= true) & (true <= ends[:, 1])
                yield counted(case, column, "holds the truth", inside)
            helps = np.array([one.helps for one in found])
            yield counted(case, "said to help", "is marked" if quality > 0.5 else "calls chance", helps)


def _compared(t: int, quality: float, rng: np.random.Generator) -> Score:
    target = _symmetric(t, rng)
    estimates = {
        "gradients": [_like(target, 0.5, rng) for _ in range(REPEATS)],
        "way": [_like(target, quality, rng) for _ in range(REPEATS)],
    }
    scores = compare(estimates, target, baseline="gradients", overlap=0.5, seed=int(rng.integers(2**31)))
    return scores[1]


def _symmetric(t: int, rng: np.random.Generator) -> np.ndarray:
    """Return products of four traits of tasks, and as much noise of pairs, of variance 1 (t, t)."""
    traits, noise = rng.normal(size=(t, 4)) / 8**0.25, rng.normal(size=(t, t))
    return np.asarray(traits @ traits.T + (noise + noise.T) / 2)


def _like(target: np.ndarray, r: float, rng: np.random.Generator) -> np.ndarray:
    """Return a matrix whose r with another is r over very many tasks."""
    return np.asarray(r * target + np.sqrt(1 - r * r) * _symmetric(len(target), rng))


SECTIONS = (
    Section(
        "Threshold",
        f"Sweeps over {len(OVERLAPS)} overlaps, {REPEATS} repeats and {SWEPT} tasks, in which r with the "
        "full E follows a known curve. Only the last two have a bend: how often it is seen is power, and "
        "no claim.",
        of_threshold,
        20,
        fast=0,
    ),
    Section(
        "Sparse settings",
        "Gradients whose r with the full E is 0.5, and a way whose r is the same or 0.7.",
        of_sparse,
        80,
        fast=2,
    ),
)
