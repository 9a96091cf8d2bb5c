"""An attention encoder over the tokens of SMILES, new or from a folder of trained weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the attention encoder."""
    register(
        "transformer",
        "mtl_audit_transformer.model:transformer",
        summary="attention over the tokens of SMILES, new or trained (options weights, layers, hidden, "
        "heads, length, width, dropout)",
        needs=("torch",),
        extra="train",
        reference="Vaswani et al. 2017, arXiv 1706.03762; RoBERTa, arXiv 1907.11692",
    )
