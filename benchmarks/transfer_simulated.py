"""Coverage of the intervals of `transfer-gain` where the truth is known: labels drawn from the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auditor.analyses.transfer_gain.verdict import judge
from auditor.transfer.kernel.gain import Target, gains_of, task_of
from auditor.transfer.kernel.panel import Panel, column_of, grouped
from auditor.transfer.kernel.share import share_of
from benchmarks.support import table
from benchmarks.transfer_designs import predictions
from benchmarks.transfer_panels import Published, published

R = (0.0, 0.4, 0.7, 0.95)
DESIGNS: tuple[tuple[int, int, Target, int], ...] = (
    (100, 400, "new", 240),
    (250, 500, "new", 120),
    (100, 400, "measured", 240),
    (250, 500, "measured", 120),
)


def simulated() -> None:
    """Draw labels on the compounds of ExpansionRx with a known r, and ask how often intervals hold."""
    print(
        "\nLabels drawn from the model on compounds of ExpansionRx, r = 0, .4, .7 and .95 in turn, h = .3, "
        ".6 or .8. The truth is the fall of the mean squared error on held-out scaffolds, without the "
        "labels' own noise.\n"
    )
    panel = published("expansionrx")
    every = np.arange(len(panel.labels))
    kernel = panel.similarity.block(every, every)
    root = np.linalg.cholesky(kernel + 1e-6 * np.eye(len(kernel)))
    rows = []
    for first, second, target, draws in DESIGNS:
        found = np.array([_one(panel, root, first, second, target, seed) for seed in range(draws)])
        rows.append(_row(first, second, target, found))
    columns = (
        "recipient", "donor", "target", "draws", "true gain", "predicted", "measured", "expected",
        "off, rms", "covered", "by the measured gain alone", "r = 0 said to help", "r = .95 said to help",
    )  # fmt: skip
    table(columns, rows)


def _row(first: int, second: int, target: str, found: NDArray[np.float64]) -> Sequence[object]:
    r, true, predicted, measured, width, expected, low, high, helps = found.T
    off = [np.sqrt(np.mean((said - true) ** 2)) for said in (predicted, measured, expected)]
    return (
        first,
        second,
        target,
        len(found),
        *(f"{values.mean():.3f}" for values in (true, predicted, measured, expected)),
        " / ".join(f"{value:.3f}" for value in off),
        f"{np.mean((low <= true) & (true <= high)):.0%}",
        f"{np.mean(np.abs(measured - true) <= width):.0%}",
        f"{helps[r == R[0]].mean():.0%}",
        f"{helps[r == R[-1]].mean():.0%}",
    )


def _one(
    panel: Published, root: NDArray[np.float64], m: int, donors: int, target: Target, seed: int
) -> tuple[float, ...]:
    n = len(root)
    rng = np.random.default_rng([seed, 5])
    r, h = R[seed % len(R)], rng.choice([0.3, 0.6, 0.8])
    signal = root @ rng.normal(size=(n, 2))
    signal[:, 1] = r * signal[:, 0] + np.sqrt(1 - r * r) * signal[:, 1]
    labels = np.sqrt(h) * signal + np.sqrt(1 - h) * rng.normal(size=(n, 2))
    _, number = np.unique(panel.scaffolds, return_inverse=True)
    order = rng.permutation(number.max() + 1)
    held = np.isin(number, order[np.cumsum(np.bincount(number)[order]) <= 0.4 * n])
    training, test = rng.permutation(np.flatnonzero(~held)), rng.permutation(np.flatnonzero(held))
    shared = rng.choice([m // 2, m]) if target == "measured" else rng.choice([0, m // 2])
    test = test[: donors // 2] if target == "measured" else test[:1_200]
    known = test if target == "measured" else test[:0]
    others = training[m : m + donors - shared - len(known)]
    rows = (np.sort(training[:m]), np.sort(np.concatenate([training[:shared], known, others])))
    columns = [
        column_of(str(k), rows[k], labels[rows[k], k], classes=False, labels=len(rows[k])) for k in (0, 1)
    ]
    used = np.union1d(*rows)
    groups = np.zeros(n, dtype=np.int64)
    groups[used] = grouped(list(panel.scaffolds[used]), seed=seed)
    drawn = Panel(panel.similarity, tuple(c for c in columns if c is not None), groups)
    kernels = [drawn.similarity.block(c.rows, c.rows) for c in drawn.columns]
    first, second = (
        task_of(drawn, c, share_of(k, c.z), k) for c, k in zip(drawn.columns, kernels, strict=True)
    )
    both = gains_of(drawn, first, second)
    gain = both.gains[0, target]
    y = labels[rows[0], 0]
    truth = (np.sqrt(h) * signal[test, 0] - y.mean()) / y.std()
    alone, joint = predictions(drawn, first, second, gain.r, both.relation.rho, test)
    spread = ((labels[test, 0] - y.mean()) / y.std()).var()
    true = float(((truth - alone) ** 2 - (truth - joint) ** 2).mean() / spread)
    said, measured = gain.r2.expected, gain.r2.measured
    return (
        r, true, gain.r2.predicted, measured.value, measured.width,
        said.value, said.low, said.high, judge(gain.r2) == "helps",
    )  # fmt: skip
