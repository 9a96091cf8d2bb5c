"""Compound identity."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdkit import Chem, rdBase

from auditor.chemistry.naming import identify, name_all
from auditor.chemistry.parent import parents_of
from tests.making import ALCOHOLS, identity

LEVELS = ("as-written", "canonical", "parent", "parent-inchikey", "skeleton", "scaffold")
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture(autouse=True)
def _quiet_rdkit():
    with rdBase.BlockLogs():
        yield


def same(level: str, first: str, second: str) -> bool:
    names = name_all([first, second], identity(level))
    assert names[first].name is not None and names[second].name is not None, names
    return names[first].name == names[second].name


@pytest.mark.parametrize("level", LEVELS)
def test_level_names_a_compound_like_itself(level: str) -> None:
    assert same(level, ASPIRIN, ASPIRIN)


@pytest.mark.parametrize(
    ("first", "second", "merging"),
    [
        ("OCC", "CCO", ("canonical", "parent", "parent-inchikey", "skeleton", "scaffold")),
        ("CCN", "CCN.Cl", ("parent", "parent-inchikey", "skeleton", "scaffold")),
        ("CC(=O)O", "CC(=O)[O-].[Na+]", ("parent", "parent-inchikey", "skeleton", "scaffold")),
        ("Oc1ncccc1", "O=c1[nH]cccc1", ("parent-inchikey", "skeleton")),
        ("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", ("skeleton", "scaffold")),
        ("Cc1ccccc1", "CCc1ccccc1", ("scaffold",)),
        ("CCO", "CCCO", ("scaffold",)),
    ],
)
def test_levels_merge_exactly_what_they_say(first: str, second: str, merging: tuple[str, ...]) -> None:
    assert tuple(level for level in LEVELS if same(level, first, second)) == merging


def test_parent_leaves_the_published_molecule_unchanged() -> None:
    mol = Chem.MolFromSmiles("CC(=O)[O-].[Na+]")
    parents_of(mol)
    assert Chem.MolToSmiles(mol) == "CC(=O)[O-].[Na+]"


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("not a molecule", "not SMILES"),
        ("C(C", "not SMILES"),
        ("C(C)(C)(C)(C)C", "valence"),
        ("c1cccc1", "kekulize"),
        ("C" * 6000, "longer than 5,000"),
        ("(" * 3000 + "C" + ")" * 3000, "longer than 5,000"),
    ],
)
def test_a_rejected_smiles_says_why(smiles: str, reason: str) -> None:
    named = name_all([smiles], identity())[smiles]
    assert named.name is None
    assert reason.lower() in named.reason.lower()


def test_names_are_remembered_and_read_back_equal(tmp_path: Path) -> None:
    texts = [*ALCOHOLS, "nonsense"]
    first = identify(texts, identity(), cache=tmp_path)
    remembered = identify(texts, identity("parent-inchikey"), cache=tmp_path)
    assert remembered == first
    assert first["nonsense"].name is None and len(first) == len(texts)


def test_remembered_names_are_not_computed_again(tmp_path: Path) -> None:
    identify(ALCOHOLS, identity(), cache=tmp_path)
    broken = identity()
    object.__setattr__(broken, "target", "auditor.chemistry.levels:no_such_function")
    assert len(identify(ALCOHOLS, broken, cache=tmp_path)) == len(ALCOHOLS)


def test_a_damaged_memory_is_replaced_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = identify(ALCOHOLS, identity(), cache=tmp_path)
    memory = next((tmp_path / "identity").glob("*.sqlite"))
    memory.write_bytes(b"this is no database" * 100)
    assert identify(ALCOHOLS, identity(), cache=tmp_path) == good
    assert "damaged" in capsys.readouterr().err


def test_parallel_naming_equals_naming_in_one_process(tmp_path: Path) -> None:
    texts = [f"{'C' * a}O{'C' * b}" for a in range(1, 65) for b in range(1, 65)]
    together = identify(texts, identity("canonical"), cache=tmp_path / "a", workers=2)
    alone = identify(texts, identity("canonical"), cache=tmp_path / "b", workers=1)
    assert together == alone
