"""Small molecules, encoders and benchmarks on which networks are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from auditor.benchmark.benchmark import Benchmark
from auditor.source.rows import Kind, Task
from auditor.training.splits import Split, random_split
from mtl_audit_cnn.model import cnn
from mtl_audit_ecfp.model import ecfp
from mtl_audit_gnn.models import gat, gcn
from tests.making import labels_of

MOLECULES = (
    "CCO", "c1ccccc1O", "CC(=O)Nc1ccc(O)cc1", "C", "[Na+].[Cl-]", "CN1C=NC2=C1C(=O)N(C)C(=O)N2C",
    "O=C(O)c1ccccc1", "CCN(CC)CC", "FC(F)(F)c1ccncc1", "C#N", "CS(=O)(=O)C", "OB(O)c1ccccc1",
)  # fmt: skip
"""Molecules with one atom, without bonds, charged, and of usual kinds."""

SMALL: dict[str, Callable[..., Any]] = {
    "gcn": partial(gcn, layers=2, width=16),
    "gat": partial(gat, layers=2, width=16, heads=2),
    "cnn": partial(cnn, width=16, channels=12),
    "ecfp": partial(ecfp, width=16, hidden=24, bits=128),
}
"""Every built-in encoder, small."""


def varied(count: int) -> tuple[str, ...]:
    """Return distinct molecules that differ in chain, ring and substituent."""
    rings = ("c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCOC1")
    starts = ("O", "N", "Cl", "F", "OC(=O)", "N#C")
    found = [f"{start}{'C' * size}{ring}" for size in range(1, 60) for ring in rings for start in starts]
    return tuple(found[:count])


def benchmark_of(table: Any, kinds: Sequence[Kind] = ()) -> Benchmark:
    """Return a benchmark of varied molecules with some labels (n, t), NaN = not measured."""
    dense = np.asarray(table, dtype=np.float64)
    n, t = dense.shape
    kinds = kinds or ("classification",) * t
    tasks = tuple(Task(f"task-{index}", kind) for index, kind in enumerate(kinds))
    names = tuple(f"compound-{index}" for index in range(n))
    return Benchmark("tiny", tasks, names, varied(n), labels_of(dense), "as-written")


def random_table(n: int, t: int, *, seed: int, measured: float = 0.7) -> Any:
    """Return random 0/1 labels (n, t) of which a part is measured."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, (n, t)).astype(float)
    labels[rng.random((n, t)) > measured] = np.nan
    return labels


def split_of(benchmark: Benchmark) -> Split:
    """Return a random split."""
    return random_split(benchmark.n, seed=0)
