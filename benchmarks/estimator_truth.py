"""Every estimator where the truth is known: accuracy, coverage and error rates, by overlap."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor import console
from auditor.audit.context import AuditContext, open_analysis
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.audit.results import AffinityMatrix
from auditor.benchmark.benchmark import Benchmark
from auditor.benchmark.labels import from_columns
from auditor.cache.store import default_cache_dir
from auditor.errors import AuditError
from auditor.overlap.label_correlation import NAME as E
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.plugin.registry import Registry
from benchmarks.support import table

OVERLAPS = (1.0, 0.5, 0.2, 0.0)
SEEDS = int(os.environ.get("MTL_AUDIT_BENCH_SEEDS") or 20)
EPOCHS = 15
LOG_EVERY, WINDOW = 10, 0.2
ENCODER = {"width": "64", "hidden": "128", "bits": "1024"}
OPTIONS: dict[str, dict[str, Any]] = {"grad-tag": {"compounds": 500}}
"""What differs from the estimators' defaults, so that twenty seeds take minutes."""
Z = 1.959964


def main() -> None:
    """Print accuracy and coverage on designed tasks, then error rates on shuffled labels."""
    console.settings.level = -1
    registry = load_registry()
    names = registry.names("affinity")
    print(
        f"`synthetic`: 8 tasks of 600 class labels, noise 0.25, {SEEDS} seeds; encoder ecfp {ENCODER}, "
        f"{EPOCHS} epochs, one training per seed, every {LOG_EVERY}th step logged, estimates over the last "
        f"{WINDOW:.0%} of the logs; other options: {OPTIONS}. Intervals are ± 1.96 standard "
        "errors unless the estimator gives its own. The truth is the designed, signed correlation of the "
        "liabilities.\n"
    )
    designed = {overlap: list(_runs(registry, names, overlap)) for overlap in OVERLAPS}
    _accuracy(names, designed)
    _flips(registry, names)
    _shuffled(registry, names)


def _accuracy(names: tuple[str, ...], designed: dict[float, list[Any]]) -> None:
    rows = []
    for name in (E, *names):
        for overlap, runs in designed.items():
            scores = np.array([_scores(found.get(name), truth) for found, truth in runs])
            rows.append((name, overlap, *_means(scores)))
    columns = (
        "estimator", "overlap", "pairs estimated", "r with truth", "r with its size",
        "95 % interval holds truth", "excludes 0 where truth is 0",
    )  # fmt: skip
    table(columns, rows)


def _flips(registry: Registry, names: tuple[str, ...]) -> None:
    seeds = range(min(SEEDS, 3))
    print(f"\nThe labels of task A1 negated, {len(seeds)} seeds: r with the truth turned likewise\n")
    rows = []
    for overlap in (1.0, 0.0):
        runs = list(_runs(registry, names, overlap, seeds=seeds, change=_negated))
        sign = np.where(np.arange(8) == 0, -1.0, 1.0)
        turned = [(found, truth * np.outer(sign, sign)) for found, truth in runs]
        for name in (E, *names):
            scores = np.array([_scores(found.get(name), truth) for found, truth in turned])
            rows.append((name, overlap, *_means(scores)[:2]))
    table(("estimator", "overlap", "pairs estimated", "r with turned truth"), rows)


def _shuffled(registry: Registry, names: tuple[str, ...]) -> None:
    print("\nAll labels shuffled within tasks: share of pairs whose 95 % interval excludes 0\n")
    rows = []
    for overlap in (1.0, 0.0):
        runs = list(_runs(registry, names, overlap, change=_permuted))
        for name in (E, *names):
            scores = np.array([_scores(found.get(name), np.zeros((8, 8))) for found, _ in runs])
            estimated, *_, excluded = _means(scores)
            rows.append((name, overlap, estimated, excluded))
    table(("estimator", "overlap", "pairs estimated", "excludes 0"), rows)


def _runs(
    registry: Registry,
    names: tuple[str, ...],
    overlap: float,
    *,
    seeds: range = range(SEEDS),
    change: Any = None,
) -> Iterator[tuple[dict[str, AffinityMatrix], NDArray[np.float64]]]:
    """Yield what every estimator finds, and the designed truth, for every seed."""
    for seed in seeds:
        context = _context(registry, names, overlap, seed)
        truth = context.benchmark.truth
        assert truth is not None
        if change is not None:
            context = context.vary(change(context.benchmark, seed))
        print(f"overlap {overlap}, seed {seed}", end="\r", file=sys.stderr)
        yield _found(context, names), truth


def _context(registry: Registry, names: tuple[str, ...], overlap: float, seed: int) -> AuditContext:
    cache = Path(os.environ.get("MTL_AUDIT_CACHE_DIR") or default_cache_dir())
    options = {"overlap": str(overlap), "seed": str(seed)}
    skip = registry.names("analysis")
    data = DataRequest("synthetic", registry, cache=cache, options=options, skip=skip)
    request = AnalysisRequest(
        data,
        encoder="ecfp",
        encoder_options=ENCODER,
        affinities=names,
        overrides={"epochs": EPOCHS, "log_every": LOG_EVERY},
        window=WINDOW,
        seed=seed,
        split="random",
        ignore_gate=True,
    )
    return open_analysis(open_audit(data), request)


def _found(context: AuditContext, names: tuple[str, ...]) -> dict[str, AffinityMatrix]:
    empirical = context.empirical
    found = {
        E: AffinityMatrix(
            E,
            context.benchmark.task_names,
            empirical.values,
            np.full_like(empirical.values, np.nan),
            context.overlap.support,
            about={"low": empirical.intervals.low, "high": empirical.intervals.high},
        )
    }
    for name in names:
        try:
            found[name] = context.estimate(name, **OPTIONS.get(name, {}))
        except AuditError:
            continue  # an estimator that refuses has no entry, and counts as nothing estimated
    return found


def _scores(affinity: AffinityMatrix | None, truth: NDArray[np.float64]) -> list[float]:
    pairs = np.triu_indices(len(truth), 1)
    if affinity is None:
        return [0.0, np.nan, np.nan, np.nan, np.nan]
    values = ((affinity.values + affinity.values.T) / 2)[pairs]
    low, high = (edge[pairs] for edge in _interval(affinity))
    ok, known = np.isfinite(values), truth[pairs]
    bounded = ok & np.isfinite(low) & np.isfinite(high)
    zero = bounded & (known == 0)
    inside = (low <= known) & (known <= high)
    return [
        float(ok.mean()),
        _r(values, known),
        _r(values, np.abs(known)),
        float(inside[bounded].mean()) if bounded.any() else np.nan,
        float(((low > 0) | (high < 0))[zero].mean()) if zero.any() else np.nan,
    ]


def _interval(affinity: AffinityMatrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if "low" in affinity.about:
        return np.asarray(affinity.about["low"], float), np.asarray(affinity.about["high"], float)
    values, error = affinity.values, affinity.standard_error
    if affinity.orientation == "source-to-recipient":
        values, error = (values + values.T) / 2, np.sqrt(error**2 + error.T**2) / 2
    return values - Z * error, values + Z * error


def _r(values: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    ok = np.isfinite(values)
    if ok.sum() < 3 or np.ptp(truth[ok]) == 0 or np.ptp(values[ok]) == 0:
        return float("nan")
    return float(np.corrcoef(values[ok], truth[ok])[0, 1])


def _means(scores: NDArray[np.float64]) -> list[str]:
    known = np.isfinite(scores)
    return [
        f"{column[ok].mean():.2f}" if ok.any() else "–"
        for column, ok in zip(scores.T, known.T, strict=True)
    ]


def _negated(benchmark: Benchmark, seed: int) -> Benchmark:
    labels = benchmark.labels
    columns = [labels.column(task) for task in range(labels.t)]
    rows, values = columns[0]
    columns[0] = (rows, values.max() + values.min() - values)
    return replace(benchmark, labels=from_columns(labels.n, columns))


def _permuted(benchmark: Benchmark, seed: int) -> Benchmark:
    labels, rng = benchmark.labels, np.random.default_rng([seed, 11])
    columns = [labels.column(task) for task in range(labels.t)]
    return replace(
        benchmark,
        labels=from_columns(labels.n, [(rows, rng.permutation(values)) for rows, values in columns]),
    )
