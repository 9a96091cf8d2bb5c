"""Groupings by affinity beside random groups, where gains have nothing to do with affinity."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from auditor.analyses.grouping import LEVEL
from auditor.statistics.association import holm
from auditor.transfer.grouping.chance import against_chance
from auditor.transfer.grouping.choose import group_by_affinity
from auditor.transfer.grouping.starts import average_linkage
from auditor.transfer.predictor import by_affinity
from benchmarks.calibration.measured import Measured, Section, counted

AFFINITIES = 3
COUNTS = (2, 3)
SIZES = (6, 10)
RANDOM = 299
"""Fewer than an audit draws: what the p is right about does not depend on it."""
Truth = Callable[[int, np.random.Generator], tuple[list[np.ndarray], np.ndarray]]


def noise(t: int, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Return affinities of noise, and gains of noise (t, t)."""
    return _affinities(np.ones(t), rng), rng.normal(size=(t, t))


def levels(t: int, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Return affinities of noise, and gains that depend on source and recipient alone (t, t)."""
    source, recipient = rng.normal(size=(2, t))
    return _affinities(np.ones(t), rng), source[:, None] + recipient[None, :] + rng.normal(size=(t, t))


def errors(t: int, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Return affinities and gains of noise that is large for small tasks (t, t)."""
    error = np.exp(rng.normal(size=t))
    return _affinities(error, rng), rng.normal(size=(t, t)) * error[None, :]


TRUTHS: tuple[tuple[str, Truth], ...] = (
    ("gains are noise", noise),
    ("gains of source and recipient", levels),
    ("noise by the size of tasks", errors),
)


def of_grouping(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often a grouping is called better than random, and how often one of all of an audit is."""
    for name, truth in TRUTHS:
        for t in SIZES:
            found = np.array([_p(*truth(t, rng), rng) for _ in range(draws)])
            case = f"{name}, {t} tasks"
            yield counted(case, "p of one grouping", "calls chance", found[:, 0] <= LEVEL)
            said = np.array([holm(row) for row in found]) <= LEVEL
            yield counted(case, "any said to beat random groups", "calls chance", said.any(axis=1))
            share = (found <= LEVEL).any(axis=1)
            yield counted(case, "any p ≤ 0.05 of the table", "is marked", share)


def _affinities(error: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    noise = rng.normal(size=(AFFINITIES, len(error), len(error)))
    return list((noise + noise.transpose(0, 2, 1)) * np.sqrt(error[:, None] * error[None, :]))


def _p(affinities: list[np.ndarray], gains: np.ndarray, rng: np.random.Generator) -> list[float]:
    """Return the p of every grouping of an audit."""
    seed, t, judge = int(rng.integers(2**31)), len(gains), by_affinity(gains)
    found = [
        grouping
        for most in COUNTS
        for affinity in affinities
        for grouping in (
            group_by_affinity(affinity, most=most, seed=seed),
            average_linkage(affinity, most=most),
        )
    ]
    return [against_chance(one, judge, t, seed=seed + k, draws=RANDOM).p for k, one in enumerate(found)]


SECTIONS = (
    Section(
        "Groupings beside random groups",
        "Gains that have nothing to do with affinity; "
        f"{2 * AFFINITIES * len(COUNTS)} groupings of an audit. The sentence of a report corrects their p "
        "for their number (Holm); its table does not, and says so.",
        of_grouping,
        200,
        fast=2,
    ),
)
