"""`transfer-gain` on published labels: predicted and held-out gains, coverage, controls, cost."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from auditor import console
from auditor.analyses.transfer_gain.analysis import CAP
from auditor.transfer.kernel.gain import TARGETS, Target
from auditor.transfer.kernel.panel import Panel, column_of, grouped
from auditor.transfer.kernel.study import study
from benchmarks.support import has_mirror, table
from benchmarks.transfer_designs import Tried, designs
from benchmarks.transfer_panels import PANELS, Published, published
from benchmarks.transfer_simulated import simulated

SPLITS = 4


def main() -> None:
    """Print the tables; ``MTL_AUDIT_PANELS=tdc,qm9`` does some of the panels only."""
    console.settings.level = -1
    if not has_mirror():
        return
    wanted = os.environ.get("MTL_AUDIT_PANELS", "").split(",")
    print(
        f"Recipients of 100 labels (Tox21: 200), donors of up to 600, {SPLITS} splits with 35 % of the "
        "scaffolds held out. Gains in R², means over the pairs. r: predicted with held-out gains, over "
        "means of the splits, ± by leaving out one task at a time. Covered: the interval holds the "
        "held-out gain, whose own error is allowed for; strictly: it is not. False: donors with shuffled "
        "labels that are said to help.\n"
    )
    columns = (
        "panel", "target", "pairs", "alone", "predicted", "measured", "expected", "held out",
        "r(predicted, held out)", "r(expected, held out)", "covered", "strictly", "helps: right", "false",
        "s a pair",
    )  # fmt: skip
    chosen = [name for name in PANELS if wanted == [""] or name in wanted]
    table(columns, (row for name in chosen for row in _rows(published(name))))
    if wanted == [""] or "simulated" in wanted:
        simulated()
    if wanted == [""] or "cost" in wanted:
        cost()


def _rows(panel: Published) -> Iterator[tuple[object, ...]]:
    for target in TARGETS:
        if target == "measured" and _sparse(panel.labels):
            continue
        started = time.process_time()
        tried = [one for split in range(SPLITS) for one in designs(panel, target, split)]
        spent = (time.process_time() - started) / max(len(tried), 1)
        none = [one for split in range(SPLITS) for one in designs(panel, target, split, shuffled=True)]
        if tried:
            yield _row(panel, target, tried, none, spent)


def _sparse(labels: NDArray[np.float64]) -> bool:
    """Return whether hardly any compound has two labels."""
    return float((np.isfinite(labels).sum(axis=1) > 1).mean()) < 0.3


def _row(
    panel: Published, target: Target, tried: Sequence[Tried], none: Sequence[Tried], spent: float
) -> tuple[object, ...]:
    false = sum(one.verdict == "helps" for one in none)
    helps = [one for one in tried if one.verdict == "helps"]
    return (
        panel.name,
        target,
        len({one.pair for one in tried}),
        f"{np.mean([one.single for one in tried]):.2f}",
        *(
            f"{np.mean(values):.3f}"
            for values in (
                [one.predicted for one in tried],
                [one.measured.value for one in tried],
                [one.expected.value for one in tried],
                [one.held_out.value for one in tried],
            )
        ),
        agreement(tried, [one.predicted for one in tried]),
        agreement(tried, [one.expected.value for one in tried]),
        f"{np.mean([covered(one) for one in tried]):.0%}",
        f"{np.mean([one.expected.low <= one.held_out.value <= one.expected.high for one in tried]):.0%}",
        f"{sum(one.held_out.value > 0 for one in helps)} of {len(helps)}",
        f"{false} of {len(none)}",
        f"{spent:.2f}",
    )


def covered(one: Tried) -> bool:
    """Return whether the interval holds the held-out gain, whose own error is allowed for."""
    reach = np.hypot(one.expected.width, one.held_out.width)
    return abs(one.expected.value - one.held_out.value) <= reach


def agreement(tried: Sequence[Tried], said: Sequence[float]) -> str:
    """Return the correlation of what was said with the held-out gain, over pairs, with its error."""
    pairs = sorted({one.pair for one in tried})
    of = np.array([pairs.index(one.pair) for one in tried])
    count = np.bincount(of)
    x = np.bincount(of, weights=np.array(said)) / count
    y = np.bincount(of, weights=np.array([one.held_out.value for one in tried])) / count
    keys = np.array(pairs)
    tasks = np.unique(keys)
    without = [np.corrcoef(x[keep], y[keep])[0, 1] for keep in (~(keys == t).any(axis=1) for t in tasks)]
    error = np.sqrt((len(tasks) - 1) / len(tasks) * ((np.array(without) - np.mean(without)) ** 2).sum())
    return f"{np.corrcoef(x, y)[0, 1]:.2f} ± {error:.2f}"


def cost() -> None:
    """Measure the whole study of 12 and of 27 tasks with 600 labels each."""
    print("\nThe whole study, pairs, controls and all donors: two processes of one thread each\n")
    rows = [_timed(name) for name in ("tox21", "sider")]
    columns = ("panel", "tasks", "labels of each", "pairs", "wall", "processor time", "memory of a process")
    table(columns, rows)


def _timed(name: str) -> tuple[object, ...]:
    panel = published(name)
    columns = []
    for task, label in enumerate(panel.tasks):
        rows = np.flatnonzero(np.isfinite(panel.labels[:, task]))
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:CAP])
        found = column_of(label, rows, panel.labels[rows, task], classes=panel.classes, labels=len(rows))
        columns += [] if found is None else [found]
    drawn = Panel(panel.similarity, tuple(columns), grouped(list(panel.scaffolds), seed=0))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter(), time.process_time()
    result = study(drawn, seed=0, workers=2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, spent = time.perf_counter() - started[0], time.process_time() - started[1]
    spent += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = f"{after.ru_maxrss / 1e6:.1f} GB"
    return name, len(columns), CAP, len(result.pairs), f"{wall:.0f} s", f"{spent:.0f} s", peak
