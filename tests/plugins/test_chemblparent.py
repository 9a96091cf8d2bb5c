"""ChEMBL's rules beside the tool's own: where they agree, and where they are known to differ."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from rdkit import rdBase

from auditor.chemistry import levels
from mtl_audit_chemblparent.level import chembl_parent
from tests.chemistry import drugs
from tests.plugins.reading import registry


@pytest.fixture(autouse=True)
def _quiet_rdkit():
    with rdBase.BlockLogs():
        yield


def name(text: str) -> str:
    return chembl_parent(text, levels.parse(text))


def own(text: str) -> str:
    return levels.parent_inchikey(text, levels.parse(text))


def test_it_is_registered_by_its_own_plugin_and_says_what_it_needs() -> None:
    level = registry().get("identity", "chembl-parent")
    assert (level.owner.plugin, level.extra) == ("chemblparent", "chembl-structure")
    assert level.missing() == ()
    assert level.load() is chembl_parent


@settings(max_examples=60, deadline=None)
@given(drugs.mapped())
def test_of_a_compound_alone_both_rules_say_the_same(drawn: tuple[str, str]) -> None:
    text, with_maps = drawn
    assert name(with_maps) == name(text) == own(text)


@pytest.mark.parametrize("drug", [*drugs.BASES.values(), *drugs.ACIDS.values()])
def test_common_salts_are_the_drug_by_both_rules(drug: str) -> None:
    for ion in (
        "Cl",
        "CS(=O)(=O)O",
        "O",
        "OC(=O)CC(O)(CC(=O)O)C(=O)O",
        "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO",
    ):
        assert name(f"{drug}.{ion}") == own(f"{drug}.{ion}") == own(drug), ion


@pytest.mark.parametrize("text", drugs.RACEMIC)
def test_racemates_are_no_enantiomers_here_either(text: str) -> None:
    place = next(atom.GetIdx() for atom in levels.parse(text).GetAtoms() if atom.GetChiralTag())
    racemate, unknown = name(f"{text} |&1:{place}|"), name(f"{text} |o1:{place}|")
    assert len({racemate, unknown, name(text)}) == 3
    assert name(f"{text} |a:{place}|") == name(text)
    assert (racemate, unknown) == (own(f"{text} |&1:{place}|"), own(f"{text} |o1:{place}|"))


def test_a_row_of_counter_ions_alone_is_kept_whole_by_chembl() -> None:
    row = "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO.OC(=O)CC(O)(CC(=O)O)C(=O)O"
    assert name(row) != own(row)
    assert name("CCN.CCO") == name("CCO.CCN")


@pytest.mark.published
def test_both_rules_agree_on_nearly_all_of_clintox(mirror: Path) -> None:
    import gzip

    with gzip.open(mirror / "moleculenet" / "clintox.csv.gz", "rt") as file:
        texts = [row["smiles"] for row in csv.DictReader(file)]
    known = [text for text in texts if not levels.refusal(text) and _readable(text)]
    differing = [text for text in known if name(text) != own(text)]
    assert len(known) > 1_400
    assert len(differing) < 0.02 * len(known), differing[:5]


def _readable(text: str) -> bool:
    try:
        return bool(own(text))
    except ValueError:
        return False
