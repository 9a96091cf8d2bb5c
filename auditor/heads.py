"""The tasks' own parameters: one head per task, all evaluated as one batched product."""

from __future__ import annotations

import math

import torch
from torch import nn

from auditor.dropout import Dropout
from auditor.seeding import derive, seeded

HIDDEN = 128
DROPOUT = 0.3


class MultiTaskHeads(nn.Module):
    """A head per task: linear, batch normalisation, ReLU, dropout, linear to one output.

    Equal to ``t`` separate two-layer heads (h-128-1), initialised as `torch.nn.Linear` is, but
    their weights stand in one (t, h, 128) tensor, so t does not cost t calls.

    Parameters
    ----------
    tasks
        Number of tasks t.
    width
        Embedding width h.
    seed
        Of the initial parameters and the dropout masks.
    """

    def __init__(self, tasks: int, width: int, *, seed: int) -> None:
        super().__init__()
        self.tasks = tasks
        with seeded(derive(seed, "heads")):
            self.weight = _uniform(tasks, width, HIDDEN, fan_in=width)
            self.bias = _uniform(tasks, 1, HIDDEN, fan_in=width)
            self.norm = nn.BatchNorm1d(tasks * HIDDEN)
            self.dropout = Dropout(DROPOUT, seed=derive(seed, "heads", "dropout"))
            self.last_weight = _uniform(tasks, HIDDEN, fan_in=HIDDEN)
            self.last_bias = _uniform(tasks, fan_in=HIDDEN)

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return the outputs of all heads (b, t) from one copy of the embeddings per task (t, b, h).

        The copies are what makes a loss's derivative by the embeddings separable by task; an
        `expand` is enough and costs no memory.
        """
        hidden = torch.baddbmm(self.bias, embeddings, self.weight)  # (t, b, 128)
        hidden = hidden.transpose(0, 1).reshape(embeddings.shape[1], -1)  # (b, t * 128)
        hidden = self.dropout(self.norm(hidden).relu()).view(-1, self.tasks, HIDDEN)
        outputs: torch.Tensor = (hidden * self.last_weight).sum(dim=2) + self.last_bias  # (b, t)
        return outputs


def _uniform(*shape: int, fan_in: int) -> nn.Parameter:
    bound = 1 / math.sqrt(fan_in)
    return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))
