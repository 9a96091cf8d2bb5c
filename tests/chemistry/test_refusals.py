"""Texts that must not become a molecule, and molecules that are too large for native code."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem, rdBase

from auditor.chemistry.levels import MAX_ATOMS, MAX_SMILES, parse, refusal
from auditor.chemistry.naming import identify, name_all
from tests.making import ALCOHOLS, identity


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("C C", "text after a blank"),
        ("C\nC", "text after a blank"),
        ("CCO ethanol", "text after a blank"),
        ("C\u0421C", "U+0421"),
        ("CC\x00C", "U+0000"),
        ("C\ud800", "U+D800"),
        ("C\u200bC", "U+200B"),
    ],
)
def test_what_rdkit_reads_as_another_molecule_is_refused(text: str, reason: str) -> None:
    named = name_all([text], identity("canonical"))[text]
    assert named.name is None and reason in named.reason


@pytest.mark.parametrize("text", [" CCO ", "CCO\t", "CCO |$a;b;c$|", "C[C@H](O)F |&1:1|"])
def test_blanks_around_and_extensions_after_a_smiles_are_no_reason_to_refuse(text: str) -> None:
    assert parse(text).GetNumAtoms() >= 3


@given(st.text(max_size=40))
def test_no_text_is_refused_that_rdkit_takes_whole(text: str) -> None:
    with rdBase.BlockLogs():
        mol = None if refusal(text) else Chem.MolFromSmiles(text.strip())
    if mol is not None:
        assert text.strip().isascii() and text.strip().isprintable()


def test_a_chain_of_five_thousand_atoms_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(ValueError, match=f"5,000 atoms, more than {MAX_ATOMS:,}"):
        parse("C" * MAX_SMILES)
    assert time.process_time() - started < 5


def test_a_long_smiles_of_few_atoms_is_taken() -> None:
    text = "[13C@@H]([2H])" * 1 + "[C@@H](F)" * 400
    assert len(text) > MAX_ATOMS >= parse(text).GetNumAtoms()


def test_an_inner_failure_of_rdkit_is_one_readable_reason() -> None:
    reason = name_all(["[CH99999999]"], identity())["[CH99999999]"].reason
    assert reason.startswith("RDKit fails on it: ") and "Violation occurred" not in reason


def test_texts_that_no_database_can_hold_are_named_and_not_remembered(tmp_path: Path) -> None:
    texts = ["C\ud800", "C" * 1_000_000, ALCOHOLS[0]]
    first = identify(texts, identity(), cache=tmp_path)
    assert [first[text].name is None for text in texts] == [True, True, False]
    assert identify(texts, identity(), cache=tmp_path) == first
    assert sum(path.stat().st_size for path in (tmp_path / "identity").glob("*.sqlite")) < 100_000
