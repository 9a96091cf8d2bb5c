"""The layers of PyTorch Geometric, imported without what it says of itself."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore"
    )  # it calls torch.jit.script, which torch tells every user to be deprecated
    from torch_geometric.nn import GATConv, GCNConv

__all__ = ["GATConv", "GCNConv"]
