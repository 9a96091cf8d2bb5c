"""The gradients of single losses on some parameters, of a network of which nothing else is known.

Our own engine starts at the embeddings, which all heads share. Here each loss is walked back by itself,
through its head and all; without vmap, because not every operation of a foreign network can be batched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from auditor.errors import UsageError
from auditor.training.logging.batched_rows import _places
from auditor.training.logging.gradients import inner_products

if TYPE_CHECKING:
    from torch.nn import Parameter

    from auditor.training.logging.gradients import RowBuffer

_HIDDEN = "CheckpointFunctionBackward"
_GONE = ("second time", "modified by an inplace operation")


def loss_products(
    losses: Sequence[torch.Tensor], shared: Sequence[Parameter], buffer: RowBuffer
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return the inner products (p, p) of some losses' gradients, and the gradients (p, d) if held whole.

    The graph stays. Rows are in single precision at least, whatever the parameters' own.

    Raises
    ------
    UsageError
        No loss depends on the parameters, or the graph is gone.
    """
    kind, device = torch.promote_types(shared[0].dtype, torch.float32), shared[0].device
    products = torch.zeros(len(losses), len(losses), dtype=torch.float64, device=device)
    if not losses:
        return products, None
    length = sum(parameter.numel() for parameter in shared)
    like, reached = torch.empty(0, dtype=kind, device=device), False
    step = max(1, buffer.limit // (len(losses) * like.element_size()))
    for start in range(0, length, step):
        part = slice(start, min(start + step, length))
        rows = buffer.take(len(losses), part.stop - start, like)
        for row, loss in zip(rows, losses, strict=True):
            reached |= _fill(row, part, loss, shared)
        products += inner_products(rows)
    if not reached:
        raise UsageError(
            "no loss depends on the shared parameters", hint="are they those of the model in training?"
        )
    return (products + products.T) / 2, rows if step >= length else None


def refuse_hidden_layers(losses: Sequence[torch.Tensor]) -> None:
    """Refuse losses whose graph hides the parameters of some layers; raises UsageError.

    Checkpointing of the old kind keeps no graph of the layers inside, so that their gradients would be
    left out without a word.
    """
    waiting = [loss.grad_fn for loss in losses if loss.grad_fn is not None]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if type(node).__name__ == _HIDDEN:
            raise UsageError(
                "activation checkpointing of the old kind hides the layers inside it",
                hint="checkpoint(..., use_reentrant=False)",
            )
        behind = {following for following, _ in node.next_functions if following is not None} - seen
        seen |= behind
        waiting += behind


def spoils(loss: torch.Tensor, shared: Sequence[Parameter]) -> bool:
    """Return whether a loss, even with the weight 0, makes the gradients of the total not finite."""
    live = [parameter for parameter in shared if parameter.requires_grad]
    found = _gradients(loss, live) if loss.requires_grad else ()
    return not all(bool(torch.isfinite(part.to_dense()).all()) for part in found if part is not None)


def _fill(row: torch.Tensor, part: slice, loss: torch.Tensor, shared: Sequence[Parameter]) -> bool:
    """Write entries ``part`` of a loss's gradient into a row; return whether there was any."""
    row.zero_()
    places = [place for place in _places(shared, part) if place[0].requires_grad]
    gradients = _gradients(loss, [parameter for parameter, _, _ in places])
    for gradient, (_, source, target) in zip(gradients, places, strict=True):
        if gradient is not None:
            row[target] = gradient.to_dense().reshape(-1)[source].to(row)
    return any(gradient is not None for gradient in gradients)


def _gradients(loss: torch.Tensor, parameters: Sequence[Parameter]) -> tuple[torch.Tensor | None, ...]:
    """Return a loss's gradient by each parameter, None where it does not depend on it; the graph stays."""
    if not parameters:
        return ()
    try:
        return torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        if not any(sign in str(error) for sign in _GONE):
            raise
        raise UsageError(
            "the graph of the losses is gone", hint="call record(losses) before backward() and step()"
        ) from error
