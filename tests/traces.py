"""Traces with chosen contents."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.trace import Trace


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
