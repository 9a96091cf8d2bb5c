"""The tasks' gradient rows several at a time: one walk through the encoder's graph per chunk of tasks.

A graphics card spends most of a backward pass on starting kernels, so that a pass for thirty tasks
at once costs little more than a pass for one. A processor has no such start to save: there the
loop over tasks is faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

from auditor.errors import UsageError

if TYPE_CHECKING:
    from torch.nn import Parameter

CHUNK = 32
"""Tasks per walk: every activation of the encoder is held once for each of them."""


def fill_rows(
    rows: torch.Tensor,
    embeddings: torch.Tensor,
    cotangents: torch.Tensor,
    shared: Sequence[Parameter],
    *,
    part: slice | None = None,
    chunk: int = CHUNK,
    keep: bool = False,
) -> None:
    """Write one flattened encoder gradient per cotangent into the rows.

    The graph is that of the one training forward, so its dropout masks and its batch statistics are
    those of the step.

    Parameters
    ----------
    rows
        Where to write, (p, length of ``part``), p tasks.
    embeddings
        Of the training forward (b, h), with its graph.
    cotangents
        Derivatives of the tasks' losses by the embeddings (p, b, h).
    shared
        The encoder's parameters, d numbers in all.
    part
        Which of the d entries of a row; None for all.
    chunk
        Cotangents per walk through the graph.
    keep
        Whether the graph is needed afterwards.

    Raises
    ------
    UsageError
        The chunk is less than one.
    """
    if chunk < 1:
        raise UsageError(f"a chunk of {chunk} tasks", hint="at least 1")
    places = list(_places(shared, part or slice(0, sum(parameter.numel() for parameter in shared))))
    touched = [parameter for parameter, _, _ in places]
    for start in range(0, len(cotangents), chunk):
        stop = min(start + chunk, len(cotangents))
        gradients = torch.autograd.grad(
            embeddings,
            touched,
            cotangents[start:stop],
            retain_graph=keep or stop < len(cotangents),
            allow_unused=True,
            is_grads_batched=True,
        )
        for gradient, (_, source, target) in zip(gradients, places, strict=True):
            if gradient is None:
                rows[start:stop, target] = 0
            else:
                rows[start:stop, target] = gradient.reshape(stop - start, -1)[:, source]


def _places(shared: Sequence[Parameter], part: slice) -> Iterator[tuple[Parameter, slice, slice]]:
    """Yield the parameters in a part of a row: which of their entries, and where these go in the part."""
    offset = 0
    for parameter in shared:
        first, last = max(offset, part.start), min(offset + parameter.numel(), part.stop)
        if first < last:
            yield (
                parameter,
                slice(first - offset, last - offset),
                slice(first - part.start, last - part.start),
            )
        offset += parameter.numel()
