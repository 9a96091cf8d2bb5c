"""What is told of a pair of tasks: which compounds disagree, how many, and of which scaffolds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.pair_views.blocks import Certainty, fold_of
from auditor.analyses.pair_views.view import Shared, View, disagreement, view_of
from auditor.document.blocks import Chart, Matrix, Molecules
from auditor.source.rows import Task

SMILES = tuple(f"{'C' * (n % 9 + 1)}O{'C' * (n // 9 + 1)}" for n in range(90))
E = Certainty(0.5, 0.4, 0.6)
VALUES = st.lists(st.integers(-5, 5), min_size=2, max_size=60).map(lambda found: np.array(found, float))


def shared(x: object, y: object, *, against: bool = False, classes: bool = False) -> Shared:
    one, other = np.asarray(x, float), np.asarray(y, float)
    return Shared(SMILES[: len(one)], one, other, against, classes)


def view(found: Shared, frames: dict[str, str] | None = None) -> View:
    scaffolds = frames or dict.fromkeys(found.smiles, "c1ccccc1")
    return view_of(("A", "B"), found, scaffolds=scaffolds, most_compounds=4, most_scaffolds=3)


def tasks(kind: str) -> tuple[Task, Task]:
    return Task("A", kind, "nM"), Task("B", kind)  # type: ignore[arg-type]


@given(VALUES)
@settings(deadline=None, max_examples=40)
def test_a_task_never_disagrees_with_itself_nor_with_its_opposite_where_e_is_below_0(x: np.ndarray) -> None:
    assert disagreement(shared(x, x)) == pytest.approx(0)
    assert disagreement(shared(x, -x, against=True)) == pytest.approx(0)


@given(VALUES, st.integers(0, 1000), st.booleans())
@settings(deadline=None, max_examples=40)
def test_disagreement_knows_neither_unit_nor_logarithm_nor_order_of_tasks(
    x: np.ndarray, seed: int, against: bool
) -> None:
    y = np.random.default_rng(seed).permutation(x)
    found = disagreement(shared(x, y, against=against))
    assert disagreement(shared(np.exp(x), 1000 * y, against=against)) == pytest.approx(found)
    assert disagreement(shared(y, x, against=against)) == pytest.approx(found)
    assert (found >= 0).all() and (found < 1).all()


def test_of_unrelated_tasks_one_compound_in_four_disagrees() -> None:
    rng = np.random.default_rng(0)
    apart = [
        disagreement(Shared((), rng.normal(size=4000), rng.normal(size=4000), against, False)) > 0.5
        for against in (False, True)
    ]
    assert [found.mean() for found in apart] == pytest.approx([0.25, 0.25], abs=0.02)


def test_a_compound_at_opposite_ends_comes_first() -> None:
    x = np.arange(50.0)
    y = x.copy()
    y[[3, 40]] = [49.5, -1.0]
    assert {one.place for one in view(shared(x, y)).furthest} == {3, 40}
    turned = view(shared(x, -y, against=True))
    assert {one.place for one in turned.furthest} == {3, 40} and turned.disagreeing == 2


def test_two_classes_are_counted_and_disagree_where_they_differ() -> None:
    found = view(shared([1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0], classes=True))
    assert found.counts == ((2, 1), (1, 3))
    assert found.disagreeing == 2 and [one.place for one in found.furthest] == [2, 3]


def test_two_classes_that_go_against_each_other_disagree_where_both_are_1() -> None:
    found = view(shared([1, 1, 1, 0, 0], [1, 0, 0, 1, 1], against=True, classes=True))
    assert found.disagreeing == 1 and [one.place for one in found.furthest] == [0]


def test_different_scaffolds_come_before_a_second_of_any() -> None:
    x = np.arange(60.0)
    y = np.concatenate([np.arange(50.0, 60.0), np.arange(10.0, 50.0), np.arange(10.0)])
    frames = {text: "one" if place < 55 else f"s{place}" for place, text in enumerate(SMILES[:60])}
    found = view(shared(x, y), frames)
    assert len({frames[one.smiles] for one in found.furthest}) == 4
    assert found.scaffolds[0].scaffold == "one" and found.scaffolds[0].compounds == 55
    assert found.disagreeing == 20 and found.number_of_scaffolds == 6


def test_a_pair_of_values_is_drawn_as_points_with_the_named_ones_among_them() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=90)
    found = shared(x, x + rng.normal(size=90))
    told = view(found)
    chart = next(
        block for block in fold_of(told, found, tasks("regression"), E).blocks if isinstance(block, Chart)
    )
    assert [len(curve.x) for curve in chart.curves] == [90 - len(told.furthest), len(told.furthest)]
    assert chart.curves[1].names == tuple(map(str, range(1, len(told.furthest) + 1)))
    place = told.furthest[0].place
    assert chart.curves[1].x[0] == pytest.approx(found.x[place], rel=1e-3)
    assert chart.x_label == "A (nM)"


def test_a_pair_of_classes_is_drawn_as_a_table_of_counts() -> None:
    found = shared([1, 0, 1, 0], [1, 0, 0, 0], classes=True)
    blocks = fold_of(view(found), found, tasks("classification"), E).blocks
    (table,) = (block for block in blocks if isinstance(block, Matrix))
    assert table.values == ((1.0, 1.0), (0.0, 2.0)) and sum(map(sum, table.values)) == 4
    assert any(isinstance(block, Molecules) for block in blocks)
