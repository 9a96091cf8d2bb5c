"""QM9: twelve computed properties of small organic molecules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register QM9."""
    register(
        "qm9",
        "mtl_audit_qm9.source:read_qm9",
        summary="12 quantum-chemical properties, 5,000 molecules unless more are asked for",
        libraries=("deepchem",),
        extra="deepchem",
        reference="Ramakrishnan et al. 2014, Sci. Data 1, 140022",
        licence="CC0 1.0",
    )
