"""Whether tasks of one pool of molecules are said to lie in different domains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor.analyses.shift.distance import draw, shifts
from auditor.benchmark.labels import from_columns
from benchmarks.calibration.chemical_correlation import pool
from benchmarks.calibration.measured import Measured, Section, counted

SIZES = ((20, 20), (20, 200), (50, 50), (200, 200))


def of_shift(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often two tasks whose compounds are drawn from the same molecules are not in domain."""
    panel = pool("Tox21")
    n = len(panel.labels)
    for first, second in SIZES:
        found = []
        for _ in range(draws):
            rows = rng.permutation(n)
            parts = [rows[:first], rows[first : first + second]]
            labels = from_columns(n, [(np.sort(part), np.zeros(len(part))) for part in parts])
            drawn = {task: draw(labels, task, seed=int(rng.integers(2**31))) for task in (0, 1)}
            (one,) = shifts(labels, [(0, 1)], drawn=drawn, prints=panel.packed, scaffolds=panel.scaffolds)
            found.append(one.domain)
        for domain in ("one-sided", "out of domain"):
            said = np.array([one == domain for one in found])
            yield counted(f"{first} and {second} compounds", domain, "calls chance", said)


SECTIONS = (
    Section(
        "The domain of tasks of one pool",
        "Two tasks whose compounds are drawn from the same molecules of Tox21, none shared.",
        of_shift,
        400,
        needs_mirror=True,
        fast=40,
    ),
)
