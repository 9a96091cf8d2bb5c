"""`chemical-correlation` where the truth is known: accuracy, coverage, error rates, and where it breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor import console
from auditor.affinity.chemical.relation import OWN_Z
from auditor.chemistry.levels import parse
from benchmarks.chemical_correlation import KERNELS, Panel, means, panel_of, related
from benchmarks.support import table

SEEDS = 20
TASKS = 8
LABELS = 600
POOL = 4_800
NOISE = 0.5
FLIPS = 3
"""Seeds for which a label is negated too."""


def main() -> None:
    """Print the tables for generated molecules and tasks."""
    console.settings.level = -1
    pools = [generated(seed) for seed in range(SEEDS)]
    known_truth([pool for pool, _, _ in pools], pools[0][1])
    false_positives([pool for pool, _, _ in pools])
    assumption(pools[0][0], pools[0][2])


def known_truth(pools: list[Panel], truth: NDArray[np.float64]) -> None:
    """Compare estimates with the designed correlation of generated liabilities."""
    print(
        f"{TASKS} tasks of {LABELS} class labels on generated molecules, noise {NOISE} of the liability's "
        f"standard deviation, {SEEDS} seeds. The truth is the designed correlation of the liabilities; the "
        f"estimand is the same estimate from the expected class of all {POOL:,} compounds in all tasks.\n"
    )
    rows = []
    for kernel in KERNELS:
        for balance, overlaps in ((0.5, (1.0, 0.5, 0.2, 0.0)), (0.1, (0.0,))):
            targets = [related(expected(pool, balance), kernel).correlation for pool in pools]
            for overlap in overlaps:
                runs = []
                for seed, (pool, target) in enumerate(zip(pools, targets, strict=True)):
                    panel = measured(pool, overlap, balance, seed)
                    runs.append(_against(panel, truth, target, kernel, seed))
                rows.append((kernel, overlap, balance, *means(runs)))
    columns = (
        "kernel", "overlap", "positives", "pairs estimated", "r with truth", "RMSE to truth",
        "95 % interval holds truth", "holds estimand", "excludes 0 where truth is 0",
        "r with truth, one label negated",
    )  # fmt: skip
    table(columns, rows)


def _against(
    panel: Panel, truth: NDArray[np.float64], target: NDArray[np.float64], kernel: str, seed: int
) -> list[float]:
    upper = np.triu_indices(TASKS, 1)
    found = related(panel, kernel, seed=seed)
    low, high = found.low[upper], found.high[upper]
    ok = np.isfinite(low)
    zero = ok & (truth[upper] == 0)
    sign = np.where(np.arange(TASKS) == 0, -1.0, 1.0)
    turned = np.full_like(truth, np.nan)
    if seed < FLIPS:
        turned = related(replace(panel, labels=panel.labels * sign), kernel, seed=seed).correlation
    turned_truth = (truth * np.outer(sign, sign))[upper]
    return [
        float(ok.mean()),
        _r(found.correlation[upper], truth[upper]),
        float(np.sqrt(np.nanmean((found.correlation - truth)[upper] ** 2))),
        float(((low <= truth[upper]) & (truth[upper] <= high))[ok].mean()),
        float(((low <= target[upper]) & (target[upper] <= high))[ok].mean()),
        float(((low > 0) | (high < 0))[zero].mean()),
        _r(turned[upper], turned_truth),
    ]


def false_positives(pools: list[Panel]) -> None:
    """Shuffle labels within tasks: count intervals that exclude 0."""
    print(
        "\nLabels shuffled within tasks. Counted are pairs with a shuffled task, and where only some tasks "
        "are shuffled, their pairs with the others.\n"
    )
    rows = []
    for kernel in KERNELS:
        for overlap, balance, shuffled in ((1.0, 0.5, 8), (0.0, 0.5, 8), (0.0, 0.1, 8), (0.0, 0.5, 4)):
            runs = []
            for seed, pool in enumerate(pools):
                panel = measured(pool, overlap, balance, seed)
                runs.append(_shuffled(panel, kernel, shuffled, seed))
            rows.append((kernel, overlap, balance, shuffled, *means(runs, digits=3)))
    columns = (
        "kernel", "overlap", "positives", "tasks shuffled", "shuffled tasks refused",
        "pairs whose 95 % interval excludes 0",
    )  # fmt: skip
    table(columns, rows)


def _shuffled(panel: Panel, kernel: str, shuffled: int, seed: int) -> list[float]:
    rng = np.random.default_rng([seed, 3])
    for task in range(shuffled):
        rows = np.flatnonzero(np.isfinite(panel.labels[:, task]))
        panel.labels[rows, task] = rng.permutation(panel.labels[rows, task])
    found = related(panel, kernel, seed=seed)
    is_shuffled = np.arange(TASKS) < shuffled
    mixed = np.logical_xor.outer(is_shuffled, is_shuffled)
    pairs = np.triu(np.ones_like(mixed) if shuffled == TASKS else mixed, 1)
    excluded = (found.low > 0) | (found.high < 0)
    refused = ~(found.own_z[is_shuffled] >= OWN_Z)
    return [float(refused.mean()), float(excluded[pairs].mean())]


def assumption(pool: Panel, smiles: tuple[str, ...]) -> None:
    """Show what becomes of labels that do not vary smoothly over structure."""
    print(f"\nLabels that do or do not vary smoothly over structure, on {POOL:,} generated molecules\n")
    atoms = np.array([parse(text).GetNumHeavyAtoms() for text in smiles])
    labels = {
        "random": np.random.default_rng(0).random(POOL),
        "parity of the number of substructures": np.unpackbits(pool.packed, axis=1).sum(axis=1) % 2,
        "parity of the number of heavy atoms": atoms % 2,
        "number of heavy atoms": atoms,
        "liability of task A1": pool.labels[:, 0],
    }
    panel = replace(pool, labels=np.stack(list(labels.values()), axis=1).astype(float))
    z = [related(panel, kernel).own_z for kernel in KERNELS]
    rows = [
        (name, *(f"{own[i]:.1f} {'estimated' if own[i] >= OWN_Z else 'refused'}" for own in z))
        for i, name in enumerate(labels)
    ]
    table(("label", *(f"own z, {kernel}" for kernel in KERNELS)), rows)


def generated(seed: int) -> tuple[Panel, NDArray[np.float64], tuple[str, ...]]:
    """Return generated molecules with noise-free liabilities, the designed correlation, the SMILES."""
    from mtl_audit_synthetic.source import read_synthetic

    files: Any = None
    data = read_synthetic(files, compounds=POOL, overlap=1.0, noise=0.0, kind="regression", seed=seed)
    smiles = tuple(data.tables[0].smiles)
    assert data.truth is not None
    return panel_of(smiles, np.stack([part.values for part in data.tables], axis=1)), data.truth, smiles


def expected(pool: Panel, balance: float) -> Panel:
    """Return the probability of the positive class, for all compounds of a pool and all tasks."""
    from scipy.stats import norm

    spread = np.sqrt(1 + NOISE**2)
    return replace(pool, labels=norm.cdf((pool.labels - spread * norm.ppf(1 - balance)) / NOISE))


def measured(pool: Panel, overlap: float, balance: float, seed: int) -> Panel:
    """Return tasks measured as classes, with noise, on subsets of a pool with a given overlap."""
    rng = np.random.default_rng([seed, 7])
    core = round(2 * overlap / (1 + overlap) * LABELS)
    n = core + TASKS * (LABELS - core)
    compounds = rng.permutation(POOL)[:n]
    noisy = pool.labels[compounds] + NOISE * rng.standard_normal((n, TASKS))
    labels = np.full((n, TASKS), np.nan)
    for task in range(TASKS):
        own = core + task * (LABELS - core)
        rows = np.concatenate([np.arange(core), np.arange(own, own + LABELS - core)])
        labels[rows, task] = noisy[rows, task] >= np.quantile(noisy[rows, task], 1 - balance)
    return pool.part(compounds, labels)


def _r(values: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    ok = np.isfinite(values)
    return float(np.corrcoef(values[ok], truth[ok])[0, 1]) if ok.sum() > 2 else float("nan")
