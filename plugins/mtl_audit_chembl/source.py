"""From ChEMBL's activity rows to one table per target and type of measurement."""

from __future__ import annotations

import collections
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.dataset import SourceData, Task, TaskTable
from auditor.errors import DataError, UsageError
from mtl_audit_chembl.extract import TYPES, Extract, download, read_extract
from mtl_audit_chembl.panel import JAK, KINASES, Target

if TYPE_CHECKING:
    from auditor.files import SourceFiles

KINASE_FILE = "chembl/kinase.json.gz"
JAK_FILE = "chembl/jak.json.gz"
PUBLIC_API = "https://www.ebi.ac.uk/chembl/api/data"
CITATION = "Zdrazil et al. 2024, The ChEMBL Database in 2023, Nucleic Acids Res. 52, D1180"
LICENCE = "CC BY-SA 3.0"
VALIDATED = "Manually validated"
"""The one validity comment that speaks for a value; ChEMBL gives such rows a pChEMBL value."""
RELATION, VALIDITY, MUTANT = "relation", "validity", "mutant"
NO_VALUE, NO_STRUCTURE = "no pChEMBL value", "no structure"


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

    Known defects: values of one task come from hundreds of papers and differ by assay; binding and
    cellular assays are mixed; compounds are measured on the kinases their makers aimed at, so
    that overlap follows the families. Size: not fixed, it grows with every release of ChEMBL.

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
        Base address of the API; default ``MTL_AUDIT_CHEMBL_URL``, else the public one.

    Raises
    ------
    DataError
        ChEMBL cannot be read, or a target is not the protein it should be.
    UsageError
        An option makes no sense.
    """
    return _read(files, KINASES, (KINASE_FILE,), types, pool, mutants, min_compounds, url)


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
    return _read(files, JAK, (JAK_FILE, KINASE_FILE), types, pool, mutants, min_compounds, url)


def _read(
    files: SourceFiles,
    panel: Sequence[Target],
    names: Sequence[str],
    types: str,
    pool: bool,
    mutants: bool,
    min_compounds: int,
    url: str,
) -> SourceData:
    chosen = _types(types)
    address = _address(url)
    path = next((found for name in names if (found := files.find(name))), None)
    if path is None and files.offline:
        raise DataError(
            f"{names[0]}: no extract of ChEMBL is in the cache or the mirror, and --offline was given",
            hint=f"run once online, or put the {names[0]} of another machine's cache into a mirror",
        )
    if path is None:
        path = download(files, names[0], panel, url=address)
    return _source_data(read_extract(path, panel), panel, chosen, pool, mutants, min_compounds)


def _types(text: str) -> tuple[str, ...]:
    known = {name.lower(): name for name in TYPES}
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not asked or any(name not in known for name in asked):
        raise UsageError(f"types={text} is not a choice of {', '.join(TYPES)}", hint="types=IC50,Ki")
    return tuple(name for name in TYPES if name.lower() in asked)


def _address(url: str) -> str:
    address = url or os.environ.get("MTL_AUDIT_CHEMBL_URL") or PUBLIC_API
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"'{address}' is not the address of a web API", hint=f"url={PUBLIC_API}")
    return address


def _source_data(
    extract: Extract,
    panel: Sequence[Target],
    types: Sequence[str],
    pool: bool,
    mutants: bool,
    min_compounds: int,
) -> SourceData:
    known = {target.chembl_id for target in panel}
    rows = [
        row
        for row in extract.activities
        if row["standard_type"] in types and row["target_chembl_id"] in known
    ]
    fates = [_fate(row, mutants) for row in rows]
    good = [row for row, (fate, _) in zip(rows, fates, strict=True) if not fate]
    tables = list(_tables(good, panel, types, pool))
    kept = tuple(table for table in tables if len(set(table.smiles)) >= min_compounds)
    if not kept:
        raise DataError(
            f"no task of {len(tables)} has {min_compounds:,} compounds", hint="lower min_compounds"
        )
    notes = [
        f"{extract.release} ({extract.released or 'no date stated'}): {len(rows):,} values of "
        f"{len(panel)} targets ({', '.join(types)}), {len(good):,} of them used.",
        _left_out(fates),
        _pooling(types, pool),
        _small(tables, min_compounds),
        _repeated(good),
    ]
    return SourceData(kept, notes=tuple(filter(None, notes)), licence=LICENCE, citation=CITATION)


def _fate(row: Mapping[str, Any], mutants: bool) -> tuple[str, str]:
    """Return why a row is left out and the detail of it; two empty texts where it is used."""
    relation, comment = row["standard_relation"], row["data_validity_comment"]
    if relation != "=":
        return RELATION, str(relation or "none stated")
    if comment and comment != VALIDATED:
        return VALIDITY, str(comment)
    if row["assay_variant_mutation"] and not mutants:
        return MUTANT, ""
    if not math.isfinite(_number(row["pchembl_value"])):
        return NO_VALUE, ""
    return ("", "") if row["canonical_smiles"] else (NO_STRUCTURE, "")


def _number(text: object) -> float:
    try:
        return float(str(text))
    except ValueError:
        return math.nan


def _tables(
    rows: Iterable[Mapping[str, Any]], panel: Sequence[Target], types: Sequence[str], pool: bool
) -> Iterable[TaskTable]:
    """Yield a table per target and type, or per target, in the order of the panel."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = collections.defaultdict(list)
    for row in rows:
        found[row["target_chembl_id"], "" if pool else row["standard_type"]].append(row)
    for target in panel:
        for kind in ("",) if pool else types:
            own = found[target.chembl_id, kind]
            task = Task(
                name=f"{target.gene} {kind}".strip(),
                kind="regression",
                unit="-log10(mol/L)",
                description=f"{kind or ', '.join(types)} on human {target.gene} ({target.chembl_id})",
                low=0.0,
                high=14.0,
                domain=target.family,
            )
            values = np.array([_number(row["pchembl_value"]) for row in own], dtype=np.float64)
            yield TaskTable(task, tuple(str(row["canonical_smiles"]) for row in own), values)


def _left_out(fates: Sequence[tuple[str, str]]) -> str:
    reasons = collections.Counter(reason for reason, _ in fates if reason)
    said = {
        RELATION: "with a relation other than '='",
        VALIDITY: "that a validity comment doubts",
        MUTANT: "measured on a mutated protein",
        NO_VALUE: "without a pChEMBL value",
        NO_STRUCTURE: "without a structure",
    }
    parts = []
    for reason, words in said.items():
        details = collections.Counter(d for r, d in fates if r == reason and d).most_common()
        listed = ", ".join(f"{detail} {count:,}" for detail, count in details)
        if reasons[reason]:
            parts.append(f"{reasons[reason]:,} {words}" + (f" ({listed})" if listed else ""))
    return f"Left out: {'; '.join(parts)}." if parts else ""


def _pooling(types: Sequence[str], pool: bool) -> str:
    if len(types) == 1:
        return ""
    if pool:
        return f"{', '.join(types)} are pooled: a task holds values of different quantities."
    return (
        "Tasks of one target in several types measure one interaction: they are related by "
        "construction."
    )


def _small(tables: Sequence[TaskTable], min_compounds: int) -> str:
    sizes = [(table.task.name, len(set(table.smiles))) for table in tables]
    small = [f"{name} ({size})" for name, size in sizes if size < min_compounds]
    return f"Tasks with fewer than {min_compounds} compounds left out: {', '.join(small)}." if small else ""


def _repeated(rows: Sequence[Mapping[str, Any]]) -> str:
    flagged = sum(bool(row["potential_duplicate"]) for row in rows)
    if not flagged:
        return ""
    return f"{flagged:,} values are kept that ChEMBL takes for copies of values in earlier papers."
