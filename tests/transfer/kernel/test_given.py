"""Gains for compounds that are given: the Gaussian's own, larger where donors know them, no label needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses.transfer_gain.verdict import NEAR
from auditor.transfer.kernel.choice import expected_reduction
from auditor.transfer.kernel.gain import gains_of, pair_of
from auditor.transfer.kernel.given import all_given, nearness, with_given
from auditor.transfer.kernel.held_out import R_NODES
from auditor.transfer.kernel.panel import Panel
from auditor.transfer.kernel.similarity import similarity_of
from auditor.transfer.kernel.together import Relations, gain_from_all
from tests.transfer.kernel.making import N, column, draws, panel_of_columns, some, tasks_of

FIRST, SECOND = some(1, 90), some(2, 300)
NEITHER = np.setdiff1d(np.arange(N), np.union1d(FIRST, SECOND))
KNOWN = np.setdiff1d(SECOND, FIRST)


def asked(given: NDArray[np.int64], *, r: float = 0.8, rho: float = 0.0) -> Panel:
    y = draws(r, rho=rho, seed=4)
    panel = panel_of_columns(column("a", FIRST, y[:, 0]), column("b", SECOND, y[:, 1]))
    return replace(panel, given=np.sort(given))


@pytest.mark.parametrize("given", [NEITHER[:25], KNOWN[:25]], ids=["new to both", "known to the donor"])
def test_the_predicted_gain_is_the_fall_of_the_variance_of_the_gaussian(given: NDArray[np.int64]) -> None:
    panel = asked(given, rho=0.5)
    first, second = tasks_of(panel)
    both = with_given(panel, first, second, gains_of(panel, first, second))
    pair, rho = pair_of(panel, first, second), both.relation.rho
    kernel = panel.similarity.block(np.arange(N), np.arange(N))
    i, j = first.share, second.share
    fall = []
    for r in R_NODES:
        cross = np.sqrt(i.signal * j.signal) * r * kernel[np.ix_(SECOND, given)]
        cross += rho * np.sqrt(i.noise * j.noise) * (SECOND[:, None] == given)
        own = i.signal * kernel[np.ix_(FIRST, given)]
        joint = np.concatenate([own, cross])
        with_donor = np.einsum("mk,mk->k", joint, np.linalg.solve(pair.covariance(r, rho), joint))
        alone = np.einsum("mk,mk->k", own, np.linalg.solve(pair.covariance(r, rho)[:90, :90], own))
        fall.append((with_donor - alone).mean() / (i.signal * np.diag(kernel)[given] + i.noise).mean())
    target = "measured" if given[0] in SECOND else "new"
    crossed = both.gains[0, target]
    predicted, error = expected_reduction(np.array(fall), crossed.r, both.relation.log_r_at_rho)
    gain = both.gains[0, "given"]
    assert gain.r2.predicted == pytest.approx(predicted, abs=1e-6)
    assert gain.r2.predicted_error == pytest.approx(error, abs=1e-6)
    assert gain.targets == 25
    moved = crossed.r2.measured.value - crossed.r2.predicted
    assert gain.r2.measured.value - gain.r2.predicted == pytest.approx(moved)
    assert gain.r2.measured.error == crossed.r2.measured.error


def test_a_donor_that_has_measured_the_compounds_gives_more() -> None:
    gains = []
    for given in (NEITHER[:60], KNOWN[:60]):
        panel = asked(given, rho=0.6)
        first, second = tasks_of(panel)
        both = with_given(panel, first, second, gains_of(panel, first, second))
        gains.append(both.gains[0, "given"].r2.predicted)
    assert gains[1] > 2 * gains[0] > 0


def test_compounds_with_a_label_of_the_task_are_no_target_of_it() -> None:
    panel = asked(FIRST)
    first, second = tasks_of(panel)
    both = with_given(panel, first, second, gains_of(panel, first, second))
    assert (0, "given") not in both.gains
    assert both.gains[1, "given"].targets == len(np.setdiff1d(FIRST, SECOND))


def test_one_donor_as_all_donors_gives_what_it_gives_alone() -> None:
    panel = asked(NEITHER[:40])
    first, second = tasks_of(panel)
    both = with_given(panel, first, second, gains_of(panel, first, second))
    r = both.gains[0, "new"].r
    relations = Relations(
        np.array([[1, r], [r, 1]]), np.eye(2), np.full((5, 2), r), {"new": 0.0, "measured": 0.0}
    )
    found = all_given(
        panel, [first, second], 0, relations, gain_from_all(panel, [first, second], 0, relations)
    )
    assert found.gains["given"].r2.predicted > 0
    assert found.gains["given"].r2.single == pytest.approx(both.gains[0, "given"].r2.single)
    assert found.gains["given"].r2.predicted == pytest.approx(
        both.gains[0, "given"].r2.predicted, abs=3 * both.gains[0, "given"].r2.predicted_error + 0.01
    )


def test_what_own_labels_explain_tells_near_from_far_compounds() -> None:
    own = [f"{'C' * k}c1ccc({x})cc1" for k in range(1, 13) for x in ("O", "N", "F", "Cl")]
    near = [f"{'C' * k}c1ccc({x})cc1" for k in (4, 8) for x in ("Br", "CO", "S")]
    far = ["OC(=O)C1CC1", "N#CCCC#N", "O=S(=O)(N)C", "C1COCCO1", "FC(F)(F)C(F)(F)F"]
    length = np.repeat(np.arange(1.0, 13.0), 4) + 0.3 * np.random.default_rng(0).normal(size=len(own))
    shares = []
    for given in (near, far):
        similarity = similarity_of([*own, *given], reference=len(own))
        groups = np.concatenate([np.repeat(np.arange(12), 4), np.zeros(len(given), dtype=np.int64)])
        places = np.arange(len(own), len(own) + len(given))
        panel = Panel(similarity, (column("a", np.arange(len(own)), length),), groups, places)
        (task,) = tasks_of(panel)
        found = nearness(panel, task)
        across = task.share.signal * similarity.block(task.column.rows, places)
        covariance = task.share.signal * task.kernel + task.share.noise * np.eye(len(own))
        explained = np.einsum("mk,mk->k", across, np.linalg.solve(covariance, across))
        prior = task.share.signal * similarity.diagonal(places) + task.share.noise
        assert found.given == pytest.approx(explained.mean() / prior.mean(), abs=1e-6)
        assert found.compounds == len(given)
        shares.append(found.share)
    assert shares[0] > 2 * shares[1] and shares[1] < NEAR


def test_the_kernel_of_a_panel_does_not_depend_on_the_compounds_that_are_given() -> None:
    own = [f"{'C' * k}c1ccc({x})cc1" for k in range(1, 11) for x in ("O", "N", "F", "Cl")]
    both = similarity_of([*own, "OC(=O)C1CC1", "N#CCCC#N"], reference=len(own))
    every = np.arange(len(own))
    expected = similarity_of(own).block(every, every)
    assert both.block(every, every) == pytest.approx(expected, abs=1e-6)
    assert both.diagonal(every) == pytest.approx(np.diag(expected), abs=1e-6)
