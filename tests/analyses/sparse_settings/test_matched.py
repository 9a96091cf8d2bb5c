"""Batches matched by scaffold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.analyses.sparse_settings.matched import cosines_over, matched_batches, random_batches
from auditor.training.loss import masked_losses
from tests.auditing import audited


@given(size=st.integers(2, 20), seed=st.integers(0, 20), kinds=st.integers(2, 8), n=st.integers(20, 80))
@settings(max_examples=60, deadline=None)
def test_every_compound_has_a_partner_of_its_scaffold_on_another_side(
    size: int, seed: int, kinds: int, n: int
) -> None:
    rng = np.random.default_rng(seed)
    scaffolds = [f"s{k}" for k in rng.integers(0, kinds, n)]
    order = rng.permutation(n)
    sides = [order[: n // 2], order[n // 2 :]]
    side_of = np.zeros(n, dtype=int)
    side_of[sides[1]] = 1
    for batch in matched_batches(sides, scaffolds, size=size, count=5, rng=rng):
        assert len(batch) == len(set(batch.tolist())) <= size
        for first, second in batch.reshape(-1, 2):
            assert scaffolds[first] == scaffolds[second]
            assert side_of[first] != side_of[second]


def test_no_batch_is_made_where_the_sides_have_no_scaffold_in_common() -> None:
    sides = [np.arange(10), np.arange(10, 20)]
    scaffolds = ["a"] * 10 + ["b"] * 10
    rng = np.random.default_rng(0)
    assert matched_batches(sides, scaffolds, size=8, count=3, rng=rng) == []


def test_a_large_scaffold_is_drawn_no_more_often_than_a_small_one() -> None:
    scaffolds = ["large"] * 180 + ["a"] * 10 + ["b"] * 10
    sides = [np.arange(0, 200, 2), np.arange(1, 200, 2)]
    batches = matched_batches(sides, scaffolds, size=2, count=600, rng=np.random.default_rng(0))
    drawn = [scaffolds[batch[0]] for batch in batches]
    assert drawn.count("large") / len(drawn) == pytest.approx(1 / 3, abs=0.08)


def test_random_batches_hold_each_compound_once() -> None:
    batches = random_batches(10, size=32, count=4, rng=np.random.default_rng(0))
    assert [sorted(batch.tolist()) for batch in batches] == [list(range(10))] * 4


@pytest.mark.slow
def test_the_cosines_are_those_of_each_tasks_own_gradient(tmp_path: Path) -> None:
    """One batch, against one backward pass per task over the whole network; nothing is trained by it."""
    context = audited(tmp_path, options={"labels_per_task": "100", "tasks": "4"})
    trained = context.trained()[0]
    before = [value.detach().clone() for value in trained.network.parameters()]
    batch = np.arange(12)
    found = cosines_over(trained, [batch])
    compounds = torch.from_numpy(batch)
    outputs = trained.network(trained.packed.batch(compounds))
    losses, _ = masked_losses(outputs, trained.targets.batch(compounds))
    shared = trained.network.shared
    rows = [
        torch.cat([g.flatten() for g in torch.autograd.grad(loss, shared, retain_graph=True)])
        for loss in losses
    ]
    expected = torch.nn.functional.cosine_similarity(rows[0], rows[1], dim=0).item()
    assert found[0, 1] == pytest.approx(expected, abs=1e-5)
    after = list(trained.network.parameters())
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))
