"""Read SIDER through deepchem.molnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mtl_audit_moleculenet.source import read_set

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles
    from auditor.source.rows import SourceData


def read_sider(files: SourceFiles) -> SourceData:
    """Return the 27 system organ classes of SIDER 4 for the 1,427 drugs of MoleculeNet."""
    return read_set(files, "sider")
