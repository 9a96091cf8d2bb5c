"""Compose the panel from the sources of TDC and MoleculeNet.

Cheng & Zhang 2026 join eight Tox21 assays with eight ADME tasks, the best covered ones among the compounds
of Tox21, and call the overlap complete. It is not: a compound needs a single ADME value. Two of the eight
are published twice: the lipophilicity of AstraZeneca comes from TDC and from MoleculeNet, and nearly
all of ESOL is contained in AqSolDB. All rows are kept here; the core finds duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor import console
from auditor.chemistry.levels import canonical, parse
from auditor.source.rows import SourceData, TaskTable

if TYPE_CHECKING:
    from auditor.source.files import SourceFiles

TOXICITY = (
    "NR-AR", "SR-ATAD5", "NR-ER-LBD", "SR-p53", "NR-AR-LBD", "SR-HSE", "NR-AhR", "NR-PPAR-gamma",
)  # fmt: skip
TDC_SETS = (
    "solubility_aqsoldb", "bioavailability_ma", "lipophilicity_astrazeneca", "cyp2d6_veith",
    "cyp2c9_veith",
)  # fmt: skip
MOLECULENET_SETS = ("esol", "lipophilicity", "freesolv")
ADME = (
    "solubility_aqsoldb", "esol", "bioavailability_ma", "lipophilicity_astrazeneca", "lipophilicity",
    "freesolv", "cyp2d6_veith", "cyp2c9_veith",
)  # fmt: skip
PAPER_COMPOUNDS = 3_410
DUPLICATES = (
    "lipophilicity_astrazeneca (TDC) and lipophilicity (MoleculeNet) are the same 4,200 measurements: "
    "one task published twice.",
    "esol is nearly contained in solubility_aqsoldb: 1,099 of its 1,117 compounds are there too, by "
    "canonical SMILES.",
)


def read_tox21_adme(files: SourceFiles, *, paper_filter: bool = False) -> SourceData:
    """Return eight Tox21 assays (domain ``toxicity``) and eight ADME tasks (domain ``ADME``).

    Citations, licences, units and known defects are those of the sets. Published sizes: 7,831 rows of
    Tox21, and per ADME set as its own source states.

    Parameters
    ----------
    files
        Where the published files come from.
    paper_filter
        Keep only compounds of Tox21 that have a value in one of the eight ADME tasks, by canonical
        SMILES, as the published audit trained on. The default keeps all published rows.

    Raises
    ------
    DataError
        A file is not to be had, or its library cannot read it.
    """
    from mtl_audit_moleculenet.source import read_set
    from mtl_audit_tdc.source import read_sets

    parts = [
        read_set(files, "tox21"),
        *(read_set(files, name) for name in MOLECULENET_SETS),
        read_sets(files, TDC_SETS),
    ]
    tables = _tables(parts)
    notes = [*DUPLICATES, *(note for part in parts for note in part.notes)]
    if paper_filter:
        tables, kept = _restricted(tables, parts[0].tables)
        notes.insert(0, _filter_note(kept))
    return SourceData(
        tables=tables,
        notes=tuple(notes),
        licence="; ".join(dict.fromkeys(part.licence for part in parts)),
        citation="; ".join(dict.fromkeys(part.citation for part in parts)),
    )


def _tables(parts: Sequence[SourceData]) -> tuple[TaskTable, ...]:
    """Return the sixteen tables in the order of the panel, named by task or by set."""
    toxicity = {table.task.name: table for table in parts[0].tables}
    adme = {table.task.name: table for table in parts[-1].tables}
    for name, part in zip(MOLECULENET_SETS, parts[1:-1], strict=True):
        (table,) = part.tables
        adme[name] = TaskTable(replace(table.task, name=name), table.smiles, table.values)
    return (
        *(_of(toxicity[name], "toxicity") for name in TOXICITY),
        *(_of(adme[name], "ADME") for name in ADME),
    )


def _of(table: TaskTable, domain: str) -> TaskTable:
    return TaskTable(replace(table.task, domain=domain), table.smiles, table.values)


def _restricted(
    tables: Sequence[TaskTable], tox21: Sequence[TaskTable]
) -> tuple[tuple[TaskTable, ...], int]:
    """Return the rows of compounds that Tox21 lists and an ADME task measures, and their number.

    Rows whose SMILES cannot be read stay, for the core to count and name.
    """
    names = _canonical(text for table in (*tables, *tox21) for text in table.smiles)
    listed = {names[text] for table in tox21 for text in table.smiles}
    adme = [table for table in tables if table.task.domain == "ADME"]
    kept = listed & {names[text] for table in adme for text in table.smiles}
    out = []
    for table in tables:
        rows = [i for i, text in enumerate(table.smiles) if not names[text] or names[text] in kept]
        smiles = tuple(table.smiles[i] for i in rows)
        out.append(TaskTable(table.task, smiles, table.values[rows]))
    return tuple(out), len(kept - {""})


def _canonical(texts: Iterable[str]) -> dict[str, str]:
    """Return the canonical SMILES of every text, empty where it cannot be read."""
    from rdkit import rdBase

    distinct = list(dict.fromkeys(texts))
    names: dict[str, str] = {}
    with rdBase.BlockLogs(), console.progress("naming compounds", len(distinct)) as advance:
        for text in distinct:
            try:
                names[text] = canonical(text, parse(text))
            except ValueError:
                names[text] = ""
            advance(1)
    return names


def _filter_note(kept: int) -> str:
    return (
        f"Restricted to the {kept:,} compounds of Tox21 with a value in one of the eight ADME tasks. "
        f"The published audit has {PAPER_COMPOUNDS:,}: it counted compounds of up to 17 ADME sets, of "
        "which it names these eight."
    )
