"""Toxicity and ADME side by side: the cross-domain panel of the published audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register the panel of eight toxicity and eight ADME tasks."""
    register(
        "tox21-adme",
        "mtl_audit_tox21adme.source:read_tox21_adme",
        summary="8 Tox21 assays and 8 ADME sets, as audited by Cheng & Zhang 2026",
        libraries=("PyTDC", "setuptools", "deepchem"),
        extra="tdc,deepchem",
        reference="Cheng & Zhang 2026, arXiv 2604.07848; each set has its own",
        licence="per set",
    )
