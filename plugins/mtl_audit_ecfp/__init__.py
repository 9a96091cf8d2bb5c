"""Perceptrons over circular fingerprints, and over the features of examples that are no molecules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the fingerprint encoder and the one of features."""
    register(
        "ecfp",
        "mtl_audit_ecfp.model:ecfp",
        summary="perceptron over Morgan fingerprints (options width, hidden, radius, bits, dropout)",
        needs=("torch",),
        extra="train",
        reference="Rogers & Hahn 2010, doi:10.1021/ci100050t",
    )
    register(
        "mlp",
        "mtl_audit_ecfp.features:mlp",
        summary="perceptron over the columns of --features (options width, hidden, dropout)",
        needs=("torch",),
        extra="train",
        reads="features",
    )
