"""Repeats and conflicts among published rows."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.replicates import by_name, by_text, disagreements, replicates_of
from auditor.chemistry.named import Named
from tests.making import table

VALUES = st.sampled_from([0.0, 1.0, 2.5, np.nan, np.inf])
ROWS = st.lists(st.tuples(st.sampled_from("abcde"), VALUES), max_size=30)


@given(ROWS)
def test_counts_are_those_of_a_dictionary_of_sets(rows: list[tuple[str, float]]) -> None:
    part = table("t", [text for text, _ in rows], [value for _, value in rows], "regression")
    names = {text: Named(None if text == "e" else text) for text in "abcde"}
    expected = defaultdict(set)
    kept = [(text, value) for text, value in rows if text != "e" and np.isfinite(value)]
    for text, value in kept:
        expected[text].add(value)
    found = replicates_of(part, by_name(names))
    assert (found.rows, found.compounds) == (len(kept), len(expected))
    assert found.repeated == len(kept) - len(expected)
    assert found.conflicting == sum(len(values) > 1 for values in expected.values())


def test_as_written_ignores_the_blanks_around_and_nothing_else() -> None:
    part = table("t", ["CO", "CO ", "OC"], [0, 1, 1])
    found = replicates_of(part, by_text(part.smiles))
    assert (found.rows, found.compounds, found.conflicting) == (3, 2, 1)


def test_texts_that_name_one_compound_are_one() -> None:
    part = table("t", ["CO", "OC", "CCO"], [0, 1, 1])
    names = {"CO": Named("methanol"), "OC": Named("methanol"), "CCO": Named("ethanol")}
    assert replicates_of(part, by_name(names)).conflicting == 1


@given(ROWS)
def test_disagreements_are_the_conflicting_compounds_furthest_apart_first(
    rows: list[tuple[str, float]],
) -> None:
    part = table("t", [text for text, _ in rows], [value for _, value in rows], "regression")
    names = by_name({text: Named(None if text == "e" else text) for text in "abcde"})
    found = disagreements(part, names, most=len(rows))
    assert len(found) == replicates_of(part, names).conflicting
    spreads = [one.values[-1] - one.values[0] for one in found]
    assert spreads == sorted(spreads, reverse=True) and all(spread > 0 for spread in spreads)
    for one in found:
        values = [value for text, value in rows if text == one.smiles and np.isfinite(value)]
        assert one.values == tuple(sorted(values))
    assert disagreements(part, names, most=1) == found[:1]
