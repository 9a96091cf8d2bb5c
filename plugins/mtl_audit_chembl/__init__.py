"""ChEMBL: inhibition of protein kinases, asked from ChEMBL's web API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register the kinase panel and its JAK family."""
    for name, attribute, summary in (
        ("chembl-kinase", "read_kinase", "inhibition of 20 kinases: CDK, JAK, EGFR, Aurora, SRC"),
        ("chembl-jak", "read_jak", "inhibition of the four kinases of the JAK family"),
    ):
        register(
            name,
            f"mtl_audit_chembl.source:{attribute}",
            summary=summary,
            needs=("requests",),
            extra="chembl",
            reference="Zdrazil et al. 2024, Nucleic Acids Res. 52, D1180",
            licence="CC BY-SA 3.0",
        )
