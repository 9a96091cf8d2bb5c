"""Shift between the compounds of two tasks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from auditor.analyses.shift.distance import LEAST, QUANTILE, Shift, draw, shifts
from auditor.chemistry.fingerprints import morgan_bits, tanimoto
from tests.making import labels_of

ALKANOLS = tuple(f"{'C' * a}C({'C' * b})O" for a in range(1, 13) for b in range(a, 13))
BIARYLS = tuple(
    f"c1cc({first})ccc1-c1ccc({second})nc1"
    for first in ("F", "Cl", "Br", "C#N", "OC", "N", "C(F)(F)F", "S(C)(=O)=O", "C(=O)N", "[N+](=O)[O-]")
    for second in ("F", "Cl", "Br", "C#N", "OC", "N", "C(F)(F)F", "S(C)(=O)=O")
)


def shift_of(
    smiles: Sequence[str], *members: Sequence[int], scaffolds: Sequence[str] = (), seed: int = 0
) -> Shift:
    """The shift of two tasks, each given by the places of its compounds."""
    mask = np.zeros((len(smiles), 2), dtype=bool)
    for task, places in enumerate(members):
        mask[list(places), task] = True
    labels = labels_of(np.where(mask, 1.0, np.nan))
    (found,) = shifts(
        labels,
        [(0, 1)],
        drawn={task: draw(labels, task, seed=seed) for task in (0, 1)},
        prints=morgan_bits(smiles),
        scaffolds=scaffolds or ["same"] * len(smiles),
    )
    return found


def halves(count: int, seed: int) -> tuple[list[int], list[int]]:
    order = np.random.default_rng(seed).permutation(count).tolist()
    return order[: count // 2], order[count // 2 :]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("smiles", [ALKANOLS, BIARYLS])
def test_random_halves_of_one_set_are_in_domain_though_they_share_nothing(
    smiles: tuple[str, ...], seed: int
) -> None:
    found = shift_of(smiles, *halves(len(smiles), seed), seed=seed)
    assert found.domain == "in domain"
    for side in found.sides:
        assert side.nearest == side.with_shared
        assert abs(side.nearest - side.inside) < 0.15


def test_sets_of_other_chemistry_are_out_of_domain() -> None:
    smiles = (*ALKANOLS, *BIARYLS)
    found = shift_of(smiles, range(len(ALKANOLS)), range(len(ALKANOLS), len(smiles)))
    assert found.domain == "out of domain"
    assert all(side.nearest < 0.2 < side.limit for side in found.sides)


def test_a_part_of_a_wider_set_is_one_sided() -> None:
    smiles = (*ALKANOLS, *BIARYLS)
    narrow = range(0, len(ALKANOLS), 2)
    wide = [*range(1, len(ALKANOLS), 2), *range(len(ALKANOLS), len(smiles))]
    found = shift_of(smiles, narrow, wide)
    assert found.domain == "one-sided"
    assert [side.inside_other for side in found.sides] == [True, False]


def test_nearest_neighbours_are_those_of_a_plain_search() -> None:
    first, second = [*range(0, 50)], [*range(30, 78)]  # twenty shared
    found = shift_of(BIARYLS, first, second)
    prints = morgan_bits(BIARYLS)
    alike = tanimoto(prints, prints)
    expected = [max(alike[i, j] for j in second if i != j) for i in first]
    shared = [1.0 if i in second else best for i, best in zip(first, expected, strict=True)]
    assert found.sides[0].among == 48
    assert found.sides[0].nearest == pytest.approx(np.median(expected), abs=1e-6)
    assert found.sides[0].with_shared == pytest.approx(np.median(shared), abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("other", "among"), [(25, 25), (50, 29)])
def test_the_yardstick_leaves_each_compound_itself_out_and_chooses_among_as_many(
    seed: int, other: int, among: int
) -> None:
    first, second = [*range(30)], [*range(30, 30 + other)]
    side = shift_of(BIARYLS, first, second, seed=seed).sides[0]
    labels = labels_of(np.where(np.isin(np.arange(80), first), 1.0, np.nan)[:, None])
    drawn = draw(labels, 0, seed=seed).tolist()
    prints = morgan_bits(BIARYLS)
    alike = tanimoto(prints, prints)
    nearest = [max(alike[i, j] for j in [one for one in drawn if one != i][:among]) for i in drawn]
    assert side.among == among
    assert side.inside == pytest.approx(np.median(nearest), abs=1e-6)
    assert side.limit == pytest.approx(np.quantile(nearest, QUANTILE), abs=1e-6)


def test_scaffold_shares_are_those_of_the_sets() -> None:
    scaffolds = ["a", "b", "c", "d"] * 15
    first = [i for i in range(60) if scaffolds[i] in "abc"]
    second = [i for i in range(60) if scaffolds[i] == "c"]
    found = shift_of(ALKANOLS[:60], first, second, scaffolds=scaffolds)
    assert [side.scaffolds for side in found.sides] == pytest.approx([1 / 3, 1.0])


def test_tasks_with_the_same_compounds_are_in_domain() -> None:
    found = shift_of(BIARYLS, range(80), range(80))
    assert found.domain == "in domain" and found.sides[0].with_shared == 1.0
    assert found.sides[0].nearest < 1.0


def test_too_few_compounds_say_nothing() -> None:
    found = shift_of(BIARYLS, range(LEAST - 1), range(LEAST, 80))
    assert found.domain == "not estimable"


def test_drawing_is_bounded_seeded_and_from_the_task_only() -> None:
    labels = labels_of(np.where(np.arange(3_000)[:, None] % 3 == 0, 1.0, np.nan))
    first = draw(labels, 0, seed=1, size=200)
    assert len(first) == len(set(first.tolist())) == 200 and (first % 3 == 0).all()
    np.testing.assert_array_equal(first, draw(labels, 0, seed=1, size=200))
    assert first.tolist() != draw(labels, 0, seed=2, size=200).tolist()
