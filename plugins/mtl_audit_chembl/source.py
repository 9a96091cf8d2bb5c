"""From ChEMBL's activity rows to one table per target and type of measurement."""

from __future__ import annotations

import collections
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.source.rows import SourceData, Task, TaskTable
from mtl_audit_chembl.account import fate, left_out, number, pooling, repeated, small
from mtl_audit_chembl.extract import TYPES, Extract, download, read_extract
from mtl_audit_chembl.panel import JAK, KINASES, Target

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles

KINASE_FILE = "chembl/kinase.json.gz"
JAK_FILE = "chembl/jak.json.gz"
PUBLIC_API = "https://www.ebi.ac.uk/chembl/api/data"
CITATION = "Zdrazil et al. 2024, The ChEMBL Database in 2023, Nucleic Acids Res. 52, D1180"
LICENCE = "CC BY-SA 3.0"
DEFECTS = (
    "Values of one task come from many papers and assays, binding and cellular ones together.",
    "Compounds are mostly measured on the kinase that they were made for and on its relatives.",
)


def read_kinase(
    files: SourceFiles,
    *,
    types: str = "IC50,Ki,Kd",
    pool: bool = False,
    mutants: bool = False,
    min_compounds: int = 50,
    url: str = "",
) -> SourceData:
    """Return pChEMBL values of the 20 kinases of the published panel, from ChEMBL.

    By default a task is one target and one type of measurement, such as ``CDK2 IC50``: IC50 depends on
    the substrate concentration of its assay, Ki and Kd do not. Only exact values (relation ``=``)
    that no validity comment doubts, measured on the wild-type protein, are taken; the notes
    count everything else. Replicates stay apart: settling them is the core's.

    There is no published size: it grows with every release of ChEMBL, which the notes name. The
    notes also carry the known defects.

    Parameters
    ----------
    files
        Where an extract is looked for (``chembl/kinase.json.gz``) before the API is asked.
    types
        Types of measurement, of IC50, Ki and Kd, with commas between.
    pool
        One task per target, all its types together.
    mutants
        Keep rows measured on a mutated protein.
    min_compounds
        Leave out tasks with fewer distinct SMILES.
    url
        Base address of the API; default ``MTL_AUDIT_CHEMBL_URL``, else the public one. It is asked
        only where neither cache nor mirror holds an extract.

    Raises
    ------
    DataError
        ChEMBL cannot be read, or a target is not the protein it should be.
    UsageError
        An option makes no sense.
    """
    choice = _choice(types, pool, mutants, min_compounds)
    return _read(files, KINASES, (KINASE_FILE,), choice, url)


def read_jak(
    files: SourceFiles,
    *,
    types: str = "IC50,Ki,Kd",
    pool: bool = False,
    mutants: bool = False,
    min_compounds: int = 50,
    url: str = "",
) -> SourceData:
    """Return pChEMBL values of JAK1, JAK2, JAK3 and TYK2; everything else as in `read_kinase`."""
    choice = _choice(types, pool, mutants, min_compounds)
    return _read(files, JAK, (JAK_FILE, KINASE_FILE), choice, url)


@dataclass(frozen=True)
class Choice:
    """What of the measurements is wanted, and how it is divided into tasks."""

    types: tuple[str, ...]
    pool: bool
    mutants: bool
    min_compounds: int


def _choice(types: str, pool: bool, mutants: bool, min_compounds: int) -> Choice:
    known = {name.lower(): name for name in TYPES}
    asked = [part.strip().lower() for part in types.split(",") if part.strip()]
    if not asked or any(name not in known for name in asked):
        raise UsageError(f"types={types} is not a choice of {', '.join(TYPES)}", hint="types=IC50,Ki")
    if min_compounds < 1:
        raise UsageError(f"min_compounds={min_compounds} is below 1", hint="min_compounds=50")
    return Choice(tuple(name for name in TYPES if name.lower() in asked), pool, mutants, min_compounds)


def _read(
    files: SourceFiles, panel: Sequence[Target], names: Sequence[str], choice: Choice, url: str
) -> SourceData:
    address = _address(url)
    path = next((found for name in names if (found := files.find(name))), None)
    if path is None and files.offline:
        raise DataError(
            f"{names[0]}: no extract of ChEMBL is in the cache or the mirror, and --offline was given",
            hint=f"run once online, or put the {names[0]} of another machine's cache into a mirror",
        )
    if path is None:
        path = download(files, names[0], panel, url=address)
    return _source_data(read_extract(path, panel), panel, choice)


def _address(url: str) -> str:
    address = url or os.environ.get("MTL_AUDIT_CHEMBL_URL") or PUBLIC_API
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"'{address}' is not the address of a web API", hint=f"url={PUBLIC_API}")
    return address


def _source_data(extract: Extract, panel: Sequence[Target], choice: Choice) -> SourceData:
    known = {target.chembl_id for target in panel}
    rows = [
        row
        for row in extract.activities
        if row["standard_type"] in choice.types and row["target_chembl_id"] in known
    ]
    fates = [fate(row, choice.mutants) for row in rows]
    good = [row for row, (reason, _) in zip(rows, fates, strict=True) if not reason]
    tables = list(_tables(good, panel, choice))
    kept = tuple(table for table in tables if len(set(table.smiles)) >= choice.min_compounds)
    if not kept:
        raise DataError(
            f"no task of {len(tables)} has {choice.min_compounds:,} compounds",
            hint="lower min_compounds",
        )
    notes = [
        f"{extract.release} ({extract.released or 'no date stated'}): {len(rows):,} values of "
        f"{len(panel)} targets ({', '.join(choice.types)}), {len(good):,} of them used.",
        left_out(fates),
        pooling(choice.types, choice.pool),
        small(tables, choice.min_compounds),
        repeated(good),
        *DEFECTS,
    ]
    return SourceData(kept, notes=tuple(filter(None, notes)), licence=LICENCE, citation=CITATION)


def _tables(
    rows: Iterable[Mapping[str, Any]], panel: Sequence[Target], choice: Choice
) -> Iterable[TaskTable]:
    """Yield a table per target and type, or per target, in the order of the panel."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = collections.defaultdict(list)
    for row in rows:
        found[row["target_chembl_id"], "" if choice.pool else row["standard_type"]].append(row)
    for target in panel:
        for kind in ("",) if choice.pool else choice.types:
            own = found[target.chembl_id, kind]
            what = kind or ", ".join(choice.types)
            task = Task(
                name=f"{target.gene} {kind}".strip(),
                kind="regression",
                unit="-log10(mol/L)",
                description=f"{what} on human {target.gene} ({target.chembl_id})",
                low=0.0,
                high=14.0,
                domain=target.family,
            )
            values = np.array([number(row["pchembl_value"]) for row in own], dtype=np.float64)
            yield TaskTable(task, tuple(str(row["canonical_smiles"]) for row in own), values)
