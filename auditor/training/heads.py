"""The tasks' own parameters: one head per task, all evaluated as one batched product."""

from __future__ import annotations

import math

import torch
from torch import nn

from auditor.seeding import derive, seeded
from auditor.training.dropout import Dropout
from auditor.training.frozen import freeze_bias

HIDDEN = 128
DROPOUT = 0.3


class MultiTaskHeads(nn.Module):
    """A head per task: linear, batch normalisation, ReLU, dropout, linear to one output.

    Equal to ``t`` separate networks h-128-1, initialised as `torch.nn.Linear` is, but evaluated as
    one product, so that t tasks do not cost t calls.

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
        bound = 1 / math.sqrt(HIDDEN)
        with seeded(derive(seed, "heads")):
            self.first = nn.Linear(width, tasks * HIDDEN)
            self.norm = nn.BatchNorm1d(tasks * HIDDEN)
            self.last_weight = nn.Parameter(torch.empty(tasks, HIDDEN).uniform_(-bound, bound))
            self.last_bias = nn.Parameter(torch.empty(tasks).uniform_(-bound, bound))
        freeze_bias(self.first)
        self.dropout = Dropout(DROPOUT, seed=derive(seed, "heads", "dropout"))

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Return the outputs of all heads (b, t) for some embeddings (b, h)."""
        return self.finish(self.first(embeddings))

    def finish(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the outputs (b, t) that follow from the first layer's (b, t * 128)."""
        active = self.dropout(self.norm(hidden).relu()).view(-1, self.tasks, HIDDEN)
        outputs: torch.Tensor = (active * self.last_weight).sum(dim=2) + self.last_bias
        return outputs

    def cotangents(self, by_hidden: torch.Tensor) -> torch.Tensor:
        """Return a loss's derivative by the embeddings, apart for each task it came through.

        Parameters
        ----------
        by_hidden
            The derivative by the first layer's output (b, t * 128).

        Returns
        -------
        One derivative per task (t, b, h); their sum over tasks is what backward would give.
        """
        by_task = by_hidden.view(-1, self.tasks, HIDDEN).transpose(0, 1)  # (t, b, 128)
        return torch.bmm(by_task, self.first.weight.detach().view(self.tasks, HIDDEN, -1))
