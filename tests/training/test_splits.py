"""Splits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auditor.training.splits import Split, random_split, scaffold_split


def covers(split: Split, n: int) -> bool:
    together = np.concatenate([split.train, split.validation, split.test])
    return sorted(together.tolist()) == list(range(n))


@given(st.integers(10, 300), st.integers(0, 99))
def test_a_random_split_covers_every_compound_once(n: int, seed: int) -> None:
    split = random_split(n, seed=seed)
    assert covers(split, n) and len(split.train) == round(0.8 * n)


@given(st.lists(st.sampled_from("abcdefghijklmnop"), min_size=10, max_size=300))
def test_no_scaffold_is_on_two_sides(scaffolds: list[str]) -> None:
    split = scaffold_split(scaffolds)
    assert covers(split, len(scaffolds))
    sides = [{scaffolds[i] for i in side} for side in (split.train, split.validation, split.test)]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])


def test_the_largest_scaffolds_are_trained_on() -> None:
    split = scaffold_split(["big"] * 80 + ["middle"] * 10 + [f"rare{i}" for i in range(10)])
    assert split.train.tolist() == list(range(80))
    assert split.validation.tolist() == list(range(80, 90))


def test_the_same_seed_gives_the_same_split() -> None:
    assert (random_split(99, seed=1).test == random_split(99, seed=1).test).all()
    assert (random_split(99, seed=1).test != random_split(99, seed=2).test).any()
