"""Undefined stereo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.chemistry.stereo import undefined_stereo
from tests.plugins.reading import read


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        ("CCO", (0, 0)),
        ("CC(F)Cl", (1, 0)),
        ("C[C@H](F)Cl", (0, 0)),
        ("C[C@H](F)C(F)Cl", (1, 0)),
        ("CC=CC", (0, 1)),
        ("C/C=C/C", (0, 0)),
        ("C=CC", (0, 0)),
        ("CC=CC(F)Cl", (1, 1)),
        ("CC(C)(C)C", (0, 0)),
    ],
)
def test_only_stereo_that_is_left_open_is_counted(
    smiles: str, expected: tuple[int, int], tmp_path: Path
) -> None:
    assert tuple(undefined_stereo([smiles], cache=tmp_path)[0]) == expected


def test_counts_come_in_the_order_of_the_molecules_and_are_remembered(tmp_path: Path) -> None:
    texts = ["CC(F)Cl", "CCO", "CC(F)Cl", "CC=CC"]
    first = undefined_stereo(texts, cache=tmp_path)
    assert first.tolist() == [[1, 0], [0, 0], [1, 0], [0, 1]]
    assert np.array_equal(undefined_stereo(texts, cache=tmp_path), first)


def test_what_cannot_be_told_is_not_zero(tmp_path: Path) -> None:
    assert undefined_stereo(["nonsense"], cache=tmp_path).tolist() == [[-1, -1]]


@pytest.mark.published
def test_seven_in_ten_compounds_of_bace_leave_a_centre_open(mirror: Path, published_cache: Path) -> None:
    # counted in public: 71 % of the 1,513 structures
    data, _ = read("bace", published_cache, mirror)
    open_centres = undefined_stereo(list(data.tables[0].smiles), cache=published_cache)[:, 0]
    assert (open_centres > 0).mean() == pytest.approx(0.71, abs=0.01)
