"""What a step down one task's gradient does to every task's loss on the same batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from auditor.errors import UsageError
from auditor.training.dropout import Dropout
from auditor.training.logging.gradients import split_like
from auditor.training.loss import Targets, masked_losses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.training.logging.gradients import Logged
    from auditor.training.network import Network


@dataclass(frozen=True)
class Moment:
    """The random states and buffers of a network, to which it can be set back.

    A forward pass from here draws the same dropout masks, and normalises by its own batch.
    """

    generators: tuple[torch.Tensor, ...]
    buffers: tuple[torch.Tensor, ...]
    common: torch.Tensor

    @classmethod
    def of(cls, network: Network) -> Moment:
        """Return where a network is now."""
        return cls(
            tuple(dropout.generator.get_state() for dropout in _dropouts(network)),
            tuple(buffer.clone() for buffer in network.buffers()),
            torch.get_rng_state(),
        )

    def restore(self, network: Network) -> None:
        """Set the network back to it."""
        for dropout, state in zip(_dropouts(network), self.generators, strict=True):
            dropout.generator.set_state(state)
        for buffer, saved in zip(network.buffers(), self.buffers, strict=True):
            buffer.copy_(saved)
        torch.set_rng_state(self.common)


@torch.no_grad()
def lookahead(
    network: Network,
    batch: object,
    targets: Targets,
    shared: Sequence[torch.nn.Parameter],
    logged: Logged,
    before: Moment,
    *,
    lr: float,
) -> NDArray[np.float64]:
    """Return how much each task's loss falls after a step down each task's gradient.

    ``[s, r] = (1 - L_r(θ - lr g_s) / L_r(θ)) / lr``, with the dropout masks and the normalisation of
    the step that gave the gradients; the network is afterwards as it was.

    Parameters
    ----------
    logged
        The losses and gradient rows of the batch.
    before
        The network's moment before the forward pass that gave them.
    lr
        Length of the step, in units of the gradient.

    Returns
    -------
    Sources by recipients (t, t), NaN for tasks without a label in the batch.

    Raises
    ------
    UsageError
        The rows of all tasks were too many to be held.

    Reference
    ---------
    Fifty et al. 2021, NeurIPS (TAG), equation 1.
    """
    if logged.rows is None and len(logged.present):
        raise UsageError(
            "a lookahead needs the gradients of all tasks at once, which are too large here",
            hint="--affinity tag-linear needs only their inner products; or fewer --tasks",
        )
    found = np.full((len(logged.losses),) * 2, np.nan)
    after, start = Moment.of(network), [parameter.detach().clone() for parameter in shared]
    present = logged.present.cpu().numpy()
    rows = cast(torch.Tensor, logged.rows) if len(present) else ()
    for source, row in zip(present, rows, strict=True):
        for parameter, origin, gradient in zip(shared, start, split_like(row, shared), strict=True):
            torch.sub(origin, gradient, alpha=lr, out=parameter)
        before.restore(network)
        moved, _ = masked_losses(network(batch), targets)
        fall = 1 - (moved.double() / logged.losses.double())[logged.present]
        found[source, present] = (fall / lr).cpu().numpy()
    for parameter, origin in zip(shared, start, strict=True):
        parameter.copy_(origin)
    after.restore(network)
    found[np.isinf(found)] = np.nan  # a loss of exactly 0 cannot fall by a fraction
    return found


def _dropouts(network: Network) -> list[Dropout]:
    return [module for module in network.modules() if isinstance(module, Dropout)]
