"""Traces of designed affinity and noise, as a training would leave them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.trace import Trace


def affinity(t: int, *, seed: int, spread: float = 0.2) -> NDArray[np.float64]:
    """Return a random symmetric matrix (t, t) with ones on the diagonal."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, spread, (t, t))
    matrix = np.clip((matrix + matrix.T) / 2, -0.9, 0.9)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def trace_of(
    by_epoch: list[NDArray[np.float64]], *, per_epoch: int, noise: float, seed: int = 0, **changes: Any
) -> Trace:
    """Return a training that logs each epoch's affinity (t, t) some times, with noise on every entry."""
    rng = np.random.default_rng(seed)
    t, epochs = len(by_epoch[0]), len(by_epoch)
    grams = []
    for matrix in by_epoch:
        for _ in range(per_epoch):
            error = np.triu(rng.normal(0, noise, (t, t)), 1)
            gram = np.clip(matrix + error + error.T, -1, 1)
            np.fill_diagonal(gram, 1.0)
            grams.append(gram)
    k = len(grams)
    known: dict[str, Any] = {
        "tasks": tuple(f"task-{i}" for i in range(t)),
        "seed": seed,
        "steps": np.arange(k) * 10,
        "directions": None,
        "epochs": np.repeat(np.arange(epochs), per_epoch),
        "gram": np.array(grams),
        "labels": np.full((k, t), 16),
        "errors": np.array(grams),
        "losses": np.ones((k, t)),
        "pooled": np.zeros((0, t, t)),
        "pooled_epochs": np.zeros(0, dtype=np.int64),
        "lookahead": np.zeros((0, t, t)),
        "every": 10,
        "total_steps": 10 * k,
        "training_loss": (1.0,) * epochs,
        "validation_loss": (1.0,) * epochs,
        "best_epoch": epochs - 1,
        "parameters": 10,
        "duration_s": 1.0,
    }
    known.update(changes)
    return Trace(**{field.name: known[field.name] for field in fields(Trace)})
