"""`chemical-correlation` of two tasks that follow the very same substructures with independent signs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from auditor import console
from benchmarks.calibration.chemical_correlation import (
    ACTIVE,
    POOLS,
    TASKS,
    labelled,
    pool,
    scaled,
    substructures,
)
from benchmarks.calibration.measured import Measured, Section, counted
from benchmarks.chemical_correlation import KERNELS, Panel, related


def of_same_substructures(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often tasks of the same substructures and independent signs are called related."""
    console.settings.level = -1
    one = np.arange(0, TASKS, 2)
    for name in POOLS:
        panel = pool(name)
        for kernel in KERNELS:
            case = f"{name}, {len(panel.labels)} compounds, {kernel}"
            exact, free, held = [], [], []
            for seed in range(-(-draws // len(one))):
                structure = _same(panel, rng)
                true = (structure[:, one] * structure[:, one + 1]).mean(axis=0)
                found = related(labelled(panel, structure, rng), kernel, seed=seed)
                low, high = found.low[one, one + 1], found.high[one, one + 1]
                free.append((low > 0) | (high < 0))
                held.append(((low <= true) & (true <= high))[np.isfinite(low)])
                structure[:, one + 1] = scaled(structure[:, one + 1] - true * structure[:, one])
                found = related(labelled(panel, structure, rng), kernel, seed=seed)
                exact.append(((found.low > 0) | (found.high < 0))[one, one + 1])
            yield counted(case, "r exactly 0, called", "calls chance", np.concatenate(exact))
            yield counted(case, "independent signs, called", "is marked", np.concatenate(free))
            yield counted(case, "interval of their r", "holds the truth", np.concatenate(held))


def _same(panel: Panel, rng: np.random.Generator) -> np.ndarray:
    """Return what tasks follow (n, t): two and two the same substructures, by signs of their own."""
    bits = substructures(panel)
    effects = np.zeros((bits.shape[1], TASKS))
    for first, second in zip(effects.T[::2], effects.T[1::2], strict=True):
        chosen = rng.choice(len(first), ACTIVE, replace=False)
        first[chosen] = rng.normal(size=ACTIVE)
        second[chosen] = first[chosen] * rng.choice([-1, 1], ACTIVE)
    return scaled(bits @ effects)


SECTIONS = (
    Section(
        "chemical-correlation of tasks with the same substructures",
        f"Two tasks follow the very same {ACTIVE} substructures, as strongly, with independent signs. Over "
        "the compounds their structural parts then have an r of their own, which chance makes large or "
        "small: that they are called related is no error by itself. *r exactly 0*: the r is taken out.",
        of_same_substructures,
        400,
        needs_mirror=True,
        fast=20,
    ),
)
