"""Traces with chosen contents, or of designed affinity and noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.training.trace import Trace


def trace_of(gram: NDArray[np.float64], seed: int = 0, **changes: Any) -> Trace:
    """Return a trace with one log per epoch, of Gram matrices (k, t, t) of single gradients."""
    k, t = gram.shape[:2]
    at = np.arange(k)
    contents: dict[str, Any] = {
        "tasks": tuple(f"task-{index}" for index in range(t)),
        "seed": seed,
        "steps": at * 10,
        "epochs": at,
        "gram": gram,
        "errors": gram,
        "losses": np.ones((k, t)),
        "labels": np.ones((k, t), dtype=np.int64),
        "pooled": np.nan_to_num(gram),
        "pooled_epochs": at,
        "lookahead": np.empty((0, t, t)),
        "directions": None,
        "every": 10,
        "total_steps": 10 * k,
        "training_loss": (1.0,),
        "validation_loss": (1.0,),
        "best_epoch": 0,
        "parameters": 10,
        "duration_s": 0.1,
    }
    return Trace(**{**contents, **changes})


def affinity(t: int, *, seed: int, spread: float = 0.2) -> NDArray[np.float64]:
    """Return a random symmetric matrix (t, t) with ones on the diagonal."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(0, spread, (t, t))
    matrix = np.clip((matrix + matrix.T) / 2, -0.9, 0.9)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def noisy_trace(
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
    known: dict[str, Any] = {
        "epochs": np.repeat(np.arange(epochs), per_epoch),
        "labels": np.full((len(grams), t), 16),
        "pooled": np.zeros((0, t, t)),
        "pooled_epochs": np.zeros(0, dtype=np.int64),
        "training_loss": (1.0,) * epochs,
        "validation_loss": (1.0,) * epochs,
        "best_epoch": epochs - 1,
    }
    return trace_of(np.array(grams), seed, **{**known, **changes})
