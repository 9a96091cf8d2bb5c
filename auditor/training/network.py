"""The network that is audited: a shared encoder, and a head per task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from auditor.errors import PluginError
from auditor.seeding import derive
from auditor.training.heads import MultiTaskHeads

if TYPE_CHECKING:
    from auditor.training.encoder import EncoderFactory


class Network(nn.Module):
    """The audited network: a shared encoder and a head per task."""

    def __init__(self, factory: EncoderFactory, tasks: int, *, seed: int) -> None:
        super().__init__()
        encoder = factory(seed=derive(seed, "encoder"))
        if not isinstance(encoder, nn.Module):
            raise PluginError(
                f"the encoder is a {type(encoder).__name__}, not a torch.nn.Module",
                hint="its factory must return one; auditor/training/encoder.py states the contract",
            )
        self.encoder: Any = encoder
        self.heads = MultiTaskHeads(tasks, self.encoder.width, seed=seed)
        if not self.shared:
            raise PluginError(
                "no parameter of the encoder is trained: all are frozen",
                hint="tasks share the parameters that are trained; leave some of them trainable",
            )

    @property
    def shared(self) -> list[nn.Parameter]:
        """Return the shared parameters: those of the encoder that are trained."""
        return [parameter for parameter in self.encoder.parameters() if parameter.requires_grad]

    def forward(self, batch: object) -> torch.Tensor:
        """Return the outputs of all heads (b, t)."""
        return cast(torch.Tensor, self.heads(self.encoder(batch)))
