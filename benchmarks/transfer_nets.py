"""Small networks over fingerprints, many at once: a shared layer, one output a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

BITS, WIDTH, BATCH, RATE, DECAY = 1_024, 64, 64, 1e-3, 1e-2
EPOCHS, FEWEST_STEPS = 20, 200
"""Epochs over all labels of a network, and the batches that it is trained on at least."""
LOGS = 5
TOGETHER = 40
"""Networks that are trained side by side."""


@dataclass(frozen=True)
class Wanted:
    """One network: its labels as compounds, tasks and values (m,); the first task is the recipient's."""

    rows: NDArray[np.int64]
    task: NDArray[np.int64]
    z: NDArray[np.float64]

    @property
    def steps(self) -> int:
        """How many batches it is trained on."""
        return max(FEWEST_STEPS, EPOCHS * len(self.rows) // BATCH)


def fingerprints(smiles: Sequence[str]) -> torch.Tensor:
    """Return log(1 + counts) of Morgan substructures of radius 2, folded (n, 1024)."""
    morgan = GetMorganGenerator(radius=2, fpSize=BITS)
    counts = [morgan.GetCountFingerprintAsNumPy(Chem.MolFromSmiles(text)) for text in smiles]
    return torch.from_numpy(np.log1p(np.array(counts, dtype=np.float32)))


def trained(
    features: torch.Tensor, wanted: Sequence[Wanted], judged: Sequence[NDArray[np.int64]], *, seed: int
) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the recipient's labels as predicted by each network, and the cosine of its task gradients.

    Parameters
    ----------
    judged
        Compounds of which each network's predictions are wanted.

    Returns
    -------
    The predictions, and the mean cosine of the first two tasks' gradients at the shared layer over
    `LOGS` steps of the last half of the training (k,), NaN for a single task.
    """
    order = np.argsort([one.steps for one in wanted], kind="stable")
    said: list[NDArray[np.float64]] = [np.empty(0)] * len(wanted)
    cosine = np.full(len(wanted), np.nan)
    for start in range(0, len(order), TOGETHER):
        part = order[start : start + TOGETHER]
        chosen = [wanted[k] for k in part]
        found, cosines = _stack(features, chosen, [judged[k] for k in part], seed=seed)
        for k, values, value in zip(part, found, cosines, strict=True):
            said[k], cosine[k] = values, value
    return said, cosine


def _stack(
    features: torch.Tensor, wanted: Sequence[Wanted], judged: Sequence[NDArray[np.int64]], *, seed: int
) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
    k, tasks = len(wanted), max(int(one.task.max()) + 1 for one in wanted)
    torch.manual_seed(seed)
    start = torch.randn(1, BITS, WIDTH) * (2 / BITS) ** 0.5
    layer = start.repeat(k, 1, 1).requires_grad_()  # one beginning for all: what differs is the labels
    head = torch.zeros(k, WIDTH, tasks, requires_grad=True)
    bias, offset = (
        torch.zeros(k, 1, WIDTH, requires_grad=True),
        torch.zeros(k, 1, tasks, requires_grad=True),
    )
    weights = [layer, head, bias, offset]
    rate = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)
    rng = np.random.default_rng(seed)
    steps = np.array([one.steps for one in wanted])
    said: list[NDArray[np.float64]] = [np.empty(0)] * k
    logs = [np.linspace(count / 2, count - 1, LOGS).astype(int) for count in steps]
    cosines: list[list[float]] = [[] for _ in range(k)]
    for step in range(int(steps.max())):
        drawn = [rng.integers(0, len(one.rows), BATCH) for one in wanted]
        rows = torch.from_numpy(np.stack([one.rows[d] for one, d in zip(wanted, drawn, strict=True)]))
        task = torch.from_numpy(np.stack([one.task[d] for one, d in zip(wanted, drawn, strict=True)]))
        z = torch.from_numpy(np.stack([one.z[d] for one, d in zip(wanted, drawn, strict=True)])).float()
        out = torch.relu(torch.bmm(features[rows], layer) + bias).bmm(head) + offset
        square = (out.gather(2, task[..., None])[..., 0] - z) ** 2
        logged = [place for place in range(k) if tasks > 1 and step in logs[place]]
        if logged:
            parts = []
            for one in (0, 1):
                grad = torch.autograd.grad((square * (task == one)).sum(), layer, retain_graph=True)[0]
                parts.append(grad[logged].flatten(1))
            for place, value in zip(logged, torch.cosine_similarity(*parts).tolist(), strict=True):
                cosines[place].append(value)
        rate.zero_grad()
        square.mean(dim=1).sum().backward()
        rate.step()
        for place in np.flatnonzero(steps == step + 1):
            said[place] = _predicted(features, judged[place], [one[place].detach() for one in weights])
    return said, np.array([np.mean(one) if one else np.nan for one in cosines])


def _predicted(
    features: torch.Tensor, rows: NDArray[np.int64], weights: Sequence[torch.Tensor]
) -> NDArray[np.float64]:
    layer, head, bias, offset = weights
    out = torch.relu(features[torch.from_numpy(rows)] @ layer + bias) @ head[:, :1] + offset[:, :1]
    found: NDArray[np.float64] = out[:, 0].double().numpy()
    return found
