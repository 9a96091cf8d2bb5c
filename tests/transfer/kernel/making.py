"""Tasks drawn from the model itself, so that the truth is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.transfer.kernel.gain import Task, task_of
from auditor.transfer.kernel.panel import Column, Panel
from auditor.transfer.kernel.share import share_of
from auditor.transfer.kernel.similarity import Similarity

SERIES = 60
SIZE = 10
N = SERIES * SIZE


def kernel(seed: int = 0) -> NDArray[np.float64]:
    """Return the kernel of compounds in chemical series (N, N): alike within, less alike between."""
    rng = np.random.default_rng(seed)
    area = rng.normal(size=(12, 24))
    series = area[np.arange(SERIES) % 12] + 0.7 * rng.normal(size=(SERIES, 24))
    points = np.repeat(series, SIZE, axis=0) + 0.4 * rng.normal(size=(N, 24))
    points -= points.mean(axis=0)
    found: NDArray[np.float64] = points @ points.T
    return found / np.diag(found).mean()


def draws(
    r: float, *, h: float = 0.7, rho: float = 0.0, seed: int = 0, tasks: int = 2
) -> NDArray[np.float64]:
    """Return labels (N, tasks) whose tasks correlate by r in what similarity explains, by ρ in the rest."""
    rng = np.random.default_rng([seed, 1])
    d, vectors = np.linalg.eigh(kernel())
    signal = vectors @ (np.sqrt(np.maximum(d, 0))[:, None] * rng.normal(size=(N, tasks)))
    noise = rng.normal(size=(N, tasks))
    for values, share in ((signal, r), (noise, rho)):
        values[:, 1:] = share * values[:, :1] + np.sqrt(1 - share**2) * values[:, 1:]
    drawn: NDArray[np.float64] = np.sqrt(h) * signal + np.sqrt(1 - h) * noise
    return drawn


def column(
    name: str, rows: NDArray[np.int64], values: NDArray[np.float64], *, classes: bool = False
) -> Column:
    """Return a task of some compounds, given the values of all (N,)."""
    y = values[rows]
    return Column(name, rows, (y - y.mean()) / y.std(), y > y.min() if classes else None, len(rows))


def panel_of_columns(*columns: Column) -> Panel:
    """Return the panel of some tasks over the compounds of `kernel`; a group is two series."""
    whole = kernel().astype(np.float32)
    similarity = Similarity(np.zeros((N, 1), np.uint8), np.zeros(N), 0.0, 1.0, whole)
    order = np.random.default_rng(9).permutation(SERIES) // 2
    return Panel(similarity, columns, np.repeat(order, SIZE))


def tasks_of(panel: Panel) -> list[Task]:
    """Return the tasks of a panel with what they predict alone."""
    kernels = [panel.similarity.block(one.rows, one.rows) for one in panel.columns]
    shares = [share_of(k, one.z) for k, one in zip(kernels, panel.columns, strict=True)]
    return [task_of(panel, *each) for each in zip(panel.columns, shares, kernels, strict=True)]


def some(seed: int, size: int) -> NDArray[np.int64]:
    """Return some compounds at random (size,), increasing."""
    return np.sort(np.random.default_rng(seed).permutation(N)[:size])
