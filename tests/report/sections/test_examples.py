"""Molecules that a report draws from its document."""

from __future__ import annotations

import pytest

from auditor.document.blocks import Molecules
from auditor.report.html.molecules import draw
from auditor.report.sections import examples


def test_rejected_texts_of_the_most_values_are_drawn_first() -> None:
    rejects = [{"smiles": f"N{'C' * n}", "reason": "r", "rows": n + 1} for n in range(12)]
    found = examples.rejected({"rejects": rejects, "rejected_smiles": 30})
    assert isinstance(found, Molecules) and len(found.items) == examples.SHOWN
    assert found.items[0] == ("NCCCCCCCCCCC", "r (12 values)") and found.caption.endswith("8 of 30")
    assert examples.rejected({"rejects": []}) is None


def test_a_plan_draws_the_compounds_of_the_most_tasks() -> None:
    rows = [{"smiles": s, "task": t} for s, t in (("CCO", "a"), ("CCN", "a"), ("CCN", "b"))]
    found = examples.planned({"data": {"measurements": rows}})
    assert found is not None and found.items[0] == ("CCN", "to measure in a, b")
    assert examples.planned({"data": {"measurements": None}}) is None


@pytest.mark.parametrize("smiles", ["CN(C)(C)(C)C", "c1cccc1", "[Na+].[Na+].F[Si--](F)(F)(F)(F)F"])
def test_a_molecule_with_impossible_valences_is_drawn_as_written(smiles: str) -> None:
    drawing = draw(smiles)
    assert drawing is not None and "<path" in drawing


@pytest.mark.parametrize("text", ["FAIL", "C1CC(", "", "  "])
def test_what_is_no_smiles_is_not_drawn(text: str) -> None:
    assert draw(text) is None
