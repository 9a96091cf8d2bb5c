"""Random projections of per-label gradients: short vectors that keep inner products.

Two exact ways lead to P^T q for every label. By labels: one backward pass per label, then a product
with P. By directions: for each column p of P, the Jacobian of the embeddings times p for a whole batch
at once, from which the labels of all tasks follow by products with the heads' slopes; it is the
derivative by u of <J^T u, p>, so that any encoder with ordinary backward passes will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from auditor.affinity.probe.per_sample import BATCH, Cells, cell_gradients, head_slopes, outputs_of
from auditor.errors import PluginError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.trained import Trained

Route = Literal["labels", "directions"]
PROBED = 48
"""Labels whose exact gradients tell the error of the projection."""
_COLUMNS = 1 << 13  # of P turned to floats at once


@dataclass(frozen=True)
class Projected:
    """Projected gradients of some labels.

    Parameters
    ----------
    outputs
        What the network gives for each label (c,): f0 of the linearised model.
    gradients
        P^T q (c, k), float32, so that <P^T q, P^T q'> estimates <q, q'>.
    """

    outputs: NDArray[np.float64]
    gradients: NDArray[np.float32]


def signs(length: int, directions: int, *, seed: int) -> torch.Tensor:
    """Return random signs (k, d), a byte each: the columns of P times the root of k."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(0, 2, (directions, length), dtype=torch.int8, generator=generator)
    return drawn.mul_(2).sub_(1)


def project(
    trained: Trained,
    cells: Cells,
    *,
    directions: int,
    seed: int,
    route: Route | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Projected:
    """Return the projected gradients of some labels' outputs by the shared parameters.

    Parameters
    ----------
    directions
        k; an inner product of unit vectors with cosine c gets the error sqrt((1 + c^2) / k).
    seed
        Of P, whose entries are +-1/sqrt(k). It takes k d bytes.
    route
        Which way to go; the one that should need fewer operations if None.
    advance
        Called as compounds are done.

    Reference
    ---------
    Li, Sharma & Zhang 2024, KDD (Grad-TAG); Achlioptas 2003, doi 10.1016/S0022-0000(03)00025-4.
    """
    device = trained.network.shared[0].device
    drawn = signs(_length(trained), directions, seed=seed).to(device)
    way = route or cheaper_route(trained, cells, directions)
    made = _by_labels if way == "labels" else _by_directions
    return Projected(outputs_of(trained, cells), made(trained, cells, drawn, advance))


def cheaper_route(trained: Trained, cells: Cells, directions: int) -> Route:
    """Return the way with fewer floating-point operations; the same on every machine.

    A label costs a backward pass (twice a forward) and 2 k d for the product; a direction costs a
    compound 2.5 forwards, as measured on the built-in encoders.
    """
    from torch.utils.flop_counter import FlopCounterMode

    compounds = np.unique(cells.compounds)[:BATCH]
    batch = trained.packed.batch(torch.from_numpy(compounds).to(trained.targets.starts.device))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        trained.network.encoder(batch)
    forward = counter.get_total_flops() / len(compounds)
    labels = len(cells) / len(np.unique(cells.compounds))
    by_labels = labels * (3 * forward + 2 * directions * _length(trained))
    return "labels" if by_labels <= 2.5 * directions * forward else "directions"


def projection_error(trained: Trained, cells: Cells, projected: Projected, *, seed: int) -> float:
    """Return the root mean squared error that the projection leaves in the cosines of gradients.

    Measured on some labels whose gradients are computed in full; NaN with fewer than two.
    """
    if len(cells) < 2:
        return math.nan
    rng = np.random.default_rng(seed)
    some = np.sort(rng.choice(len(cells), size=min(PROBED, len(cells)), replace=False))
    rows = [part.double().clone() for _, part in cell_gradients(trained, cells.take(some))]
    exact = _cosines(torch.cat(rows).cpu().numpy())
    short = _cosines(projected.gradients[some].astype(np.float64))
    pairs = np.triu_indices(len(some), 1)
    return float(np.sqrt(np.nanmean((exact - short)[pairs] ** 2)))


def _by_labels(
    trained: Trained, cells: Cells, drawn: torch.Tensor, advance: Callable[[int], None]
) -> NDArray[np.float32]:
    directions, length = drawn.shape
    found = np.empty((len(cells), directions), dtype=np.float32)
    for part, rows in cell_gradients(trained, cells, advance):
        short = rows.new_zeros(len(rows), directions)
        for start in range(0, length, _COLUMNS):
            block = slice(start, start + _COLUMNS)
            short.addmm_(rows[:, block], drawn[:, block].float().T)
        found[part] = (short / math.sqrt(directions)).cpu().numpy()
    return found


def _by_directions(
    trained: Trained, cells: Cells, drawn: torch.Tensor, advance: Callable[[int], None]
) -> NDArray[np.float32]:
    found = np.empty((len(cells), len(drawn)), dtype=np.float32)
    for part in cells.in_batches(BATCH):
        compounds, owner = np.unique(cells.compounds[part], return_inverse=True)
        batch = trained.packed.batch(torch.from_numpy(compounds).to(drawn.device))
        embeddings = trained.network.encoder(batch)
        slopes = head_slopes(trained.network, embeddings)
        tangents = _tangents(trained, embeddings, drawn)  # (b, h, k)
        short = torch.bmm(slopes, tangents) / math.sqrt(len(drawn))  # (b, t, k)
        at = torch.from_numpy(owner.reshape(-1)), torch.from_numpy(cells.tasks[part])
        found[part] = short.cpu()[at].numpy()
        advance(len(compounds))
    return found


def _tangents(trained: Trained, embeddings: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
    """Return the Jacobian of the embeddings times every direction (b, h, k).

    Raises
    ------
    PluginError
        The encoder uses an operation that cannot be differentiated twice.
    """
    shared = trained.network.shared
    sizes = [parameter.numel() for parameter in shared]
    dual = torch.zeros_like(embeddings, requires_grad=True)
    pulled = torch.autograd.grad(
        embeddings, shared, dual, create_graph=True, materialize_grads=True
    )  # J^T u, linear in u
    reached = [index for index, gradient in enumerate(pulled) if gradient.requires_grad]
    found = embeddings.new_empty(*embeddings.shape, len(drawn))
    for index, direction in enumerate(drawn):
        pieces = direction.float().split(sizes)
        vectors = [pieces[i].view_as(shared[i]) for i in reached]
        try:
            (change,) = torch.autograd.grad([pulled[i] for i in reached], dual, vectors, retain_graph=True)
        except RuntimeError as error:
            raise PluginError(
                f"the encoder's gradient cannot be differentiated again: {error}",
                hint="project its gradients label by label: --affinity-option grad-tag.route=labels",
            ) from error
        found[:, :, index] = change
    return found


def _length(trained: Trained) -> int:
    return sum(parameter.numel() for parameter in trained.network.shared)


def _cosines(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    gram = rows @ rows.T
    norms = np.sqrt(np.diag(gram))
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines: NDArray[np.float64] = gram / np.outer(norms, norms)
    return cosines
