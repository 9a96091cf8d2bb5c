"""The split-half reliability of E, against the agreement of E in a second sample of compounds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor.analyses.agreement.noise import split_reliability
from auditor.benchmark.labels import Labels, from_columns
from auditor.overlap.label_correlation import empirical_correlation
from auditor.statistics.association import correlation
from auditor.statistics.pairs import upper
from auditor.statistics.student import reach
from benchmarks.calibration.measured import Measured, Section, counted

TASKS = 10
RUNS = 10
"""Simulated audits over which an average is taken."""
SMALL = 0.3
KINDS = ("values", "classes")


def of_reliability(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield whether averages hold the truth, and how often noise passes for a reliable E."""
    for kind in KINDS:
        for n in (100, 400):
            found = np.array([[_off(kind, n, rng) for _ in range(RUNS)] for _ in range(-(-draws // RUNS))])
            far = reach(np.array(RUNS - 1)) * found.std(axis=1, ddof=1) / np.sqrt(RUNS)
            case = f"{kind}, {n} compounds"
            inside = np.abs(found.mean(axis=1)) <= far
            yield counted(case, "mean over audits", "holds the truth", inside)
            chance = np.array([_of(_labels(np.eye(TASKS), kind, n, rng)) for _ in range(draws)])
            yield counted(case, f"above {SMALL} of unrelated tasks", "calls chance", chance > SMALL)


def _off(kind: str, n: int, rng: np.random.Generator) -> float:
    """Return how far the reliability is from the correlation of E with that of other compounds."""
    traits = rng.normal(size=(TASKS, 6))
    traits /= np.sqrt((traits**2).sum(axis=1, keepdims=True))
    one, other = (_labels(traits @ traits.T, kind, n, rng) for _ in range(2))
    return _of(one) - correlation(*(upper(empirical_correlation(part).values) for part in (one, other)))


def _of(labels: Labels) -> float:
    return split_reliability(labels, np.ones((TASKS, TASKS), dtype=bool), seed=0, min_support=3)


def _labels(r: np.ndarray, kind: str, n: int, rng: np.random.Generator) -> Labels:
    values = rng.multivariate_normal(np.zeros(TASKS), r, size=n, method="eigh")
    if kind == "classes":
        values = (values > 0.8).astype(float)
    return from_columns(n, [(np.arange(n), column) for column in values.T])


SECTIONS = (
    Section(
        "The reliability of E",
        f"{TASKS} tasks; the split-half reliability less the correlation of E with that of other compounds "
        f"of the same tasks, averaged over {RUNS} audits: how often its 95 % interval holds 0. Classes "
        "have a fifth of positives.",
        of_reliability,
        200,
        fast=20,
    ),
)
