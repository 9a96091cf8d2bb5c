"""The largest set of tasks whose pairs are all reliable."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auditor.gate.reliable_subset import largest_clique
from tests.making import labels_of

SQUARES = st.integers(2, 9).flatmap(lambda t: arrays(np.bool_, (t, t), elements=st.booleans()))


def graph(flags: np.ndarray) -> np.ndarray:
    upper = np.triu(flags, 1)
    return upper | upper.T


def cliques(linked: np.ndarray) -> list[tuple[int, ...]]:
    """All sets of two or more tasks whose pairs are linked, by trying every set."""
    t = len(linked)
    return [
        some
        for size in range(2, t + 1)
        for some in itertools.combinations(range(t), size)
        if all(linked[i, j] for i, j in itertools.combinations(some, 2))
    ]


def random_graph(t: int, density: float, seed: int = 0) -> np.ndarray:
    return graph(np.random.default_rng(seed).random((t, t)) < density)


@given(SQUARES)
def test_the_set_is_the_largest_that_trying_every_set_finds(flags: np.ndarray) -> None:
    linked = graph(flags)
    found = largest_clique(linked)
    every = cliques(linked)
    assert found.exact and len(found.tasks) == max(map(len, every), default=0) == found.bound
    assert not every or found.tasks in every


@given(SQUARES, st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_among_largest_sets_the_one_with_most_complete_compounds_is_chosen(
    flags: np.ndarray, seed: int
) -> None:
    linked = graph(flags)
    mask = np.random.default_rng(seed).random((40, len(linked))) < 0.6
    found = largest_clique(linked, labels=labels_of(np.where(mask, 1.0, np.nan)))
    largest = [some for some in cliques(linked) if len(some) == len(found.tasks)]
    complete = [int(mask[:, some].all(axis=1).sum()) for some in largest]
    assert found.settled
    assert found.compounds == (max(complete) if complete else None)
    if largest:
        assert mask[:, found.tasks].all(axis=1).sum() == found.compounds


@given(SQUARES, st.randoms(use_true_random=False))
def test_the_size_does_not_depend_on_the_order_of_the_tasks(flags: np.ndarray, random: object) -> None:
    linked = graph(flags)
    order = list(range(len(linked)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert largest_clique(linked[np.ix_(order, order)]).bound == largest_clique(linked).bound


def test_the_diagonal_links_no_task_to_itself() -> None:
    assert largest_clique(np.eye(4, dtype=bool)).tasks == ()


def test_the_larger_of_two_blocks_is_found() -> None:
    linked = np.zeros((7, 7), dtype=bool)
    linked[:3, :3] = linked[3:, 3:] = True
    assert largest_clique(linked).tasks == (3, 4, 5, 6)


def test_a_search_out_of_budget_says_so_and_bounds_the_size() -> None:
    linked = random_graph(150, 0.9)
    found = largest_clique(linked, budget=500)
    assert not found.exact and len(found.tasks) < found.bound
    assert linked[np.ix_(found.tasks, found.tasks)].sum() == len(found.tasks) * (len(found.tasks) - 1)


def test_more_budget_never_finds_less() -> None:
    linked = random_graph(120, 0.8, seed=1)
    sizes = [len(largest_clique(linked, budget=budget).tasks) for budget in (10, 10_000, 100_000)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("hidden", [10, 60])
def test_a_planted_set_in_a_large_graph_is_found_and_proven(hidden: int) -> None:
    rng = np.random.default_rng(0)
    linked = random_graph(617, 0.1)
    planted = np.sort(rng.choice(617, hidden, replace=False))
    linked[np.ix_(planted, planted)] = True
    found = largest_clique(linked)
    assert found.exact and found.tasks == tuple(planted)
