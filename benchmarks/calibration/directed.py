"""An affinity and gains with a direction, and r given a third matrix: their p, and the interval of r."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from auditor.analyses.benefit.transfer_rule import rule_of
from auditor.statistics.directed import associate_directed
from auditor.statistics.metrics import auroc
from auditor.statistics.partial_mantel import partial_mantel
from benchmarks.calibration.association import PERMUTATIONS, SIZES, TRUTHS
from benchmarks.calibration.measured import Measured, Section, counted

Pair = tuple[np.ndarray, np.ndarray]
CROWD = 300
SHAPES = (("all pairs", 0.0), ("a third of the pairs missing", 1 / 3))


def traits(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return an affinity and gains, products of five traits of source and recipient (t, t)."""
    u, own = rng.normal(size=(2, t, 5))
    v = np.sqrt(r) * u + np.sqrt(1 - r) * own
    return u @ u.T, v @ v.T + rng.normal(size=(t, t))


def levels(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return an affinity of levels of tasks, and gains that depend on the recipient (t, t)."""
    a, own = rng.normal(size=(2, t))
    b = r * a + np.sqrt(1 - r * r) * own
    noise, own_noise = rng.normal(size=(2, t, t))
    return a[:, None] + a[None, :] + (noise + noise.T) / 2, 2 * b[None, :] + own_noise


def errors(t: int, r: float, rng: np.random.Generator) -> Pair:
    """Return as `traits`, where a small task has large errors in its affinity and in what it gains."""
    x, y = traits(t, r, rng)
    error = np.exp(rng.normal(size=t))
    noise, own_noise = rng.normal(size=(2, t, t))
    spread = np.sqrt(error[:, None] * error[None, :])
    return x + (noise + noise.T) * spread, y + 2 * own_noise * error[None, :]


DIRECTED: tuple[tuple[str, Callable[[int, float, np.random.Generator], Pair]], ...] = (
    ("likeness of tasks", traits),
    ("levels of tasks", levels),
    ("likeness, errors by recipient", errors),
)


def of_directed(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often gains that have nothing to do with an affinity are called associated with it."""
    for name, truth in DIRECTED:
        for t in SIZES:
            for column, missing in SHAPES:
                for within in (False, True):
                    p = np.array([_p(truth, t, missing, within, rng) for _ in range(draws)])
                    told = column + (", within recipients" if within else "")
                    yield counted(f"{name}, {t} tasks", told, "calls chance", p <= 0.05)


def _p(truth: Callable, t: int, missing: float, within: bool, rng: np.random.Generator) -> float:
    x, _ = truth(t, 0.0, rng)
    _, y = truth(t, 0.0, rng)
    gone = np.triu(rng.random((t, t)) < missing, 1)
    x = np.where(gone | gone.T, np.nan, x)
    found = associate_directed(x, y, seed=_seed(rng), permutations=PERMUTATIONS, per_recipient=within)
    return float(np.nan_to_num(found.mantel_p, nan=1.0))


def of_partial(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often matrices are called associated that only a third one, held constant, links."""
    for name, truth in TRUTHS:
        for t in SIZES:
            for column, missing in SHAPES:
                p = np.array([_partial_p(truth, t, missing, rng) for _ in range(draws)])
                yield counted(f"{name}, {t} tasks", column, "calls chance", p <= 0.05)


def _partial_p(truth: Callable, t: int, missing: float, rng: np.random.Generator) -> float:
    control, x = truth(t, 0.5, rng)
    _, y = truth(t, 0.0, rng)
    gone = np.triu(rng.random((t, t)) < missing, 1)
    gone |= gone.T | np.eye(t, dtype=bool)
    y = np.where(gone, np.nan, y + control)
    found = partial_mantel(x, y, {"third": control}, seed=_seed(rng), permutations=PERMUTATIONS)
    return float(np.nan_to_num(found.p, nan=1.0))


def of_interval(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the intervals of r and of AUROC hold those of very many such tasks."""
    for name, truth in DIRECTED:
        for r in (0.0, 0.5):
            true_r, true_area = np.mean([_crowd(*truth(CROWD, r, rng)) for _ in range(20)], axis=0)
            for t in SIZES:
                r_held, area_held = [], []
                for _ in range(draws):
                    x, y = truth(t, r, rng)
                    one = associate_directed(x, y, seed=_seed(rng), permutations=1)
                    rule = rule_of(x, y, seed=_seed(rng), ordered=True)
                    r_held.append(one.low <= true_r <= one.high)
                    area_held.append(rule.low <= true_area <= rule.high)
                for told, held in (("r", r_held), ("AUROC of a gain", area_held)):
                    column = f"{told}, traits at {r}"
                    yield counted(f"{name}, {t} tasks", column, "holds the truth", np.array(held))


def _crowd(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    keep = ~np.eye(len(x), dtype=bool)
    area = auroc((y[keep] > 0).astype(float), x[keep], np.ones((1, keep.sum())))
    return float(np.corrcoef(x[keep], y[keep])[0, 1]), float(area[0])


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


SECTIONS = (
    Section(
        "Mantel p of gains with a direction",
        "An affinity, and gains of a recipient from a source that have nothing to do with it. *Levels*: an "
        "affinity of levels of tasks, gains that depend on the recipient. *Errors by recipient*: a small "
        "task has large errors in both.",
        of_directed,
        400,
        fast=10,
    ),
    Section(
        "The interval of r and AUROC over tasks, with a direction",
        "Affinities and gains of tasks drawn from a population whose r and AUROC are known.",
        of_interval,
        300,
        fast=5,
    ),
    Section(
        "Partial Mantel p",
        "Two matrices that only a third one links; it is held constant.",
        of_partial,
        600,
    ),
)
