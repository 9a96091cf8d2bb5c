"""Hundreds of tasks: exact gradients against sketches, on a network in training on ToxCast."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from auditor import console
from auditor.audit.reading import read_benchmark
from auditor.seeding import derive
from auditor.training.logging.gradients import RowBuffer, backward, inner_products, logged_backward
from auditor.training.logging.sketch_error import plain_cosines, sketched_mean
from auditor.training.network import Network
from benchmarks.many_tasks import (
    batched_rows,
    cotangents_of,
    count_sketched,
    sketched,
    spread,
    steps_of,
)
from benchmarks.overlap import request
from benchmarks.support import has_mirror, in_process, table

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.loss import Targets

WARM, LOGS, EVERY = 150, 10, 3
DIRECTIONS = (16, 64, 256)
BUCKETS = (1_024, 4_096)
LABELS = (3, 8)
EPOCHS, WINDOW = 30, 0.2


@dataclass
class Measured:
    """What every log gave: Gram matrices (t, t) and seconds by method, labels per task (t,)."""

    grams: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    labels: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, name: str, seconds: float, gram: NDArray[np.float64] | None = None) -> None:
        """Keep one log's."""
        self.seconds.setdefault(name, []).append(seconds)
        if gram is not None:
            self.grams.setdefault(name, []).append(gram)

    def median(self, name: str) -> float:
        """Return the median seconds of a method."""
        return float(np.median(self.seconds[name]))


def main() -> None:
    """Print the tables."""
    if not has_mirror():
        return
    torch.set_num_threads(1)
    console.settings.level = -1
    with tempfile.TemporaryDirectory() as cache:
        memory(cache)  # first: a new process starts with the peak of the one that started it
        benchmark = read_benchmark(request("toxcast", Path(cache))).benchmark
        accuracy(benchmark, measure(benchmark))


def measure(benchmark: Benchmark) -> Measured:
    """Log some steps of one training in every way."""
    found = Measured()
    for step, (network, embeddings, targets) in enumerate(steps_of(benchmark, WARM + LOGS * EVERY)):
        if step < WARM or (step - WARM) % EVERY:
            seconds, _ = _timed(lambda: backward(network.heads, embeddings, targets))  # noqa: B023
            found.add("step", seconds)
        else:
            log(network, embeddings, targets, step, found)
    return found


def log(network: Network, embeddings: torch.Tensor, targets: Targets, step: int, found: Measured) -> None:
    """Measure one batch in every way, and leave the gradients of a step."""
    shared = network.shared
    heads_s, (cotangents, present) = _timed(lambda: cotangents_of(network, embeddings, targets))
    found.add("heads", heads_s)
    for s in DIRECTIONS:
        seed = derive(0, "sketch", step)
        seconds, gram = _timed(lambda: sketched(embeddings, cotangents, shared, seed, s))  # noqa: B023
        found.add(f"sketch {s}", heads_s + seconds, spread(gram, present))
    if "batched" not in found.seconds:
        seconds, _ = _timed(lambda: batched_rows(embeddings, cotangents, shared, keep=True))
        found.add("batched", seconds)
    seconds, logged = _timed(
        lambda: logged_backward(network.heads, embeddings, targets, shared, RowBuffer(1 << 31))
    )
    assert logged.gram is not None and logged.rows is not None
    found.add("exact", seconds, logged.gram)
    products_s, _ = _timed(lambda: inner_products(logged.rows))
    found.add("products", products_s)
    for k in BUCKETS:
        sketch_s, gram = _timed(lambda: count_sketched(logged.rows, k, seed=step))  # noqa: B023
        found.add(f"count {k}", seconds - products_s + sketch_s, spread(gram, present))
    found.labels.append(logged.counts.numpy())


def accuracy(benchmark: Benchmark, found: Measured) -> None:
    """Print time and error of every method."""
    train = 0.8 * benchmark.n
    steps = EPOCHS * int(train // 32)
    window = int(WINDOW * steps / 10)
    exact = sketched_exact(found)
    pairs = np.triu_indices(benchmark.t, 1)
    seen = exact.logs[pairs] >= 3
    scatter = np.sqrt(np.mean([np.nanstd(plain_cosines(g)[pairs]) ** 2 for g in found.grams["exact"]]))
    print(
        f"{benchmark.t} tasks, {np.mean([np.sum(c > 0) for c in found.labels]):.0f} in a batch; "
        f"GCN 3 x 256; {LOGS} logs after {WARM} steps, one thread, processor time. A training step takes "
        f"{found.median('step'):.2f} s besides the encoder's forward and the optimiser. Exact cosines of a "
        f"batch scatter by {scatter:.3f} between pairs, their means over the logs by "
        f"{np.std(exact.cosines[pairs][seen]):.3f}; pairs in at least 3 logs: {seen.mean():.1%}.\n"
    )
    rows: list[tuple[object, ...]] = []
    rows.append(_row("exact, one by one", found.median("exact"), window, ("0", "0", "", "", "1")))
    batched = found.median("batched") + found.median("products") + found.median("heads")
    rows.append(_row("exact, chunks of 32", batched, window, ("0", "0", "", "", "1")))
    for least in LABELS:
        rows.append(_subset(found, exact, least, window))
    for k in BUCKETS:
        rows.append(_against(f"count {k}", f"rows to {k:,} buckets", found, exact, None, window))
    for s in DIRECTIONS:
        rows.append(_against(f"sketch {s}", f"{s} directions", found, exact, s, window))
    columns = (
        "method", "s per log", f"min for the {window} logs of {EPOCHS} epochs", "RMSE, one log",
        f"RMSE of the mean of {LOGS} logs", "stated", "within 1.96 stated", "r with exact means",
    )  # fmt: skip
    table(columns, rows)
    print()


def sketched_exact(found: Measured) -> Any:
    """Return the exact mean cosines and the logs of each pair."""
    return sketched_mean(found.grams["exact"], 1 << 30)


def _row(name: str, seconds: float, logs: int, rest: tuple[str, ...]) -> tuple[object, ...]:
    return (name, f"{seconds:.2f}", f"{seconds * logs / 60:.1f}", *rest)


def _against(
    key: str, name: str, found: Measured, exact: Any, directions: int | None, window: int
) -> tuple[object, ...]:
    grams = found.grams[key]
    mean = sketched_mean(grams, directions or 1 << 30)
    pairs = np.triu_indices(len(mean.cosines), 1)
    seen = exact.logs[pairs] >= 3
    first = (plain_cosines(grams[0]) - plain_cosines(found.grams["exact"][0]))[pairs]
    error = (mean.cosines - exact.cosines)[pairs][seen]
    stated = mean.sketch_error[pairs][seen]
    r = np.corrcoef(mean.cosines[pairs][seen], exact.cosines[pairs][seen])[0, 1]
    told = (f"{np.sqrt(np.mean(stated**2)):.3f}", f"{np.mean(np.abs(error) < 1.96 * stated):.1%}")
    return _row(
        name,
        found.median(key),
        window,
        (
            f"{np.sqrt(np.nanmean(first**2)):.3f}",
            f"{np.sqrt(np.mean(error**2)):.3f}",
            *(told if directions else ("", "")),
            f"{r:.3f}",
        ),
    )


def _subset(found: Measured, exact: Any, least: int, window: int) -> tuple[object, ...]:
    """Leave out the tasks with few labels in the batch; time computed from the shares."""
    grams = []
    for gram, labels in zip(found.grams["exact"], found.labels, strict=True):
        kept = np.where(labels >= least, 1.0, np.nan)
        grams.append(gram * np.outer(kept, kept))
    share = np.mean([np.sum(c >= least) / np.sum(c > 0) for c in found.labels])
    rows_s = found.median("exact") - found.median("products") - found.median("heads")
    seconds = found.median("heads") + share * rows_s + share**2 * found.median("products")
    mean = sketched_mean(grams, 1 << 30)
    pairs = np.triu_indices(len(mean.cosines), 1)
    seen = (exact.logs[pairs] >= 3) & (mean.logs[pairs] > 0)
    error = (mean.cosines - exact.cosines)[pairs][seen]
    r = np.corrcoef(mean.cosines[pairs][seen], exact.cosines[pairs][seen])[0, 1]
    name = f"exact, tasks with {least} labels in the batch ({share:.0%} of rows)"
    lost = 1 - seen.sum() / (exact.logs[pairs] >= 3).sum()
    return _row(
        name,
        seconds,
        window,
        ("0", f"{np.sqrt(np.mean(error**2)):.3f}; {lost:.0%} of pairs lost", "", "", f"{r:.3f}"),
    )


def memory(cache: str) -> None:
    """Print what a log adds to the peak memory of a process of its own."""
    rows = []
    for method in ("none", "exact", "batched", "sketch"):
        before, peak = in_process(_one_log, cache, method)
        rows.append((method, f"{before:.2f}", f"{peak:.2f}", f"{peak - before:.2f}"))
    table(("a log of ToxCast", "peak GB before", "peak GB after", "added"), rows)
    print()


def _one_log(cache: str, method: str) -> float:
    torch.set_num_threads(1)
    console.settings.level = -1
    benchmark = read_benchmark(request("toxcast", Path(cache))).benchmark
    before = 0.0
    for step, (network, embeddings, targets) in enumerate(steps_of(benchmark, 3)):
        if step < 2 or method == "none":
            backward(network.heads, embeddings, targets)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            continue
        shared = network.shared
        if method == "exact":
            logged_backward(network.heads, embeddings, targets, shared, RowBuffer(1 << 31))
            continue
        cotangents, _ = cotangents_of(network, embeddings, targets)
        if method == "batched":
            inner_products(batched_rows(embeddings, cotangents, shared, keep=False))
        else:
            sketched(embeddings, cotangents, shared, 0, 64)
    return before


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result
