"""Gradients of a task's output by the shared parameters, one for each measured label.

A network in evaluation mode treats every compound by itself, so the gradient of output f_i(x) is the
encoder's vector-Jacobian product with df_i/dz at that compound alone. What a loss or a likelihood
needs is this gradient times a number per label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.network import Network
    from auditor.training.trained import Trained

CHUNK_BYTES = 1 << 28
"""Gradients held at once."""
BATCH = 128
LOOK_UP = 4096  # compounds whose labels are laid out as a table at once


@dataclass(frozen=True)
class Cells:
    """Measured labels, by compound.

    Parameters
    ----------
    compounds, tasks
        Of each label (c,); compounds ascend.
    labels
        As trained on (c,): regression labels standardised.
    """

    compounds: NDArray[np.int64]
    tasks: NDArray[np.int64]
    labels: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.compounds)

    def take(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Cells:
        """Return some of the labels, in the order of the compounds."""
        at = np.flatnonzero(keep) if keep.dtype == np.bool_ else np.sort(keep)
        return Cells(self.compounds[at], self.tasks[at], self.labels[at])

    def by_compound(self) -> Iterator[slice]:
        """Yield the stretch of labels of each compound."""
        yield from self._stretches(1)

    def in_batches(self, size: int) -> Iterator[slice]:
        """Yield stretches of labels of some compounds each."""
        yield from self._stretches(size)

    def _stretches(self, size: int) -> Iterator[slice]:
        starts = np.flatnonzero(np.diff(self.compounds, prepend=-1))[::size]
        if len(starts) == 0:
            return
        for start, stop in zip(starts, [*starts[1:], len(self)], strict=True):
            yield slice(int(start), int(stop))


def training_cells(trained: Trained) -> Cells:
    """Return every label that the network was trained on."""
    return cells_of(trained, trained.split.train)


def cells_of(trained: Trained, chosen: NDArray[np.int64]) -> Cells:
    """Return every label of some compounds, of tasks that have a training label."""
    compounds, tasks, labels = [], [], []
    for part in torch.split(torch.from_numpy(np.sort(chosen)), LOOK_UP):
        targets = trained.targets.batch(part.to(trained.targets.starts.device))
        rows, columns = torch.nonzero(targets.measured > 0, as_tuple=True)
        compounds.append(part[rows.cpu()].numpy())
        tasks.append(columns.cpu().numpy())
        labels.append(targets.values[rows, columns].double().cpu().numpy())
    return Cells(np.concatenate(compounds), np.concatenate(tasks), np.concatenate(labels))


def head_slopes(network: Network, embeddings: torch.Tensor) -> torch.Tensor:
    """Return the derivatives of the outputs by the embeddings (b, t, h)."""
    hidden = network.heads.first(embeddings.detach()).requires_grad_()
    outputs = network.heads.finish(hidden)
    (by_hidden,) = torch.autograd.grad(outputs.sum(), hidden)  # no hidden unit has two tasks
    return network.heads.cotangents(by_hidden).transpose(0, 1)


@torch.no_grad()
def outputs_of(trained: Trained, cells: Cells) -> NDArray[np.float64]:
    """Return what the network gives for some labels (c,): logits, or standardised values."""
    found = np.empty(len(cells))
    for part in cells.in_batches(BATCH):
        compounds, owner = np.unique(cells.compounds[part], return_inverse=True)
        at = torch.from_numpy(compounds).to(trained.targets.starts.device)
        outputs = trained.network(trained.packed.batch(at)).double().cpu().numpy()
        found[part] = outputs[owner.reshape(-1), cells.tasks[part]]
    return found


def cell_gradients(
    trained: Trained, cells: Cells, advance: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[slice, torch.Tensor]]:
    """Yield the gradients of some labels' outputs by the shared parameters, exact, chunk by chunk.

    One backward pass per label, on a batch of one compound.

    Yields
    ------
    The stretch of labels and their gradients (p, d), in memory that the next chunk is written to.
    """
    network = trained.network
    shared = network.shared
    length = sum(parameter.numel() for parameter in shared)
    room = max(1, CHUNK_BYTES // (4 * length))
    rows = torch.empty(room, length, device=shared[0].device)
    start = 0
    for stretch in cells.by_compound():
        at = int(cells.compounds[stretch.start])
        embedding = network.encoder(trained.packed.batch(torch.tensor([at], device=rows.device)))
        slopes = head_slopes(network, embedding)  # (1, t, h)
        for place in range(stretch.start, stretch.stop):
            if place - start == room:
                yield slice(start, place), rows
                start = place
            task = int(cells.tasks[place])
            _fill(rows[place - start], embedding, slopes[:, task], shared)
        advance(1)
    yield slice(start, len(cells)), rows[: len(cells) - start]


def _fill(
    row: torch.Tensor,
    embedding: torch.Tensor,
    cotangent: torch.Tensor,
    shared: list[torch.nn.Parameter],
) -> None:
    gradients = torch.autograd.grad(embedding, shared, cotangent, retain_graph=True, materialize_grads=True)
    torch.cat([gradient.reshape(-1) for gradient in gradients], out=row)
