"""Parameters that have no effect on what a network computes, and are not trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def freeze_bias(layer: nn.Module) -> None:
    """Keep the bias of a layer whose output is normalised over the batch next as it was drawn.

    The batch's mean takes a constant away again, so the gradient by such a bias is zero but for
    rounding. AdamW divides a gradient by its own size: it would move the bias as far as any other
    parameter, in a direction that only the processor's rounding decides.
    """
    layer.bias.requires_grad_(False)
