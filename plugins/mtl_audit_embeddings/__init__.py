"""An encoder over vectors that another program computed, such as those of a foundation model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the encoder over vectors of a file."""
    register(
        "embeddings",
        "mtl_audit_embeddings.model:embeddings",
        summary="perceptron over vectors from a file (options file, column, width, hidden, dropout)",
        needs=("torch",),
        extra="train",
    )
