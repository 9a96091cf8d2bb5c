"""The paper's own synthetic design (G.2), as its scripts have it: normal features, a perceptron."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.statistics.student import reach

SEEDS = 5
COMPOUNDS, FEATURES, USED, WIDTH = 5_000, 100, 20, 128
EPOCHS, LOG_EVERY, BATCH = 50, 5, 64
NOISE = 0.5
_WITHIN = {(0, 1): 0.7, (0, 2): 0.5, (1, 2): 0.6, (3, 4): 0.8, (3, 5): 0.4, (4, 5): 0.5}
_BETWEEN = -0.3
TASKS = 8


def measure(epochs: int = EPOCHS, seeds: int = SEEDS, rows: int = COMPOUNDS) -> dict[str, Any]:
    """Return r of the gradients' cosine with the designed correlation, a draw of data per seed."""
    from auditor.statistics.association import correlation
    from auditor.statistics.pairs import upper

    truth = upper(designed())
    found = [one_training(seed, epochs, rows) for seed in range(seeds)]
    gradients = [correlation(upper(affinity), truth) for affinity, _ in found]
    labels = [correlation(upper(labels_r), truth) for _, labels_r in found]
    return {
        "seeds": seeds,
        "pairs": len(truth),
        "gradients": {"each": gradients, "mean": _mean(gradients)},
        "labels": {"each": labels, "mean": _mean(labels)},
    }


def _mean(each: list[float]) -> list[float]:
    """Return the mean over seeds and its 95 % interval by Student's t; NaN ends of a single one."""
    values = np.array(each)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    half = float(reach(np.array([len(values) - 1]))[0] * error)
    return [float(values.mean()), float(values.mean() - half), float(values.mean() + half)]


def designed() -> NDArray[np.float64]:
    """Return the designed correlation (8, 8)."""
    matrix = np.eye(TASKS)
    for i in range(TASKS):
        for j in range(i):
            across = j < 3 <= i < 6
            matrix[i, j] = matrix[j, i] = _BETWEEN if across else _WITHIN.get((j, i), 0.0)
    return matrix


def generated(seed: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return features (n, 100) and labels (n, 8); the first 20 features count."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, FEATURES))
    weights = rng.standard_normal((USED, TASKS)) @ np.linalg.cholesky(designed()).T
    return x, x[:, :USED] @ weights + NOISE * rng.standard_normal((rows, TASKS))


def one_training(seed: int, epochs: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Train once; return the mean per-batch cosine over all logs (8, 8), and E (8, 8)."""
    import torch
    from torch import nn

    from auditor.affinity.recorded import TaskGradients

    x, y = generated(seed, rows)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inputs, targets = (torch.as_tensor(one, dtype=torch.float32) for one in (x, y))
        trunk = nn.Sequential(nn.Linear(FEATURES, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU())
        heads = nn.Linear(WIDTH, TASKS)
        optimiser = torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=1e-3)
        log = TaskGradients(trunk.parameters(), tasks=[f"task {k}" for k in range(TASKS)], every=1)
        for epoch in range(epochs):
            for batch in torch.split(torch.randperm(rows), BATCH):
                losses = (heads(trunk(inputs[batch])) - targets[batch]).square().mean(dim=0)  # (8,)
                if epoch % LOG_EVERY == 0:
                    log.record(losses)
                optimiser.zero_grad()
                losses.mean().backward()
                optimiser.step()
        affinity = log.affinity("gradient-cosine", window=1.0).values
    return np.asarray(affinity, dtype=np.float64), np.corrcoef(y.T)
