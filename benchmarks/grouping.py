"""Grouping: proved partitions of up to 27 tasks and their time, and groups judged by measured gains."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from auditor.transfer.group_gains import GroupGains
from auditor.transfer.grouping.chance import against_chance
from auditor.transfer.grouping.choose import group_by_affinity, group_by_gain
from auditor.transfer.grouping.grouping import Grouping, assignment_bound, value_of
from auditor.transfer.grouping.starts import average_linkage
from auditor.transfer.predicted.choose import choose, predictors
from auditor.transfer.predicted.linear import pair_gains
from auditor.transfer.predictor import Predict
from benchmarks.gain_prediction import parted
from benchmarks.published_gains import measured, published
from benchmarks.support import MIRROR, has_mirror, table

SEEDS = range(10)
COUNTS = (2, 3, 4)
TRAINED = 20


def main() -> None:
    """Print the tables."""
    timed()
    if has_mirror():
        sider()
        judged()


def timed() -> None:
    """Partitions by a random affinity: low rank with noise, and noise alone, which is hardest to prove."""
    rows = []
    rng = np.random.default_rng(0)
    for t in (9, 14, 20, 27):
        noise = rng.normal(size=(t, t)) * 0.05
        factors = rng.normal(size=(t, 4)) * 0.2
        for name, affinity in (("4 factors", factors @ factors.T + noise / 2), ("noise", noise)):
            for most in (3, 6, t):
                rows.append((t, name, most, *_proved(affinity, most)))
    table(("tasks", "affinity", "at most", "value", "bound", "proved", "linkage's value", "s"), rows)
    print()


def _proved(affinity: NDArray[np.float64], most: int) -> tuple[str, ...]:
    started = time.perf_counter()
    found = group_by_affinity(affinity, most=most)
    seconds = time.perf_counter() - started
    linked = average_linkage(affinity, most=most)
    return (
        f"{found.value:.4f}",
        f"{found.bound:.4f}",
        "yes" if found.exact else "no",
        f"{linked.value:.4f}",
        f"{seconds:.1f}",
    )


def sider() -> None:
    """The 27 tasks of SIDER by their label correlation."""
    from auditor.audit.reading import read_benchmark
    from auditor.audit.request import DataRequest
    from auditor.overlap.label_correlation import empirical_correlation
    from auditor.plugin.loading import load_registry

    with TemporaryDirectory() as cache:
        request = DataRequest("sider", load_registry(), Path(cache), mirror=str(MIRROR))
        labels = read_benchmark(request).benchmark.labels
    found = empirical_correlation(labels, min_support=request.thresholds.min_support)
    print(f"SIDER, {labels.t} tasks, label correlation as affinity:\n")
    rows = [(most, *_proved(found.values, most)) for most in (2, 3, 4, 6, 9, labels.t)]
    table(("at most", "value", "bound", "proved", "linkage's value", "s"), rows)
    print(f"\nAssignment bound for any number of groups: {assignment_bound(found.values):.4f}.\n")


def judged() -> None:
    """ETTm1: groups by several predictions, judged by the measured gains of all 127 groups."""
    gains, tag, repeated = published()
    truth = measured(gains)
    print(
        f"ETTm1: mean measured gain of groups chosen by predictions from {TRAINED} random groups "
        f"({len(SEEDS)} seeds), by TAG and by another run's pairs; random groups of the same sizes; "
        "rank p. The best by the gains themselves was picked by the noise of one run, too.\n"
    )
    rows: list[tuple[object, ...]] = []
    for most in COUNTS:
        best = group_by_gain(truth, gains.t, most=most)
        rows.append(("the best, by the gains themselves", most, f"{best.value:.4f}", "", ""))
        for name, affinity in (("TAG", tag), ("pairs of another run", repeated)):
            found = group_by_affinity(affinity, most=most, exactly=True)
            rows.append(
                (f"{name}, best of exactly so many groups", most, *_against([found], truth, gains.t))
            )
            found = average_linkage(affinity, most=most)
            rows.append((f"{name}, average linkage", most, *_against([found], truth, gains.t)))
        own = group_by_affinity(pair_gains(gains), most=most, exactly=True)
        rows.append(
            (
                "pairs of the same run, best of exactly so many groups",
                most,
                *_against([own], truth, gains.t),
            )
        )
        chosen = [group_by_gain(_predicted(gains, tag, seed), gains.t, most=most) for seed in SEEDS]
        rows.append((f"predictor chosen on {TRAINED} groups", most, *_against(chosen, truth, gains.t)))
    table(("groups by", "at most", "mean gain", "random groups", "rank p"), rows)
    everyone = value_of([range(gains.t)], truth, gains.t)
    print(f"\nAll tasks in one group: {everyone:.4f}; every task alone: 0.\n")


def _predicted(gains: GroupGains, tag: NDArray[np.float64], seed: int) -> Predict:
    train, _ = parted(gains, TRAINED, seed)
    candidates = {name: fit for name, fit in predictors({"TAG": tag}).items() if "ETAP" not in name}
    return choose(candidates, train, seed=seed).predict


def _against(found: Sequence[Grouping], truth: Predict, t: int) -> tuple[str, str, str]:
    judged = [against_chance(one, truth, t, seed=0) for one in found]
    value, mean, p = np.mean([(one.value, one.mean, one.p) for one in judged], axis=0)
    return f"{value:.4f}", f"{mean:.4f}", f"{p:.3f}"
