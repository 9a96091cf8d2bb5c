"""The graph convolution, with a neighbour sum that many gradients can pass through at once."""

from __future__ import annotations

from typing import Any

import torch

from mtl_audit_gnn.layers import GCNConv


class NeighbourSum(torch.autograd.Function):
    """The product of a symmetric sparse adjacency (a, a) with the atoms (a, h).

    It is its own adjoint. Several matrices of atoms are one product with their columns side by
    side; torch's own sparse product refuses them.
    """

    @staticmethod
    def forward(adjacency: torch.Tensor, atoms: torch.Tensor) -> torch.Tensor:
        """Return the weighted sums over neighbours (a, h)."""
        return adjacency @ atoms

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor, torch.Tensor], output: torch.Tensor) -> None:
        """Keep the adjacency for the derivatives."""
        ctx.adjacency = inputs[0]

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[None, torch.Tensor]:
        """Return the derivative by the atoms."""
        return None, neighbour_sum(ctx.adjacency, gradients[0])

    @staticmethod
    def vmap(
        info: Any, dims: tuple[int | None, int | None], adjacency: torch.Tensor, atoms: torch.Tensor
    ) -> tuple[torch.Tensor, int]:
        """Return the sums for several matrices of atoms over the same bonds."""
        assert dims[0] is None and dims[1] is not None, "one adjacency for the whole batch"
        columns = atoms.movedim(dims[1], 1)  # (a, batch, h)
        sums = neighbour_sum(adjacency, columns.flatten(1))
        return sums.view(columns.shape), 1


def neighbour_sum(adjacency: torch.Tensor, atoms: torch.Tensor) -> torch.Tensor:
    """Return the sums over neighbours, weighted by a symmetric adjacency (a, a)."""
    sums: torch.Tensor = NeighbourSum.apply(adjacency, atoms)  # type: ignore[no-untyped-call]
    return sums


class Convolution(GCNConv):  # type: ignore[misc]
    """PyTorch Geometric's graph convolution with that neighbour sum; values and parameters are its own."""

    def message_and_aggregate(self, edge_index: Any, x: torch.Tensor) -> torch.Tensor:
        """Return the sums over the neighbours of each atom (a, h)."""
        return neighbour_sum(edge_index, x)
