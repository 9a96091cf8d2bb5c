"""Gains of tasks whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.statistics.metrics import evaluate
from auditor.transfer.kernel.auroc import auroc_gain, auroc_of_r2
from auditor.transfer.kernel.controls import control
from auditor.transfer.kernel.gain import Both, gains_of
from auditor.transfer.kernel.interval import clustered
from auditor.transfer.kernel.share import share_of
from auditor.transfer.kernel.study import study
from auditor.transfer.kernel.together import definite
from tests.transfer.kernel.making import column, draws, kernel, panel_of_columns, some, tasks_of


def both_of(
    r: float, *, rho: float = 0.0, seed: int = 0, sign: float = 1.0, size: int = 100, donor: int = 300
) -> Both:
    """Return two tasks, the recipient with few labels, the donor with more."""
    y = draws(r, rho=rho, seed=seed)
    columns = (
        column("recipient", some(seed + 20, size), y[:, 0]),
        column("donor", some(seed + 50, donor), sign * y[:, 1]),
    )
    panel = panel_of_columns(*columns)
    return gains_of(panel, *tasks_of(panel))


@pytest.mark.parametrize("r", [0.9, -0.9])
def test_a_related_donor_helps_whatever_its_sign(r: float) -> None:
    found = [both_of(r, seed=seed, size=60, donor=400) for seed in range(6)]
    assert np.mean([both.relation.r for both in found]) == pytest.approx(r, abs=0.2)
    assert all(np.sign(both.gains[0, "new"].r) == np.sign(r) for both in found)
    gains = [both.gains[0, "new"].r2 for both in found]
    assert np.mean([gain.predicted for gain in gains]) > 0.03
    assert np.mean([gain.measured.value for gain in gains]) > 0.03
    assert all(gain.expected.high > 0 for gain in gains)


def test_an_unrelated_donor_gives_nothing() -> None:
    for seed in range(4):
        gain = both_of(0.0, seed=seed).gains[0, "new"]
        assert gain.r2.expected.low < 0 and gain.r2.predicted < 0.03


def test_negated_labels_give_the_same_gain_and_the_opposite_r() -> None:
    plain, opposite = both_of(0.8, rho=0.5, seed=2), both_of(0.8, rho=0.5, seed=2, sign=-1.0)
    assert opposite.relation.r == pytest.approx(-plain.relation.r, abs=1e-6)
    assert opposite.relation.rho == pytest.approx(-plain.relation.rho, abs=1e-6)
    for key, gain in plain.gains.items():
        other = opposite.gains[key]
        assert other.r == pytest.approx(-gain.r, abs=1e-6)
        assert other.r2.predicted == pytest.approx(gain.r2.predicted, abs=1e-6)
        assert other.r2.measured.value == pytest.approx(gain.r2.measured.value, abs=1e-6)


def test_donors_that_know_the_targets_help_more() -> None:
    gains = both_of(0.8, rho=0.6, seed=3, size=150).gains
    assert gains[0, "measured"].r2.expected.value > gains[0, "new"].r2.expected.value + 0.1
    assert gains[0, "measured"].targets < gains[0, "new"].targets == 150


def test_a_copy_of_the_task_is_found_in_full_and_shuffled_labels_are_not() -> None:
    y = draws(0.9, h=0.5, seed=5)
    panel = panel_of_columns(column("a", some(1, 120), y[:, 0]), column("b", some(2, 300), y[:, 1]))
    found = control(panel, *tasks_of(panel), seed=0)
    assert found.copy and found.own and found.negated and found.shuffled
    assert found.own.r2.measured.value > 0.1
    assert found.copy.r2.measured.value == pytest.approx(found.own.r2.measured.value, rel=0.25)
    assert found.copy.r > 0.8 and found.negated.r == pytest.approx(-found.copy.r, abs=1e-6)
    assert found.shuffled.r2.expected.low < 0 < found.shuffled.r2.expected.high + 0.01


def test_labels_at_random_have_no_share_that_similarity_explains() -> None:
    rows = some(5, 200)
    k, z = kernel()[np.ix_(rows, rows)], np.random.default_rng(0).normal(size=200)
    assert not share_of(k, z).explains
    assert share_of(k, draws(0.0, h=0.5)[rows, 0]).explains


def test_predicted_and_measured_gains_agree_over_many_pairs() -> None:
    """The mean over draws of both: the closed form is the expectation of what is measured."""
    found = [both_of(r, seed=seed, size=80).gains[0, "new"].r2 for seed in range(6) for r in (0.5, 0.95)]
    predicted, measured = [one.predicted for one in found], [one.measured.value for one in found]
    assert np.mean(predicted) == pytest.approx(np.mean(measured), abs=0.03)
    assert np.corrcoef(predicted, measured)[0, 1] > 0.6


def test_all_donors_together_give_what_each_adds() -> None:
    """Two donors that know each half of the recipient's signal; alone, each gives a part."""
    y = draws(0.0, seed=7, tasks=3)
    mixed = (y[:, 1] + y[:, 2]) / np.sqrt(2)
    columns = [column("mixed", some(11, 90), mixed)]
    columns += [column(f"d{k}", some(12 + k, 300), y[:, k]) for k in (1, 2)]
    found = study(panel_of_columns(*columns), seed=0, workers=1)
    alone = max(found.pairs[0, donor].gains["new"].r2.measured.value for donor in (1, 2))
    together = found.together[0]
    assert together.donors == 2 and together.labels == 600
    assert together.gains["new"].r2.measured.value > alone + 0.05
    assert set(found.pairs) == {(i, j) for i in range(3) for j in range(3) if i != j}
    assert len(found.controls) == 3


def test_a_task_that_similarity_does_not_explain_has_no_pairs() -> None:
    y = draws(0.9, seed=8)
    noise = np.random.default_rng(4).normal(size=len(y))
    columns = [column("a", some(1, 120), y[:, 0]), column("b", some(2, 120), y[:, 1])]
    found = study(panel_of_columns(*columns, column("noise", some(3, 120), noise)), seed=0, workers=1)
    assert set(found.pairs) == {(0, 1), (1, 0)} and not found.together
    assert [share.explains for share in found.shares] == [True, True, False]


def test_the_answer_does_not_depend_on_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.transfer.kernel.jobs.FEW", 0.0)
    y = draws(0.8, seed=9, tasks=3)
    panel = panel_of_columns(*(column(f"t{k}", some(k, 60), y[:, k]) for k in range(3)))
    here, there = study(panel, seed=0, workers=1), study(panel, seed=0, workers=2)
    assert there.pairs.keys() == here.pairs.keys()
    for key, pair in here.pairs.items():
        other = there.pairs[key].gains["new"].r2
        assert other.predicted == pytest.approx(pair.gains["new"].r2.predicted, abs=1e-8)
        assert other.measured.low == pytest.approx(pair.gains["new"].r2.measured.low, abs=1e-8)


@given(st.integers(0, 10_000))
def test_the_auroc_gain_is_the_difference_of_two_aurocs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.arange(60) < rng.integers(5, 55))
    before, after = np.round(rng.normal(size=(2, 60)), 1)  # with ties
    gain = auroc_gain(positive, before, after, np.arange(60) // 3)
    labels = positive.astype(float)
    expected = evaluate("auroc", labels, after)[0] - evaluate("auroc", labels, before)[0]
    assert gain.value == pytest.approx(expected, abs=1e-12)
    assert gain.low <= gain.value <= gain.high


def test_the_auroc_of_calibrated_normal_scores_is_the_closed_form() -> None:
    rng = np.random.default_rng(0)
    for fraction, r2 in ((0.5, 0.2), (0.1, 0.1)):
        positive = rng.random(400_000) < fraction
        spread = np.sqrt(r2 * fraction * (1 - fraction) * (1 - r2))
        scores = r2 * positive + spread * rng.normal(size=len(positive))
        found = evaluate("auroc", positive.astype(float), scores)[0]
        assert auroc_of_r2(r2, fraction) == pytest.approx(found, abs=0.004)


@given(st.integers(0, 10_000))
def test_the_error_of_equal_groups_is_that_of_their_means(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(12, 5))
    found = clustered(values.ravel(), np.ones(60), np.repeat(np.arange(12), 5))
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(values.mean(axis=1).std(ddof=1) / np.sqrt(12))
    assert found.freedom == 11


def test_compounds_of_one_scaffold_are_one_observation() -> None:
    rng = np.random.default_rng(0)
    values = np.repeat(rng.normal(size=40), 10)
    apart = clustered(values, np.ones(400), np.arange(400))
    whole = clustered(values, np.ones(400), np.repeat(np.arange(40), 10))
    assert whole.error == pytest.approx(apart.error * np.sqrt(10), rel=0.05)


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_any_symmetric_matrix_is_made_a_correlation_matrix(seed: int, t: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.uniform(-1, 1, size=(t, t))
    raw = (raw + raw.T) / 2
    raw[0, 1:] = raw[1:, 0] = np.nan
    found = definite(raw)
    assert np.diag(found) == pytest.approx(1) and np.linalg.eigvalsh(found).min() > 1e-5
    again = definite(found)
    np.testing.assert_allclose(again, found, atol=1e-2)


def test_a_classs_gain_stands_in_auroc_too() -> None:
    y = draws(0.9, seed=10)
    classes = (y > 0.5).astype(float)
    panel = panel_of_columns(
        column("a", some(1, 150), classes[:, 0], classes=True),
        column("b", some(2, 400), classes[:, 1], classes=True),
    )
    gain = gains_of(panel, *tasks_of(panel)).gains[0, "new"]
    assert gain.auroc is not None and gain.auroc.predicted > 0 and 0.5 < gain.auroc.single < 1
    assert gain.auroc.expected.low < gain.auroc.expected.value < gain.auroc.expected.high
    plain = gains_of(panel, *(replace(t, column=replace(t.column, positive=None)) for t in tasks_of(panel)))
    assert plain.gains[0, "new"].auroc is None
    assert plain.gains[0, "new"].r2 == gain.r2
