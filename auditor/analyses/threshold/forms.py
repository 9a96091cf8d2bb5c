"""Four forms of r against overlap, fitted and compared: is there a threshold, or a smooth rise?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.threshold.profile import broken_profile, sigmoid_profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_POINTS = 4
PREFERRED_BY = 2.0
"""AICc by which a form must be better than the next to be called preferred (Burnham & Anderson 2002)."""


@dataclass(frozen=True)
class Form:
    """A form of r against overlap x in [0, 1].

    Parameters
    ----------
    parameters, low, high
        Names and bounds.
    starts
        Where the search begins, beside the best of a grid of bends; the best end counts.
    bends_at
        Which parameter is the place of a transition, if the form has one.
    """

    name: str
    formula: str
    function: Callable[..., NDArray[np.float64]]
    parameters: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]
    bends_at: str = ""


@dataclass(frozen=True)
class Fit:
    """A fitted form.

    Parameters
    ----------
    values
        By parameter.
    rss, r_squared, aicc
        Residual sum of squares, share of variance explained, corrected Akaike criterion; the last is
        infinite where there are too few points for the form.
    """

    form: str
    values: dict[str, float]
    rss: float
    r_squared: float
    aicc: float
    points: int


def _linear(x: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    return a + b * x


def _signal_to_noise(x: NDArray[np.float64], r_max: float, half: float) -> NDArray[np.float64]:
    noise = half / (1 - half)
    found: NDArray[np.float64] = r_max * x / (x + (1 - x) * noise)
    return found


def _sigmoid(
    x: NDArray[np.float64], height: float, k: float, x0: float, base: float
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = height / (1 + np.exp(-np.clip(k * (x - x0), -500, 500))) + base
    return found


def _broken(x: NDArray[np.float64], a: float, b: float, c: float, x0: float) -> NDArray[np.float64]:
    return a + b * (x - x0) + c * np.maximum(0, x - x0)


def _constant(x: NDArray[np.float64], a: float) -> NDArray[np.float64]:
    return np.full_like(x, a)


FORMS: tuple[Form, ...] = (
    Form("constant", "a", _constant, ("a",), (-2,), (2,), ((0.3,),)),
    Form("linear", "a + b x", _linear, ("a", "b"), (-3, -6), (3, 6), ((0.1, 0.5),)),
    Form(
        "signal-to-noise",
        "ρ x / (x + (1 - x) α₀ / (1 - α₀)), the paper's equation 7",
        _signal_to_noise,
        ("r_max", "half"),
        (-2, 1e-4),
        (2, 1 - 1e-4),
        ((0.8, 0.3), (0.8, 0.05), (0.5, 0.7)),
    ),
    Form(
        "sigmoid",
        "L / (1 + exp(-k (x - x₀))) + b, the paper's equation 5",
        _sigmoid,
        ("height", "k", "x0", "base"),
        (0, 1, 0, -1),
        (1.5, 100, 1, 1),
        ((0.6, 10, 0.3, 0.1),),
        bends_at="x0",
    ),
    Form(
        "piecewise linear",
        "a + b (x - x₀) + c max(0, x - x₀)",
        _broken,
        ("a", "b", "c", "x0"),
        (-3, -20, -20, 0.0),
        (3, 20, 20, 1.0),
        (),
        bends_at="x0",
    ),
)


def fit_form(form: Form, x: NDArray[np.float64], y: NDArray[np.float64]) -> Fit:
    """Return the least-squares fit of a form to points x, y (p,), from the best of its starts."""
    from scipy.optimize import least_squares

    starts = _starts(form, x, y)
    best, rss = np.array(starts[0]), math.inf
    for start in starts:
        found = least_squares(
            lambda p: form.function(x, *p) - y, start, bounds=(form.low, form.high), max_nfev=200
        )
        if 2 * found.cost < rss:
            best, rss = found.x, 2 * float(found.cost)
    total = float(((y - y.mean()) ** 2).sum())
    return Fit(
        form.name,
        {name: float(value) for name, value in zip(form.parameters, best, strict=True)},
        rss,
        1 - rss / total if total > 0 else math.nan,
        aicc(rss, len(x), len(best) + 1),
        len(x),
    )


def _starts(form: Form, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    """Return where the search begins: for a form with a bend, the best of a grid; inside the bounds."""
    if not form.bends_at:
        return form.starts
    if form.name == "sigmoid":
        found = sigmoid_profile(x, y[None])
        (height, base), k, x0 = found.coefficients[0], found.slope[0], found.x0[0]
        start = np.array([height, k, x0, base])
    else:
        found = broken_profile(x, y[None])
        start = np.array([*found.coefficients[0], found.x0[0]])
    if not np.isfinite(start).all():
        return form.starts
    inside = np.clip(start, np.array(form.low) + 1e-6, np.array(form.high) - 1e-6)
    return (tuple(inside.tolist()), *form.starts)


def aicc(rss: float, points: int, parameters: int) -> float:
    """Return the corrected Akaike criterion of a least-squares fit; infinite for too few points.

    n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1), with the variance of the residuals among the k
    ``parameters``.

    Reference: Hurvich & Tsai 1989, Biometrika 76:297.
    """
    spare = points - parameters - 1
    if spare <= 0:
        return math.inf
    fit = points * math.log(max(rss, 1e-12) / points)
    return fit + 2 * parameters + 2 * parameters * (parameters + 1) / spare


def fit_all(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[Fit]:
    """Return the fit of every form, the best first; NaN points are left out.

    None below `FEWEST_POINTS`.
    """
    keep = np.isfinite(x) & np.isfinite(y)
    if keep.sum() < FEWEST_POINTS or np.ptp(x[keep]) == 0:
        return []
    fits = [fit_form(form, x[keep], y[keep]) for form in FORMS]
    return sorted(fits, key=lambda fit: fit.aicc)


def preferred(fits: Sequence[Fit]) -> Fit | None:
    """Return the fit that is clearly better than every other, or None."""
    if len(fits) < 2 or not math.isfinite(fits[0].aicc):
        return None
    return fits[0] if fits[1].aicc - fits[0].aicc >= PREFERRED_BY else None


def bend_of(fit: Fit) -> float:
    """Return the place of a form's transition; NaN for a form that has none."""
    form = next(form for form in FORMS if form.name == fit.form)
    return fit.values[form.bends_at] if form.bends_at else math.nan
