"""The message passing of chemprop 2 as an encoder, for whoever trains with chemprop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterEncoders


@hookimpl
def register_encoders(register: RegisterEncoders) -> None:
    """Offer chemprop's encoder."""
    register(
        "chemprop",
        "mtl_audit_chemprop.model:chemprop",
        summary="chemprop's own message passing along directed bonds (options width, depth, dropout)",
        needs=("torch", "chemprop"),
        extra="chemprop",
        reference="Heid et al. 2024, doi:10.1021/acs.jcim.3c01250",
    )
