"""Which ChEMBL targets the kinases of the panel are.

Genes are the 20 that Cheng & Zhang 2026 list; identifiers are those of the human single proteins
in ChEMBL 33. The identifiers in the authors' scripts differ for five of them: CHEMBL3267, given for
both AURKB and CDK7, is PI3Kγ; CHEMBL3905, given for TYK2, is LYN; CHEMBL5606, given for AURKC, is
STK11; CHEMBL461, given for CDK4, is no human kinase. So no identifier is trusted: each is held
against the gene symbols that ChEMBL itself gives for it whenever the data are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.errors import DataError


@dataclass(frozen=True)
class Target:
    """A human protein in ChEMBL."""

    gene: str
    chembl_id: str
    family: str


KINASES = (
    Target("CDK1", "CHEMBL308", "CDK"),
    Target("CDK2", "CHEMBL301", "CDK"),
    Target("CDK4", "CHEMBL331", "CDK"),
    Target("CDK5", "CHEMBL4036", "CDK"),
    Target("CDK7", "CHEMBL3055", "CDK"),
    Target("CDK9", "CHEMBL3116", "CDK"),
    Target("JAK1", "CHEMBL2835", "JAK"),
    Target("JAK2", "CHEMBL2971", "JAK"),
    Target("JAK3", "CHEMBL2148", "JAK"),
    Target("TYK2", "CHEMBL3553", "JAK"),
    Target("EGFR", "CHEMBL203", "EGFR"),
    Target("ERBB2", "CHEMBL1824", "EGFR"),
    Target("ERBB4", "CHEMBL3009", "EGFR"),
    Target("AURKA", "CHEMBL4722", "Aurora"),
    Target("AURKB", "CHEMBL2185", "Aurora"),
    Target("AURKC", "CHEMBL3935", "Aurora"),
    Target("SRC", "CHEMBL267", "SRC"),
    Target("LCK", "CHEMBL258", "SRC"),
    Target("FYN", "CHEMBL1841", "SRC"),
    Target("LYN", "CHEMBL3905", "SRC"),
)

JAK = tuple(target for target in KINASES if target.family == "JAK")


def check_targets(panel: Iterable[Target], records: Sequence[Mapping[str, Any]]) -> None:
    """Refuse targets that are not what the panel takes them for.

    Parameters
    ----------
    panel
        The targets wanted.
    records
        ChEMBL's own records of them, as its target resource gives them.

    Raises
    ------
    DataError
        A target is not in ChEMBL, carries another gene, is not human, or is not one protein.
    """
    found = {str(record.get("target_chembl_id")): record for record in records}
    faults = [fault for target in panel if (fault := _fault(target, found.get(target.chembl_id)))]
    if faults:
        raise DataError(
            f"ChEMBL targets are not the proteins they should be: {'; '.join(faults)}",
            hint="nothing of them was used; report it as an error of the panel",
        )


def genes_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the gene symbols that ChEMBL gives for a target, in its order."""
    components = record.get("target_components") or []
    synonyms = [s for c in components for s in c.get("target_component_synonyms") or []]
    symbols = (s.get("component_synonym") for s in synonyms if s.get("syn_type") == "GENE_SYMBOL")
    return tuple(dict.fromkeys(str(symbol) for symbol in symbols if symbol))


def _fault(target: Target, record: Mapping[str, Any] | None) -> str:
    who = f"{target.chembl_id} should be {target.gene}"
    if record is None:
        return f"{who}, but ChEMBL has no such target"
    genes = genes_of(record)
    if target.gene.upper() not in {gene.upper() for gene in genes}:
        name = record.get("pref_name") or "no name"
        return f"{who}, but is {', '.join(genes) or 'without a gene'} ({name})"
    if record.get("organism") != "Homo sapiens":
        return f"{who} of Homo sapiens, but is of {record.get('organism')}"
    if record.get("target_type") != "SINGLE PROTEIN":
        return f"{who} as a SINGLE PROTEIN, but is a {record.get('target_type')}"
    return ""
