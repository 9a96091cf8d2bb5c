"""The closed forms against a dense Gaussian, conditioned step by step."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal

from auditor.transfer.kernel.choice import at, choose
from auditor.transfer.kernel.gain import gains_of, pair_of
from auditor.transfer.kernel.held_out import R_NODES, alone, together
from auditor.transfer.kernel.joint import Pair, R, own, posterior_mean, relate
from auditor.transfer.kernel.share import GRID, share_of
from auditor.transfer.kernel.together import Relations, gain_from_all
from tests.transfer.kernel.making import column, draws, panel_of_columns, some, tasks_of

FIRST, SECOND = some(1, 70), some(2, 110)


def small(*, rho: float = 0.0) -> tuple[Pair, NDArray[np.int64], NDArray[np.int64]]:
    """Return a pair that shares some compounds, and the folds of both."""
    y = draws(0.6, rho=rho, seed=3)
    panel = panel_of_columns(column("a", FIRST, y[:, 0]), column("b", SECOND, y[:, 1]))
    pair = pair_of(panel, *tasks_of(panel))
    return pair, panel.folds[FIRST], panel.folds[SECOND]


def conditioned(
    covariance: NDArray[np.float64],
    z: NDArray[np.float64],
    wanted: NDArray[np.int64],
    given: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the covariance of some variables given others."""
    weight = np.linalg.solve(covariance[np.ix_(given, given)], covariance[np.ix_(given, wanted)]).T
    rest = covariance[np.ix_(wanted, wanted)] - weight @ covariance[np.ix_(given, wanted)]
    return weight @ z[given], rest


def test_leave_out_predictions_are_those_of_the_gaussian_conditioned_on_the_rest() -> None:
    pair, first, second = small()
    assert pair.shared >= 5
    found = together(pair, (first, second), 0.3)
    z, fold, m = np.concatenate(pair.z), np.concatenate([first, second]), len(first)
    for node, r in enumerate(R_NODES):
        covariance = pair.covariance(r, 0.3)
        for place, one in enumerate(np.unique(fold)):
            held = np.flatnonzero(fold == one)
            mean, rest = conditioned(covariance, z, held, np.flatnonzero(fold != one))
            for side, left in enumerate(found.new):
                here = held[(held >= m) == bool(side)] - side * m
                inside = (held >= m) == bool(side)
                np.testing.assert_allclose(left.error[node, here], (z[held] - mean)[inside], atol=1e-7)
                np.testing.assert_allclose(left.variance[node, here], np.diag(rest)[inside], atol=1e-7)
            density = multivariate_normal(mean, rest).logpdf(z[held]) + len(held) / 2 * np.log(2 * np.pi)
            assert found.log_density[node, place] == pytest.approx(density, abs=1e-6)


def test_where_the_donor_knows_the_targets_only_the_recipients_labels_are_left_out() -> None:
    pair, first, second = small()
    found = together(pair, (first, second), 0.3)
    z, m = np.concatenate(pair.z), len(first)
    covariance = pair.covariance(R_NODES[2], 0.3)
    for side, fold in enumerate((first, second)):
        for one in np.unique(fold):
            held = np.flatnonzero(fold == one) + side * m
            mean, rest = conditioned(covariance, z, held, np.setdiff1d(np.arange(len(z)), held))
            left = found.measured[side]
            np.testing.assert_allclose(left.error[2, held - side * m], z[held] - mean, atol=1e-7)
            np.testing.assert_allclose(left.variance[2, held - side * m], np.diag(rest), atol=1e-7)


def test_a_task_alone_is_predicted_from_its_own_labels_of_other_folds() -> None:
    pair, first, _ = small()
    left = alone(pair.first, pair.z[0], pair.shares[0], first)
    covariance = own(pair.first, pair.shares[0])
    for one in np.unique(first):
        held = np.flatnonzero(first == one)
        mean, rest = conditioned(covariance, pair.z[0], held, np.flatnonzero(first != one))
        np.testing.assert_allclose(left.error[held], pair.z[0][held] - mean, atol=1e-8)
        np.testing.assert_allclose(left.variance[held], np.diag(rest), atol=1e-8)


def dense_log_l(pair: Pair, r: float, rho: float) -> float:
    z = np.concatenate(pair.z)
    covariance = pair.covariance(r, rho)
    return float(multivariate_normal(np.zeros(len(z)), covariance).logpdf(z))


def test_the_posterior_of_r_is_that_of_the_joint_density_on_a_grid() -> None:
    pair, _, _ = small(rho=0.5)
    relation = relate(pair)
    rhos = np.linspace(-0.8, 0.8, 17)
    dense = np.array([[dense_log_l(pair, r, rho) for rho in rhos] for r in R[::4]])
    weight = np.exp(dense - dense.max()) * np.gradient(R[::4])[:, None]
    weight /= weight.sum()
    assert relation.r == pytest.approx(float(weight.sum(axis=1) @ R[::4]), abs=0.01)
    assert relation.rho == pytest.approx(float(weight.sum(axis=0) @ rhos), abs=0.01)


def test_without_shared_compounds_the_posterior_is_that_of_one_eigendecomposition() -> None:
    y = draws(0.6, seed=3)
    apart = np.setdiff1d(SECOND, FIRST)
    panel = panel_of_columns(column("a", FIRST, y[:, 0]), column("b", apart, y[:, 1]))
    pair = pair_of(panel, *tasks_of(panel))
    dense = np.array([dense_log_l(pair, r, 0.0) for r in R[::8]])
    found = relate(pair).log_r[::8]
    np.testing.assert_allclose(found - found[0], dense - dense[0], atol=1e-5)


def test_the_share_that_similarity_explains_has_the_profile_likelihood() -> None:
    pair, _, _ = small()
    k, z = pair.first, pair.z[0]
    dense = []
    for h in GRID:
        shape = h * k + (1 - h) * np.eye(len(k))
        scale = float(z @ np.linalg.solve(shape, z)) / len(z)
        dense.append(multivariate_normal(np.zeros(len(z)), scale * shape).logpdf(z))
    weight = np.exp(np.array(dense) - max(dense)) * np.gradient(GRID)
    share = share_of(k, z)
    assert share.h == pytest.approx(float(weight @ GRID / weight.sum()), abs=1e-6)
    none = multivariate_normal(np.zeros(len(z)), float(z @ z) / len(z) * np.eye(len(z))).logpdf(z)
    assert share.evidence == pytest.approx(2 * (max(dense) - none), abs=1e-6)


def test_predictions_between_the_nodes_of_r_are_those_made_there() -> None:
    pair, first, second = small()
    found = together(pair, (first, second), 0.2)
    z, fold, m = np.concatenate(pair.z), np.concatenate([first, second]), len(first)
    for r in (-0.93, -0.41, 0.1, 0.77, 0.95):
        covariance = pair.covariance(r, 0.2)
        made = at(found.new[0], r)
        held = np.flatnonzero(fold == fold[0])
        mean, rest = conditioned(covariance, z, held, np.flatnonzero(fold != fold[0]))
        here = held[held < m]
        np.testing.assert_allclose(made.error[here], (z[held] - mean)[held < m], atol=6e-3)
        np.testing.assert_allclose(made.variance[here], np.diag(rest)[held < m], atol=6e-3)


@pytest.mark.parametrize("rho", [0.0, -0.5])
def test_r_without_a_fold_does_not_know_its_labels(rho: float) -> None:
    """The posterior without a fold is that of a pair from which the fold was taken away."""
    pair, first, second = small(rho=rho)
    found = together(pair, (first, second), rho)
    keep = np.flatnonzero(np.concatenate([first, second]) != 0)
    z = np.concatenate(pair.z)
    whole, rest = np.empty(len(R)), np.empty(len(R))
    for place, r in enumerate(R):
        covariance = pair.covariance(r, rho)
        whole[place] = multivariate_normal(np.zeros(len(z)), covariance).logpdf(z)
        left = covariance[np.ix_(keep, keep)]
        rest[place] = multivariate_normal(np.zeros(len(keep)), left).logpdf(z[keep])
    error = np.zeros(len(first)), np.zeros((len(R_NODES), len(first)))
    without = choose(whole, found.log_density, *error, first).without[0]
    assert without == pytest.approx(0.5 * (posterior_mean(rest) + R[0]), abs=0.01)


def test_r_is_held_at_the_value_of_rho_that_predictions_take() -> None:
    pair, _, _ = small(rho=0.5)
    relation = relate(pair)
    dense = np.array([dense_log_l(pair, r, relation.rho) for r in R[::8]])
    found = relation.log_r_at_rho[::8]
    np.testing.assert_allclose(found - found[6], dense - dense[6], atol=0.3)


def test_the_predicted_gain_is_that_of_the_gaussian_over_the_posterior_of_r() -> None:
    """The error of predictions with r* where r is r0, from the weights themselves."""
    y = draws(0.8, seed=5)
    panel = panel_of_columns(column("a", FIRST, y[:, 0]), column("b", SECOND, y[:, 1]))
    first, second = tasks_of(panel)
    both = gains_of(panel, first, second)
    gain, pair = both.gains[0, "new"], pair_of(panel, first, second)
    fold, m = panel.folds[np.concatenate([FIRST, SECOND])], len(FIRST)
    mean = posterior_mean(both.relation.log_r_at_rho)
    used, truth = (
        pair.covariance(gain.r, both.relation.rho),
        pair.covariance(mean, both.relation.rho),
    )
    single, saved = own(first.kernel, first.share), 0.0
    for one in np.unique(fold):
        held, given = (
            np.flatnonzero((fold == one) & (np.arange(len(fold)) < m)),
            np.flatnonzero(fold != one),
        )
        weight = np.linalg.solve(used[np.ix_(given, given)], used[np.ix_(given, held)]).T
        after = truth[np.ix_(held, held)] - 2 * weight @ truth[np.ix_(given, held)]
        after += weight @ truth[np.ix_(given, given)] @ weight.T
        _, before = conditioned(single, pair.z[0], held, np.flatnonzero(fold[:m] != one))
        saved += np.trace(before) - np.trace(after)
    assert gain.r2.predicted == pytest.approx(saved / np.trace(single), abs=1e-3)
    assert abs(gain.r - mean) > 0.02  # so that the mean over the posterior says something


def test_all_donors_together_are_one_gaussian_over_all_tasks() -> None:
    y = draws(0.7, seed=6, tasks=3)
    rows = (FIRST, SECOND, some(3, 90))
    panel = panel_of_columns(*(column(str(k), rows[k], y[:, k]) for k in range(3)))
    tasks = tasks_of(panel)
    r = np.array([[1, 0.8, 0.6], [0.8, 1, 0.5], [0.6, 0.5, 1]])
    rho = np.array([[1, 0.3, 0.0], [0.3, 1, -0.2], [0.0, -0.2, 1]])
    relations = Relations(r, rho, np.tile(r[0], (5, 1)), {"new": 0.01, "measured": 0.02})
    found = gain_from_all(panel, tasks, 0, relations)
    assert (found.donors, found.labels) == (2, 200)

    every = np.concatenate(rows)
    task = np.repeat(np.arange(3), [len(one) for one in rows])
    z = np.concatenate([one.column.z for one in tasks])
    signal, noise = (
        np.array([getattr(t.share, k) for t in tasks])[task] ** 0.5 for k in ("signal", "noise")
    )
    covariance = panel.similarity.block(every, every) * np.outer(signal, signal) * r[np.ix_(task, task)]
    covariance += (every[:, None] == every) * np.outer(noise, noise) * rho[np.ix_(task, task)]
    fold = panel.folds[every]
    for target, gain in found.gains.items():
        error, variance = np.full(len(FIRST), np.nan), np.full(len(FIRST), np.nan)
        for one in np.unique(panel.folds[FIRST]):
            held = np.flatnonzero((fold == one) & (task == 0))
            out = (fold == one) if target == "new" else (fold == one) & (task == 0)
            mean, rest = conditioned(covariance, z, held, np.flatnonzero(~out))
            error[held], variance[held] = z[held] - mean, np.diag(rest)
        targets = np.isin(FIRST, np.concatenate(rows[1:])) | (target == "new")
        before, prior = tasks[0].alone, np.diag(covariance)[: len(FIRST)][targets]
        fall = (before.variance - variance)[targets].sum() / prior.sum()
        assert gain.r2.predicted == pytest.approx(fall, abs=1e-6)
        square = (z[: len(FIRST)][targets] - z[: len(FIRST)][targets].mean()) ** 2
        saved = (before.error**2 - error**2)[targets].sum() / square.sum()
        assert gain.r2.measured.value == pytest.approx(saved, abs=1e-6)
        assert (
            gain.r2.predicted_error
            == max(relations.doubt[target], abs(gain.r2.predicted - gain.r2.measured.value))
            and gain.targets == targets.sum()
        )
