"""The split-half reliability of E where the tasks have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor.analyses.agreement.noise import split_reliability
from auditor.benchmark.labels import Labels, from_columns
from benchmarks.calibration.measured import Measured, Section, counted

TASKS = 10
SMALL = 0.3
KINDS = ("values", "classes")


def of_reliability(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often noise passes for a reliable E."""
    for kind in KINDS:
        for n in (100, 400):
            case = f"{kind}, {n} compounds"
            chance = np.array([_of(_labels(np.eye(TASKS), kind, n, rng)) for _ in range(draws)])
            yield counted(case, f"reliability above {SMALL}", "calls chance", chance > SMALL)


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
        f"{TASKS} unrelated tasks, whose E is noise alone: its reliability is 0. Classes have a fifth of "
        "positives.",
        of_reliability,
        200,
        fast=20,
    ),
)
