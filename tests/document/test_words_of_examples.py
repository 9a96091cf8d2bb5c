"""A document about features names no compound, and changes no name that a user gave."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auditor.document.blocks import KeyValues, Section
from auditor.document.examples import words_for

NAMES = st.sampled_from(["compound", "Compounds", "smiles of b", "assay 1", "strength", "SMILES"])


def document(*names: str, features: tuple[str, ...] = ("x",)) -> dict[str, Any]:
    """Return as much of a document as tells what its examples are."""
    read = {"name": "t.csv", "files": [], "tasks": [{"name": name} for name in names], "key": ""}
    read |= {"left_out": [], "missing": [], **({"features": features} if features else {})}
    return {"read": read, "meta": {}, "data": {"benchmark": {"name": "t.csv"}, "tasks": []}}


def test_the_words_are_those_of_examples() -> None:
    words = words_for(document("a"))
    assert words("Compounds of SMILES; 1 compound, two assays, one molecule") == (
        "Examples of key; 1 example, two measurements, one example"
    )
    assert words("compounds_shared, chemical-correlation") == "compounds_shared, chemical-correlation"


def test_a_document_of_molecules_is_left_as_it_is() -> None:
    assert words_for(document("a", features=()))("12 compounds") == "12 compounds"


@given(names=st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_names_of_tasks_stay_wherever_they_stand(names: list[str]) -> None:
    words = words_for(document(*names))
    for name in names:
        assert words(name) == name
        assert words(f"E of {name} over shared compounds;").startswith(f"E of {name} over shared ")
        block = KeyValues(((name, 3),), caption="each molecule")
        found = words(Section("Shared compounds", (block,)))
        assert (
            found.blocks[0].rows == ((name, 3),) and found.title != "Shared compounds"
        ) or "compounds" in names
