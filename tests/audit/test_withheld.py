"""Reports for people who may not send structures, or may not say what they measure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem
from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

import auditor
from tests.networks import varied

SECRET = ("hlm clearance", "secretcol", "sol_um", "caco-2", "plate-7")


def table(n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    smiles = list(varied(n))
    columns = {name: rng.normal(size=n) for name in ("HLM clearance", "sol_uM", "Caco-2")}
    frame = pd.DataFrame({"smiles": smiles, "secretcol": ["plate-7"] * n, **columns})
    frame.loc[::3, "sol_uM"] = np.nan
    more = frame.iloc[:5].assign(**{"HLM clearance": 9.0})  # replicates that disagree
    broken = frame.iloc[:1].assign(smiles="C1CC(not-one")
    return pd.concat([frame, more, broken], ignore_index=True)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@pytest.fixture(scope="module")
def plain() -> auditor.Audit:
    return auditor.overlap(table(), also=["measurement-plan", "clusters"], min_support=10, quiet=True)


def told(audit: auditor.Audit) -> str:
    return "\n".join(strings(json.loads(json.dumps(audit.document))))


def structures() -> set[str]:
    """Return all texts that tell a structure, but for those that a word may be."""
    found = set(table()["smiles"])
    for text in varied(90):
        mol = Chem.MolFromSmiles(text)
        found |= {Chem.MolToSmiles(mol), Chem.MolToInchiKey(mol), MurckoScaffoldSmiles(mol=mol)}
    return {text for text in found if len(text) > 4}


def test_a_plain_document_shows_structures_so_that_the_next_test_can_fail(plain: auditor.Audit) -> None:
    assert any(text in told(plain) for text in structures())


@pytest.mark.parametrize("how", [{"no_structures": True}, {"anonymise": True}], ids=str)
def test_no_structure_is_in_a_document_that_withholds_them(how: dict[str, bool]) -> None:
    audit = auditor.overlap(
        table(), also=["measurement-plan", "clusters"], min_support=10, quiet=True, **how
    )
    shown = told(audit)
    assert [text for text in structures() if text in shown] == []
    assert "compound 1" in shown


def test_numbers_stay_as_they_are_without_structures(plain: auditor.Audit) -> None:
    audit = auditor.overlap(
        table(), also=["measurement-plan", "clusters"], min_support=10, quiet=True, no_structures=True
    )
    assert audit.document["data"]["overlap"] == plain.document["data"]["overlap"]
    assert audit.document["data"]["label_correlation"] == plain.document["data"]["label_correlation"]


def test_no_name_is_in_an_anonymous_document(tmp_path: Any) -> None:
    path = tmp_path / "Secret Project.csv"
    table().to_csv(path, index=False)
    audit = auditor.overlap(path, tasks=["HLM clearance", "sol_uM", "Caco-2"], anonymise=True, quiet=True)
    shown = told(audit).lower()
    assert [word for word in (*SECRET, "secret project") if word in shown] == []
    assert [task["name"] for task in audit.document["data"]["tasks"]] == ["task 1", "task 2", "task 3"]
