"""Graph encoders: a graph convolutional and a graph attention network on PyTorch Geometric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the two graph encoders."""
    register(
        "gcn",
        "mtl_audit_gnn.models:gcn",
        summary="graph convolutional network over atoms and bonds (options layers, width, dropout)",
        needs=("torch", "torch-geometric"),
        extra="train",
        reference="Kipf & Welling 2017, arXiv 1609.02907",
    )
    register(
        "gat",
        "mtl_audit_gnn.models:gat",
        summary="graph attention network over atoms and bonds (options layers, width, heads, dropout)",
        needs=("torch", "torch-geometric"),
        extra="train",
        reference="Velickovic et al. 2018, arXiv 1710.10903",
    )
