"""Inner products of the tasks' gradients on the shared parameters.

The tasks' losses reach the encoder through the embeddings z (b, h) alone, so the gradient of task k
is the encoder's vector-Jacobian product with the cotangent dL_k/dz. One backward pass through all
heads gives every cotangent; one encoder pass per task turns them into rows g_k (d,): one after the
other on a processor, several at once on a graphics card, and for hundreds of tasks not at all, but
along random directions (`auditor.training.logging.sketch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from auditor.training.logging.batched_rows import fill_rows
from auditor.training.logging.sketch import sketched_gram
from auditor.training.loss import Targets, masked_losses, output_errors, total_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.heads import MultiTaskHeads

ROW_BYTES = 1 << 30  # rows held at once; beyond it the parameters are worked through in parts
VANISHING = 1e-12  # a gradient shorter than this has no direction
_CHUNK = 1 << 11  # entries of a row whose products are taken in single precision


@dataclass
class RowBuffer:
    """Memory for the tasks' gradient rows, kept between logs."""

    limit: int = ROW_BYTES
    rows: torch.Tensor = field(default_factory=lambda: torch.empty(0))

    def take(self, count: int, length: int, like: torch.Tensor) -> torch.Tensor:
        """Return room for ``count`` rows of ``length`` entries, of the type and device of a tensor."""
        if self.rows.numel() < count * length or self.rows.device != like.device:
            self.rows = torch.empty(count * length, dtype=like.dtype, device=like.device)
        return self.rows[: count * length].view(count, length)


@dataclass(frozen=True)
class Logged:
    """What one logged step measured.

    Parameters
    ----------
    gram
        Inner products of the tasks' encoder gradients (t, t), float64; NaN in the rows and columns
        of a task with no label in the batch or with a vanishing gradient. None if not measured.
    errors
        Inner products of the tasks' errors (t, t), float64; NaN likewise.
    losses, counts
        Loss and number of labels per task (t,).
    present, rows
        Indices of the tasks with a label in the batch (p,) and their gradients (p, d), valid until
        the next log; rows are None where they were not held at once.
    """

    gram: NDArray[np.float64] | None
    errors: NDArray[np.float64]
    losses: torch.Tensor
    counts: torch.Tensor
    present: torch.Tensor
    rows: torch.Tensor | None = None


def backward(
    heads: MultiTaskHeads, embeddings: torch.Tensor, targets: Targets
) -> tuple[torch.Tensor, torch.Tensor]:
    """Leave the total loss's gradients in ``.grad``; return losses and label counts per task."""
    losses, counts = masked_losses(heads(embeddings), targets)
    total_loss(losses, counts).backward()  # type: ignore[no-untyped-call]
    return losses.detach(), counts


def error_backward(heads: MultiTaskHeads, embeddings: torch.Tensor, targets: Targets) -> Logged:
    """Do what `backward` does, and measure the tasks' errors; no further backward pass."""
    outputs = heads(embeddings)
    losses, counts = masked_losses(outputs, targets)
    total_loss(losses, counts).backward()  # type: ignore[no-untyped-call]
    present = torch.nonzero(counts > 0).flatten()
    return Logged(None, _errors(outputs, targets, present), losses.detach(), counts, present)


def logged_backward(
    heads: MultiTaskHeads,
    embeddings: torch.Tensor,
    targets: Targets,
    shared: Sequence[torch.nn.Parameter],
    buffer: RowBuffer,
    *,
    sketch: tuple[int, int] | None = None,
) -> Logged:
    """Do what `backward` does, and measure the tasks' errors and gradients on the shared parameters.

    The rows are reused: the total's encoder gradient is their mean over the tasks in the batch.

    Parameters
    ----------
    embeddings
        Of the training forward (b, h), with its graph.
    shared
        The parameters of the encoder that are trained.
    sketch
        Seed and number of random directions along which the gradients are estimated; exact if None.
    """
    hidden = heads.first(embeddings.detach())
    outputs = heads.finish(hidden)
    losses, counts = masked_losses(outputs, targets)
    own = [parameter for parameter in heads.parameters() if parameter.requires_grad]
    by_hidden, *by_own = torch.autograd.grad(total_loss(losses, counts), [hidden, *own])
    for parameter, gradient in zip(own, by_own, strict=True):
        parameter.grad = gradient
    present = torch.nonzero(counts > 0).flatten()
    cotangents = heads.cotangents(by_hidden)[present] * len(present)  # (p, b, h), p tasks present
    if sketch is None:
        products, mean, rows = _gram(embeddings, cotangents, shared, buffer)
    else:
        seed, directions = sketch
        products, mean = sketched_gram(embeddings, cotangents, shared, seed=seed, directions=directions)
        rows = None
    for parameter, gradient in zip(shared, split_like(mean, shared), strict=True):
        parameter.grad = gradient
    gram = _spread(products, present, heads.tasks)
    errors = _errors(outputs, targets, present)
    return Logged(gram, errors, losses.detach(), counts, present, rows)


def inner_products(rows: torch.Tensor) -> torch.Tensor:
    """Return the inner products (p, p) of some rows (p, d), parts of them added up in float64.

    Within a part of 2,048 entries single precision is off by about 1e-7 of the norms' product, and
    the product of such a part is several times faster than one in double precision.
    """
    products = torch.zeros(len(rows), len(rows), dtype=torch.float64, device=rows.device)
    for chunk in _parts(rows.shape[1], _CHUNK):
        part = rows[:, chunk]
        products += (part @ part.T).double()
    return products


def split_like(flat: torch.Tensor, shared: Sequence[torch.nn.Parameter]) -> Iterator[torch.Tensor]:
    """Yield the pieces of a flat vector (d,) in the shapes of some parameters."""
    sizes = [parameter.numel() for parameter in shared]
    for piece, parameter in zip(torch.split(flat, sizes), shared, strict=True):
        yield piece.view_as(parameter)


def _errors(outputs: torch.Tensor, targets: Targets, present: torch.Tensor) -> NDArray[np.float64]:
    """Return the inner products of the tasks' errors (t, t)."""
    errors = output_errors(outputs, targets).double()[:, present]
    return _spread(errors.T @ errors, present, outputs.shape[1])


def _gram(
    embeddings: torch.Tensor,
    cotangents: torch.Tensor,
    shared: Sequence[torch.nn.Parameter],
    buffer: RowBuffer,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """Return the rows' inner products (p, p) in float64, their mean (d,), and the rows if held whole."""
    count = len(cotangents)
    products = torch.zeros(count, count, dtype=torch.float64, device=embeddings.device)
    mean = embeddings.new_zeros(sum(parameter.numel() for parameter in shared))
    if count == 0:
        return products, mean, None
    parts = list(_parts(len(mean), max(1, buffer.limit // (count * mean.element_size()))))
    for part in parts:
        rows = buffer.take(count, part.stop - part.start, mean)
        _fill_rows(rows, part, embeddings, cotangents, shared, keep=part is not parts[-1])
        torch.mean(rows, dim=0, out=mean[part])
        products += inner_products(rows)
    return (products + products.T) / 2, mean, rows if len(parts) == 1 else None


def _fill_rows(
    rows: torch.Tensor,
    part: slice,
    embeddings: torch.Tensor,
    cotangents: torch.Tensor,
    shared: Sequence[torch.nn.Parameter],
    *,
    keep: bool,
) -> None:
    """Write entries ``part`` of all tasks' flattened encoder gradients into ``rows``."""
    if embeddings.device.type != "cpu":
        fill_rows(rows, embeddings, cotangents, shared, part=part, keep=keep)
        return
    for index, cotangent in enumerate(cotangents):
        last = index == len(cotangents) - 1
        _fill(rows[index], part, embeddings, cotangent, shared, keep=keep or not last)


def _fill(
    row: torch.Tensor,
    part: slice,
    embeddings: torch.Tensor,
    cotangent: torch.Tensor,
    shared: Sequence[torch.nn.Parameter],
    *,
    keep: bool,
) -> None:
    """Write entries ``part`` of one task's flattened encoder gradient into ``row``."""
    touched: list[torch.nn.Parameter] = []
    start = offset = 0
    for parameter in shared:
        end = offset + parameter.numel()
        if end > part.start and offset < part.stop:
            start = start if touched else offset
            touched.append(parameter)
        offset = end
    gradients = torch.autograd.grad(
        embeddings, touched, cotangent, retain_graph=keep, materialize_grads=True
    )
    if part.stop - part.start == sum(gradient.numel() for gradient in gradients):
        torch.cat([gradient.reshape(-1) for gradient in gradients], out=row)
    else:
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        row.copy_(flat[part.start - start : part.stop - start])


def _parts(length: int, step: int) -> Iterator[slice]:
    for start in range(0, length, step):
        yield slice(start, min(start + step, length))


def _spread(products: torch.Tensor, present: torch.Tensor, tasks: int) -> NDArray[np.float64]:
    """Return the (t, t) matrix with NaN where a task is absent or its row vanishes."""
    gram = np.full((tasks, tasks), np.nan)
    places = present.cpu().numpy()
    gram[np.ix_(places, places)] = products.cpu().numpy()
    with np.errstate(invalid="ignore"):
        lost = ~(np.diag(gram) >= VANISHING**2)
    gram[lost, :] = np.nan
    gram[:, lost] = np.nan
    return gram
