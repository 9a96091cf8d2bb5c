"""Joining published rows by compound identity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.benchmark.joining import Joined, join, select_tasks
from auditor.benchmark.replicate_policy import Conflicts
from auditor.chemistry.named import Named
from auditor.errors import AuditError, DataError, UsageError
from tests.making import ALCOHOLS, source, table


def names(*texts: str, **merged: str) -> Mapping[str, Named]:
    """Name every text by itself, some by another; 'bad' texts are rejected."""
    out = {text: Named(None, "not SMILES") if text.startswith("bad") else Named(text) for text in texts}
    return out | {text: Named(name) for text, name in merged.items()}


def one(values: list[float], policy: Conflicts, kind: str = "classification") -> Joined:
    rows = table("a", ["CO"] * len(values) + ["CCO"], [*values, 1.0], kind)  # type: ignore[arg-type]
    return join("x", source(rows), names("CO", "CCO"), identity="canonical", conflicts=policy)


@pytest.mark.parametrize(
    ("policy", "kind", "values", "label"),
    [
        ("auto", "classification", [0, 1], None),
        ("auto", "classification", [0, 1, 1], None),
        ("auto", "classification", [1, 1], 1),
        ("auto", "regression", [1, 2, 6], 2),
        ("drop", "regression", [1, 2], None),
        ("drop", "regression", [2, 2], 2),
        ("majority", "classification", [0, 1, 1], 1),
        ("majority", "classification", [0, 1], None),
        ("median", "regression", [1, 2], 1.5),
        ("keep", "classification", [0, 1, 1], 0),
    ],
)
def test_replicates_are_settled_by_the_stated_policy(
    policy: Conflicts, kind: str, values: list[float], label: float | None
) -> None:
    joined = one(values, policy, kind)
    labels = joined.benchmark.labels.column(0)
    settled = {joined.benchmark.smiles[i]: value for i, value in zip(*labels, strict=True)}
    assert settled.get("CO") == label
    assert joined.measured.sizes.tolist() == [2]
    assert joined.counts[0].conflicting == (len(set(values)) > 1)
    assert joined.counts[0].dropped == (label is None)


def test_every_published_row_is_accounted_for() -> None:
    rows = table("a", ["CO", "CO", "bad", "CCO", "CCC"], [1, 0, 1, 0, np.nan])
    joined = join("x", source(rows), names("CO", "bad", "CCO", "CCC"), identity="canonical")
    count = joined.counts[0]
    assert (count.rows, count.rejected, count.repeated, count.dropped) == (4, 1, 1, 1)
    assert count.rows == count.rejected + count.repeated + count.dropped + count.labels
    assert joined.rejects == (("bad", "not SMILES", 1),)


def test_a_compound_with_disagreeing_replicates_is_measured_but_has_no_label() -> None:
    rows = table("a", ["CO", "CO", "CCO"], [0, 1, 1]), table("b", ["CO", "CCO"], [1, 0])
    joined = join("x", source(*rows), names("CO", "CCO"), identity="canonical")
    assert joined.measured.sizes.tolist() == [2, 2]
    assert joined.benchmark.labels.sizes.tolist() == [1, 2]


def test_compounds_without_a_value_are_not_in_the_benchmark() -> None:
    rows = table("a", ["CO", "CCO"], [np.nan, 1.0])
    assert join("x", source(rows), names("CO", "CCO"), identity="canonical").benchmark.smiles == ("CCO",)


def test_a_compound_written_in_two_ways_is_one() -> None:
    merged = names("CO", OC="CO")
    tables = table("a", ["CO"], [1.0]), table("b", ["OC"], [0.0])
    joined = join("x", source(*tables), merged, identity="canonical")
    assert joined.benchmark.n == 1 and joined.benchmark.smiles == ("CO",)


def test_a_measured_zero_is_a_label() -> None:
    joined = join("x", source(table("a", ["CO"], [0.0])), names("CO"), identity="canonical")
    assert joined.benchmark.labels.sizes.tolist() == [1]
    assert joined.benchmark.labels.mask.toarray().tolist() == [[1]]


@given(st.permutations(range(12)), st.integers(0, 3))
def test_row_order_changes_no_label(order: list[int], salt: int) -> None:
    rng = np.random.default_rng(salt)
    texts = [ALCOHOLS[i % 8] for i in range(12)]
    values = rng.integers(0, 2, 12).astype(float)
    straight = table("a", texts, values)
    mixed = table("a", [texts[i] for i in order], values[order])
    found = []
    for rows in (straight, mixed):
        benchmark = join(
            "x", source(rows, table("b", ["CO"], [1.0])), names(*ALCOHOLS), identity="c"
        ).benchmark
        column = benchmark.labels.column(0)
        found.append({benchmark.smiles[i]: v for i, v in zip(*column, strict=True)})
    assert found[0] == found[1]


def test_no_valid_smiles_is_one_clear_error() -> None:
    with pytest.raises(DataError, match="no valid SMILES") as caught:
        join("x", source(table("a", ["bad1", "bad2"], [0, 1])), names("bad1", "bad2"), identity="c")
    assert "--smiles-column" in caught.value.hint


def test_a_task_without_a_label_is_left_out_and_named() -> None:
    tables = table("a", ["CO"], [1.0]), table("empty", ["CO"], [np.nan]), table("bad", ["bad1"], [1.0])
    found = join("x", source(*tables), names("CO", "bad1"), identity="c")
    assert found.benchmark.task_names == ("a",)
    assert found.left_out == ("fewer than 1 label on valid compounds", ("empty", "bad"))


def test_tasks_with_few_labels_are_left_out_and_none_left_is_an_error() -> None:
    tables = table("a", ["CO", "CCO"], [1.0, 0.0]), table("b", ["CO"], [1.0])
    found = join("x", source(*tables), names("CO", "CCO"), identity="c", least=2)
    assert found.benchmark.task_names == ("a",)
    with pytest.raises(DataError, match="no task of x has 3 labels on valid compounds; the most is 2"):
        join("x", source(*tables), names("CO", "CCO"), identity="c", least=3)


def test_tasks_are_selected_by_exact_name_in_the_order_asked_for() -> None:
    data = source(*(table(name, ["CO"], [1.0]) for name in ("NR-AR", "NR-AR-LBD", "NR-ER")))
    chosen = select_tasks(data, ["NR-ER", "NR-AR"])
    assert [t.task.name for t in chosen.tables] == ["NR-ER", "NR-AR"]
    with pytest.raises(UsageError, match="no task named 'AR'") as caught:
        select_tasks(data, ["AR"])
    assert "NR-AR" in caught.value.hint and isinstance(caught.value, AuditError)
