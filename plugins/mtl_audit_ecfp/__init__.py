"""A perceptron over circular fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer the fingerprint encoder."""
    register(
        "ecfp",
        "mtl_audit_ecfp.model:ecfp",
        summary="perceptron over Morgan fingerprints (options width, hidden, radius, bits, dropout)",
        needs=("torch",),
        extra="train",
        reference="Rogers & Hahn 2010, doi:10.1021/ci100050t",
    )
