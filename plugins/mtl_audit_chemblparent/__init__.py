"""ChEMBL's own rules for what one compound is, as an identity level beside the tool's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterIdentities


@hookimpl
def register_identities(register: RegisterIdentities) -> None:
    """Register the parent of the ChEMBL structure pipeline."""
    register(
        "chembl-parent",
        "mtl_audit_chemblparent.level:chembl_parent",
        summary="standard InChIKey of the parent by the ChEMBL structure pipeline",
        needs=("chembl-structure-pipeline", "rdkit"),
        extra="chembl-structure",
        reference="Bento et al. 2020, J. Cheminform. 12, 51, doi:10.1186/s13321-020-00456-1",
    )
