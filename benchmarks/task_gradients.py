"""What a log of `auditor.TaskGradients` costs beside a training step of somebody else's network."""

from __future__ import annotations

import torch
from torch import nn

from auditor import TaskGradients
from benchmarks.support import medians, table

BATCH, WIDTH = 64, 256


class Training:
    """A perceptron on random numbers, one head for all tasks."""

    def __init__(self, tasks: int) -> None:
        torch.manual_seed(0)
        self.trunk = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU())
        self.heads = nn.Linear(WIDTH, tasks)
        parameters = [*self.trunk.parameters(), *self.heads.parameters()]
        self.optimiser = torch.optim.Adam(parameters)
        self.x, self.y = torch.randn(BATCH, WIDTH), torch.randn(BATCH, tasks)
        names = [f"task-{index}" for index in range(tasks)]
        self.log = TaskGradients(self.trunk.parameters(), names)
        self.pooled = TaskGradients(self.trunk.parameters(), names, pool=True)

    def step(self, log: TaskGradients | None = None) -> None:
        """Take a step, with a log or without."""
        losses = (self.heads(self.trunk(self.x)) - self.y).square().mean(dim=0)
        if log is not None:
            log.record(losses)
        self.optimiser.zero_grad()
        losses.mean().backward()
        self.optimiser.step()


def main() -> None:
    """Print milliseconds per step and per log, and what logging every tenth step adds."""
    torch.set_num_threads(1)
    rows = []
    for tasks in (5, 12, 50, 200):
        training = Training(tasks)
        plain, logged, pooled = medians(
            training.step,
            lambda training=training: training.step(training.log),
            lambda training=training: training.step(training.pooled),
            repeats=15,
        )
        share = (logged - plain) / plain / 10
        cells = [1e3 * plain, 1e3 * (logged - plain), 1e3 * (pooled - plain)]
        rows.append((tasks, *(f"{cell:.1f}" for cell in cells), f"{100 * share:.0f} %"))
    parameters = sum(parameter.numel() for parameter in Training(2).trunk.parameters())
    print(f"Batch {BATCH}, {parameters:,} shared parameters, one thread of a processor.\n")
    columns = ("tasks", "step, ms", "log, ms", "log with pool=True, ms", "every=10 adds")
    table(columns, rows)
