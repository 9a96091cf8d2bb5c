"""SIDER: adverse reactions of marketed drugs in 27 organ classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register SIDER as MoleculeNet publishes it."""
    register(
        "sider",
        "mtl_audit_sider.source:read_sider",
        summary="27 organ classes of adverse reactions of marketed drugs",
        libraries=("deepchem",),
        extra="deepchem",
        reference="Kuhn et al. 2016, Nucleic Acids Res. 44, D1075",
        licence="CC BY-NC-SA 4.0",
    )
