"""Forms of a curve, compared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.analyses.threshold.forms import FORMS, Fit, aicc, bend_of, fit_all, fit_form, preferred
from auditor.analyses.threshold.profile import broken_profile, sigmoid_profile
from auditor.analyses.threshold.verdict import judge_shape

X = np.repeat(np.array([1, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.0]), 4)
LEVELS = np.unique(X)
PAPER_X = np.arange(1, 11) / 10
PAPER_Y = np.array([0.154, 0.221, 0.248, 0.527, 0.696, 0.658, 0.677, 0.720, 0.807, 0.794])


def drawn_from(truth: NDArray[np.float64], noise: float, seed: int) -> NDArray[np.float64]:
    """Return noisy values."""
    return truth + np.random.default_rng(seed).normal(0, noise, truth.shape)


def value(name: str, x: NDArray[np.float64], *parameters: float) -> NDArray[np.float64]:
    """Return a form's values."""
    form = next(form for form in FORMS if form.name == name)
    return form.function(x, *parameters)


TRUTHS = [
    ("linear", (0.1, 0.6)),
    ("signal-to-noise", (0.85, 0.15)),
    ("sigmoid", (0.6, 25, 0.35, 0.1)),
    ("piecewise linear", (0.6, 2.0, -1.9, 0.25)),
    ("constant", (0.4,)),
]


@pytest.mark.parametrize(("name", "parameters"), TRUTHS)
def test_the_generating_form_is_found(name: str, parameters: tuple[float, ...]) -> None:
    found = [fit_all(X, drawn_from(value(name, X, *parameters), 0.01, seed))[0].form for seed in range(5)]
    assert found.count(name) >= 4


@pytest.mark.parametrize(("name", "parameters"), TRUTHS[2:4])
def test_the_bend_lies_in_its_interval(name: str, parameters: tuple[float, ...]) -> None:
    truth = value(name, X, *parameters)
    drawn = drawn_from(np.tile(value(name, LEVELS, *parameters), (60, 1)), 0.015, 1)
    verdict = judge_shape(X, drawn_from(truth, 0.02, 2), LEVELS, drawn)
    at, low, high = verdict.bends[name]
    true = parameters[-1] if name == "piecewise linear" else parameters[2]
    assert low <= true <= high and low <= at <= high and high - low < 0.2
    assert verdict.threshold and verdict.preferred == name


def test_a_straight_line_has_no_threshold() -> None:
    drawn = drawn_from(np.tile(0.1 + 0.6 * LEVELS, (40, 1)), 0.02, 1)
    verdict = judge_shape(X, drawn_from(0.1 + 0.6 * X, 0.02, 2), LEVELS, drawn)
    assert not verdict.threshold
    assert "threshold" in verdict.sentence


def test_noise_alone_prefers_no_form_with_a_threshold() -> None:
    drawn = drawn_from(np.full((40, len(LEVELS)), 0.3), 0.2, 1)
    verdict = judge_shape(X, drawn_from(np.full_like(X, 0.3), 0.2, 3), LEVELS, drawn)
    assert not verdict.threshold


def test_the_papers_table_is_fitted_as_it_was_recomputed() -> None:
    """Equation 7 over table C.3: half-maximum .336, r_max .839, R² .915, and AICc against the others."""
    fits = {fit.form: fit for fit in fit_all(PAPER_X, PAPER_Y)}
    ratio = fits["signal-to-noise"]
    assert ratio.values == pytest.approx({"r_max": 0.839, "half": 0.336}, abs=1e-3)
    assert ratio.r_squared == pytest.approx(0.915, abs=1e-3)
    found = [fits[name].aicc for name in ("signal-to-noise", "linear", "sigmoid")]
    assert found == pytest.approx([-43.5, -38.7, -37.5], abs=0.05)
    assert fits["sigmoid"].values["x0"] == pytest.approx(0.378, abs=2e-3)


def test_a_signal_to_noise_curve_is_at_half_its_height_at_its_parameter() -> None:
    assert value("signal-to-noise", np.array([0.3]), 0.8, 0.3)[0] == pytest.approx(0.4)
    assert value("signal-to-noise", np.array([1.0]), 0.8, 0.3)[0] == pytest.approx(0.8)


def test_aicc_is_the_formula() -> None:
    assert aicc(2.0, 10, 3) == pytest.approx(10 * math.log(0.2) + 6 + 24 / 6)
    assert aicc(2.0, 4, 3) == math.inf


def test_nothing_is_preferred_where_two_are_equally_good() -> None:
    fits = [Fit("linear", {}, 1, 0.5, -10.0, 9), Fit("sigmoid", {}, 1, 0.5, -8.5, 9)]
    assert preferred(fits) is None
    assert preferred([fits[0], Fit("sigmoid", {}, 1, 0.5, -7.9, 9)]) is fits[0]


def test_too_few_points_rule_a_form_out() -> None:
    x = np.array([0.0, 0.5, 1.0, 0.2])
    assert all(fit.form != "sigmoid" or fit.aicc == math.inf for fit in fit_all(x, x))


def test_only_a_form_with_a_transition_has_a_bend() -> None:
    bends = {form.name: math.isfinite(bend_of(fit_form(form, PAPER_X, PAPER_Y))) for form in FORMS}
    assert [name for name, bend in bends.items() if bend] == ["sigmoid", "piecewise linear"]


def test_a_profile_finds_the_bend_of_every_curve() -> None:
    steep = np.array([value("sigmoid", LEVELS, 0.6, 40, place, 0.1) for place in (0.2, 0.35, 0.6)])
    np.testing.assert_allclose(sigmoid_profile(LEVELS, steep).x0, [0.2, 0.35, 0.6], atol=0.02)
    broken = np.array([value("piecewise linear", LEVELS, 0.5, 2, -1.5, place) for place in (0.2, 0.5)])
    found = broken_profile(LEVELS, broken)
    np.testing.assert_allclose(found.x0, [0.2, 0.5], atol=0.01)
    np.testing.assert_allclose(found.coefficients[:, 1:], [[2, -1.5]] * 2, atol=0.05)


def test_a_falling_curve_has_no_rising_sigmoid() -> None:
    falling = value("sigmoid", LEVELS, 0.6, 40, 0.4, 0.1)[::-1].copy()
    assert np.isnan(sigmoid_profile(LEVELS, falling[None]).x0).all()
    (form,) = (form for form in FORMS if form.name == "sigmoid")
    assert fit_form(form, LEVELS, falling).values["height"] >= 0


def test_levels_that_can_rarely_be_estimated_take_no_part_in_the_interval() -> None:
    truth = value("sigmoid", LEVELS, 0.6, 40, 0.35, 0.1)
    drawn = drawn_from(np.tile(truth, (40, 1)), 0.01, 1)
    drawn[:, 0] = np.nan
    drawn[:5, 3] = np.nan
    x = np.repeat(LEVELS, 3)
    verdict = judge_shape(x, drawn_from(np.repeat(truth, 3), 0.01, 2), LEVELS, drawn)
    _, low, high = verdict.bends["sigmoid"]
    assert low <= 0.35 <= high


def test_nothing_is_said_where_nothing_can_be_estimated() -> None:
    verdict = judge_shape(X, np.full_like(X, np.nan), LEVELS, np.full((20, len(LEVELS)), np.nan))
    assert verdict.fits == () and not verdict.threshold and "too few" in verdict.sentence
