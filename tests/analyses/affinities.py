"""Benchmarks of liabilities with a planted correlation, and affinities made of their E."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.audit.context import AuditContext
from auditor.audit.results import AffinityMatrix
from auditor.source.rows import Kind, SourceData, Task, TaskTable
from tests.analyses.making import context_of
from tests.networks import varied


def liabilities(n: int, groups: Sequence[str], *, within: float, seed: int = 0) -> NDArray[np.float64]:
    """Return normal liabilities (n, t) that correlate within groups and not between them."""
    rng = np.random.default_rng(seed)
    common = {group: rng.normal(size=n) for group in sorted(set(groups))}
    own = rng.normal(size=(n, len(groups)))
    shared = np.column_stack([common[group] for group in groups])
    return np.sqrt(within) * shared + np.sqrt(1 - within) * own


def audit_of(
    values: NDArray[np.float64],
    cache: Path,
    *,
    kind: Kind = "regression",
    names: Sequence[str] = (),
    domains: Sequence[str] = (),
) -> AuditContext:
    """Return the context of a benchmark with these values (n, t), NaN = not measured."""
    smiles = varied(len(values))
    tables = []
    for place, column in enumerate(values.T):
        name = names[place] if names else f"t{place}"
        task = Task(name, kind, domain=domains[place] if domains else "")
        known = np.flatnonzero(np.isfinite(column))
        tables.append(TaskTable(task, tuple(smiles[i] for i in known), column[known]))
    return context_of(SourceData(tuple(tables)), cache)


def affinity(context: AuditContext, values: NDArray[np.float64], **about: Any) -> AffinityMatrix:
    """Return an affinity of these values (t, t), made symmetric, with small errors."""
    both = (values + values.T) / 2
    shape = both.shape
    return AffinityMatrix(
        "made", context.benchmark.task_names, both, np.full(shape, 0.02), np.full(shape, 9), about=about
    )


def noisy(context: AuditContext, size: float, *, seed: int = 0, **about: Any) -> AffinityMatrix:
    """Return E with noise of some size as an affinity."""
    values = context.empirical.values
    noise = np.random.default_rng(seed).normal(size=values.shape)
    return affinity(context, values + size * (noise + noise.T), **about)
