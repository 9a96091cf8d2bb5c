"""A convolutional encoder over the characters of SMILES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the convolutional encoder."""
    register(
        "cnn",
        "mtl_audit_cnn.model:cnn",
        summary="1D convolutions over the characters of canonical SMILES (options width, channels, "
        "length, dropout)",
        needs=("torch",),
        extra="train",
        reference="Cheng & Zhang 2026, arXiv 2604.07848, appendix",
    )
