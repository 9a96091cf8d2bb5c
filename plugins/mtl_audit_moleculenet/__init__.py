"""MoleculeNet: its single- and multi-task sets, and nine of them side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.plugin.hooks import hookimpl
from mtl_audit_moleculenet.catalog import MOLECULENET, SETS

if TYPE_CHECKING:
    from auditor.plugin.registration import RegisterDatasets
    from auditor.source.files import SourceFiles
    from auditor.source.rows import SourceData

ELSEWHERE = frozenset({"sider"})
"""Sets in the catalog that a plugin of their own registers."""


@hookimpl
def register_datasets(register: RegisterDatasets) -> None:
    """Register one dataset per set, the 17 tasks of ToxCast, and the panel."""
    for row in SETS.values():
        if row.name in ELSEWHERE:
            continue
        register(
            row.name,
            _source(row.name),
            summary=row.description,
            libraries=("deepchem",),
            extra="deepchem",
            reference=f"{row.citation}; {MOLECULENET}",
            licence=row.licence,
        )
    register(
        "toxcast-17",
        "mtl_audit_moleculenet.source:read_toxcast_17",
        summary="17 ToxCast read-outs, as audited by Cheng & Zhang 2026",
        libraries=("deepchem",),
        extra="deepchem",
        reference=f"{SETS['toxcast'].citation}; {MOLECULENET}",
        licence=SETS["toxcast"].licence,
    )
    register(
        "moleculenet",
        "mtl_audit_moleculenet.source:read_panel",
        summary="nine MoleculeNet sets side by side: which compounds do they share",
        libraries=("deepchem",),
        extra="deepchem",
        reference=MOLECULENET,
        licence="per set",
    )


def _source(name: str) -> Callable[[SourceFiles], SourceData]:
    def read(files: SourceFiles) -> SourceData:
        from mtl_audit_moleculenet.source import read_set

        return read_set(files, name)

    return read
