"""The encoder of examples that are no molecules: a perceptron over the columns of their features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from auditor.errors import UsageError
from auditor.training.ragged import chosen
from mtl_audit_ecfp.trunk import trunk

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mlp(
    *, seed: int, inputs: int = 1, width: int = 256, hidden: int = 512, dropout: float = 0.3
) -> FeatureEncoder:
    """Return a perceptron over features; its layers are those of the fingerprint encoder.

    Parameters
    ----------
    inputs
        Number of features p; the audit sets it.
    width, hidden
        Embedding width h and width of the layer before it.
    dropout
        Fraction dropped after each layer.
    """
    if inputs < 1:
        raise UsageError(f"inputs={inputs} is not a network", hint="inputs must be at least 1")
    return FeatureEncoder(inputs=inputs, width=width, hidden=hidden, dropout=dropout, seed=seed)


@dataclass(frozen=True)
class FeatureRows:
    """The features of all examples (n, p), on the device of the encoder."""

    values: torch.Tensor

    def batch(self, compounds: torch.Tensor) -> torch.Tensor:
        """Return the features of some examples (b, p), given by index (b,); raises ValueError if none."""
        return self.values[chosen(compounds, self.values.device)]


class FeatureEncoder(nn.Module):
    """Features, normalised by the training batches, then the trunk of the fingerprint encoder."""

    def __init__(self, *, inputs: int, width: int, hidden: int, dropout: float, seed: int) -> None:
        super().__init__()
        self.inputs, self.width = inputs, width
        self.scale = nn.BatchNorm1d(inputs, affine=False)
        self.layers = trunk(inputs, hidden=hidden, width=width, dropout=dropout, seed=seed)

    def pack(self, features: NDArray[np.float64] | list[Any]) -> FeatureRows:
        """Return all features (n, p), in single precision, on the encoder's device."""
        if len(features) == 0:
            raise ValueError("there is no example to pack")
        device = next(self.parameters()).device
        return FeatureRows(torch.from_numpy(np.asarray(features, dtype=np.float32)).to(device))

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""
        embeddings: torch.Tensor = self.layers(self.scale(batch))
        return embeddings

    def extra_repr(self) -> str:
        """Return what `repr` shows: how many features are read."""
        return f"inputs={self.inputs}"
