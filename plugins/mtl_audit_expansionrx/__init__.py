"""ExpansionRx: nine ADME end points of one company's drug discovery programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register the training part of the OpenADMET ExpansionRx challenge."""
    register(
        "expansionrx",
        "mtl_audit_expansionrx.source:read_expansionrx",
        summary="9 ADME end points of 5,326 compounds, OpenADMET ExpansionRx challenge, training part",
        reference="OpenADMET & Expansion Therapeutics 2025, ExpansionRx-OpenADMET blind challenge",
        licence="CC BY 4.0",
    )
