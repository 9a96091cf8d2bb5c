"""Therapeutics Data Commons: the ADMET benchmark group, the paper's 21 sets, and every single set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl
from mtl_audit_tdc.catalog import ADMET_GROUP, PAPER_21, SETS, TDC

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets
    from auditor.source.files import SourceFiles
    from auditor.source.rows import SourceData

LIBRARIES = ("PyTDC", "setuptools")


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register the two panels and one dataset per set."""
    for name, sets, summary, reference in (
        ("tdc-admet", ADMET_GROUP, "the 22 sets of TDC's ADMET benchmark group", TDC),
        ("tdc-21", PAPER_21, "21 ADMET sets of TDC, as audited by Cheng & Zhang 2026", TDC),
    ):
        register(
            name,
            _source(*sets),
            summary=summary,
            libraries=LIBRARIES,
            extra="tdc",
            reference=reference,
            licence="per set; TDC states CC BY 4.0 for most",
        )
    for row in SETS.values():
        register(
            f"tdc-{row.name}",
            _source(row.name),
            summary=row.description,
            libraries=LIBRARIES,
            extra="tdc",
            reference=row.citation,
            licence=row.licence,
        )


def _source(*sets: str) -> Callable[[SourceFiles], SourceData]:
    def read(files: SourceFiles) -> SourceData:
        from mtl_audit_tdc.source import read_sets

        return read_sets(files, sets)

    return read
