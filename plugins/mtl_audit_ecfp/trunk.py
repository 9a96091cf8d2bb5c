"""The two dense layers that embed a row of numbers: fingerprint bits, or features of any kind."""

from __future__ import annotations

from torch import nn

from auditor.errors import UsageError
from auditor.seeding import derive, seeded
from auditor.training.dropout import Dropout
from auditor.training.frozen import freeze_bias


def trunk(inputs: int, *, hidden: int, width: int, dropout: float, seed: int) -> nn.Sequential:
    """Return two dense layers (b, inputs) -> (b, width): batch normalisation, ReLU and dropout in each."""
    for name, value in {"width": width, "hidden": hidden}.items():
        if value < 1:
            raise UsageError(f"{name}={value} is not a network", hint=f"{name} must be at least 1")
    with seeded(seed):
        layers = nn.Sequential(
            nn.Linear(inputs, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            Dropout(dropout, seed=derive(seed, "dropout", 0)),
            nn.Linear(hidden, width),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            Dropout(dropout, seed=derive(seed, "dropout", 1)),
        )
    freeze_bias(layers[0])
    freeze_bias(layers[4])
    return layers
