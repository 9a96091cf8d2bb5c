"""E: its interval, its p, the pairs called beyond chance, and the power that is stated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import rankdata

from auditor.benchmark.labels import from_columns
from auditor.overlap.label_correlation import empirical_correlation
from auditor.statistics.false_discovery import stands
from auditor.statistics.pairs import upper
from auditor.statistics.pearson import Pearson, pearson
from auditor.statistics.phi import phi_interval
from auditor.statistics.power import detectable_of_class, detectable_of_values, detectable_phi
from benchmarks.calibration.measured import Measured, Section, counted
from benchmarks.calibration.truths import Pair, class_with_values, classes, phi_of, values

BALANCES = (
    (0.01, 0.01), (0.01, 0.5), (0.03, 0.03), (0.05, 0.05), (0.05, 0.3), (0.1, 0.1), (0.3, 0.3), (0.5, 0.5),
)  # fmt: skip
SIZES = (50, 200, 1000, 5000)
NARROW = 1e-9
CROWD = 100_000
"""Compounds from which the truth of ranks is taken."""


def of_classes(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how the interval of φ does, by size and prevalences."""
    for n in SIZES:
        for p, q in BALANCES:
            if n * min(p, q) < 2:
                continue
            case = f"n {n:,}, {p:.0%} and {q:.0%}, {n * p * q:.2g} expected in both"
            for share in (0.0, -0.5, 0.3, 0.9):
                phi = phi_of(p, q, share)
                found = phi_interval(*classes(n, p, q, phi, draws, rng))
                inside = (found.low <= phi + NARROW) & (phi - NARROW <= found.high)
                if share == 0:
                    yield counted(case, "φ = 0 called", "calls chance", found.p <= 0.05)
                yield counted(case, f"interval, φ {share:+.0%} of its limit", "holds the truth", inside)


def of_values(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how the interval of r and that of ranks do, by size and tails."""
    for kind in ("normal", "lognormal 0.5", "lognormal 1", "Student's t, 3", "normal, lognormal"):
        for r in (0.0, 0.3, 0.6):
            ranks = _of_ranks(*values(kind, CROWD, r, 1, rng)[:2])
            for n in (20, 50, 200, 1000):
                drawn = values(kind, n, r, draws, rng)
                yield from _row(f"{kind}, n {n:,}", f"r {r:.1f}", drawn, ranks if r == 0.6 else None)


def of_classes_with_values(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how the interval of r and that of ranks do for a class with values."""
    kinds = ("normal", "normal, twice as wide in the class", "lognormal 1", "Student's t, 3")
    for kind in kinds:
        for n, p in ((50, 0.1), (50, 0.5), (200, 0.02), (200, 0.1), (200, 0.5), (1000, 0.01), (1000, 0.3)):
            for gap in (0.0, 1.0, 2.0):
                ranks = _of_ranks(*class_with_values(kind, CROWD, p, gap, 1, rng)[:2]) if gap == 1 else None
                drawn = class_with_values(kind, n, p, gap, draws, rng)
                yield from _row(f"{kind}, n {n:,}, {p:.0%}", f"gap {gap:.0f}", drawn, ranks)


def _of_ranks(x: np.ndarray, y: np.ndarray) -> float:
    """Return Spearman's correlation of a sample so large that it is the truth (1, n)."""
    return float(np.corrcoef(rankdata(x[0]), rankdata(y[0]))[0, 1])


def _row(case: str, column: str, drawn: Pair, ranks: float | None) -> Iterator[Measured]:
    x, y, truth = drawn
    found = _each(x, y)
    marked = float(found.far.mean())
    if truth == 0:
        yield counted(case, f"{column} called", "calls chance", found.p <= 0.05)
    yield counted(case, f"interval, {column}", "holds the truth", _inside(found, truth), marked)
    if ranks is not None:
        yield counted(case, f"marked, {column}", "is marked", found.far)
        by_rank = _each(rankdata(x, axis=1), rankdata(y, axis=1))
        yield counted(case, f"Spearman's interval, {column}", "holds the truth", _inside(by_rank, ranks))


def _inside(found: Pearson, truth: float) -> np.ndarray:
    inside: np.ndarray = (found.low <= truth) & (truth <= found.high)
    return inside


def _each(x: np.ndarray, y: np.ndarray) -> Pearson:
    """Return the correlation of every row of x with the same row of y (draws,)."""
    found = [pearson(one, other[:, None]) for one, other in zip(x, y, strict=True)]
    return Pearson(
        *(np.concatenate([getattr(one, name) for one in found]) for name in Pearson.__dataclass_fields__)
    )


def of_panels(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how many pairs of unrelated tasks are called correlated, and in how many panels any is."""
    for title, n, t, kind in (
        ("30 tasks, 45 positives of 1,500", 1500, 30, "rare"),
        ("30 tasks, 150 positives of 300", 300, 30, "even"),
        ("15 tasks of lognormal values, n 100", 100, 15, "lognormal"),
    ):
        own, below, any_ = [], [], []
        for _ in range(draws):
            p, low = _panel(n, t, kind, rng)
            own.append(p <= 0.05)
            below.append(low < 0)
            any_.append(bool(stands(p).any()))
        yield counted(title, "pairs beyond their own interval", "calls chance", np.concatenate(own))
        yield counted(title, "pairs below 0", "calls chance", np.concatenate(below) & np.concatenate(own))
        yield counted(title, "panels with a pair beyond chance", "calls chance", np.array(any_))


def _panel(n: int, t: int, kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return p and the sign of E over the pairs of a panel of unrelated tasks."""
    if kind == "lognormal":
        dense = np.exp(rng.normal(size=(n, t)))
    else:
        dense = np.zeros((n, t))
        for task in range(t):
            dense[rng.choice(n, 45 if kind == "rare" else n // 2, replace=False), task] = 1
    labels = from_columns(n, [(np.arange(n), column) for column in dense.T])
    found = empirical_correlation(labels)
    return upper(found.intervals.p), upper(np.sign(found.values))


def of_power(draws: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield how often the correlation is found that is said to be found with 80 %."""
    for n in (200, 500, 1000):
        for a, b in ((10, 10), (10, 100), (30, 30), (30, 100), (100, 100)):
            one, other, total = (np.array([float(v)]) for v in (a, b, n))
            phi = float(detectable_phi(one, other, total).above[0])
            drawn = classes(n, a / n, b / n, phi, draws, rng)
            yield Measured(
                f"n {n:,}, {a} and {b} positives: φ {phi:.2f}", "found", "is found",
                int((phi_interval(*drawn).p <= 0.05).sum()), draws,
            )  # fmt: skip
    few = min(draws, 2000)
    for n in (20, 50, 200):
        r = float(detectable_of_values(np.array(n)))
        x, y, _ = values("normal", n, r, few, rng)
        yield counted(f"n {n}, normal values: r {r:.2f}", "found", "is found", _each(x, y).p <= 0.05)
    for n, a in ((50, 5), (200, 5), (200, 20), (1000, 10)):
        r = float(detectable_of_class(np.array([float(a)]), np.array([float(n)]))[0])
        gap = r / np.sqrt((1 - r * r) * (a / n) * (1 - a / n))
        x = (np.arange(n) < a).astype(float)
        p = pearson(x, (gap * x + rng.normal(size=(few, n))).T).p
        yield counted(
            f"n {n:,}, {a} positives with normal values: r {r:.2f}", "found", "is found", p <= 0.05
        )


SECTIONS = (
    Section(
        "E of two classes",
        "Tables drawn with these prevalences; φ as a share of the largest (or most negative) that they "
        "allow. The interval is wide where the joint count takes few values: none can be exact there.",
        of_classes,
        4000,
    ),
    Section(
        "E of two tasks of values",
        "Samples with a known r. *Marked* is the share of samples whose interval a report marks with *, as "
        "skewed or heavy-tailed; Spearman's interval stands beside it. In the last rows the logarithm of "
        "the one scale goes with the other, so that the relation is curved.",
        of_values,
        2000,
    ),
    Section(
        "E of a class with values",
        "Values of two classes, a gap apart in standard deviations.",
        of_classes_with_values,
        2000,
    ),
    Section(
        "Pairs called correlated among tasks that are not",
        "Whole panels. *Beyond chance* allows for the number of pairs (false discovery rate 5 %).",
        of_panels,
        200,
    ),
    Section(
        "Power",
        "The correlation that `power` says is found with at least 80 %; positives are drawn anew.",
        of_power,
        10000,
    ),
)
