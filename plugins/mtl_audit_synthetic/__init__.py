"""A generated benchmark whose true relations between tasks are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register the generated benchmark."""
    register(
        "synthetic",
        "mtl_audit_synthetic.source:read_synthetic",
        summary="generated molecules and tasks of a designed, signed correlation",
        reference="design after Cheng & Zhang 2026, arXiv 2604.07848, G.2",
        licence="none needed: generated on this machine",
    )
