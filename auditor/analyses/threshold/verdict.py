"""Whether a curve has a threshold: the forms compared, and the bend with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.threshold.forms import Fit, bend_of, fit_all, preferred
from auditor.analyses.threshold.profile import broken_profile, sigmoid_profile
from auditor.statistics.resampling import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROFILES = {"sigmoid": sigmoid_profile, "piecewise linear": broken_profile}
MOSTLY = 0.5
"""Share of draws in which a level must be estimable to take part in the interval of a bend."""


@dataclass(frozen=True)
class Verdict:
    """What the shape of a curve says.

    Parameters
    ----------
    fits
        Of all forms, the best first.
    preferred
        Name of the form that is clearly better than all others; empty if none is.
    bends
        The place of the transition of every form that has one, with a 95 % interval.
    threshold
        Whether a form with a transition is preferred, and its interval lies inside the range.
    sentence
        The same in words.
    """

    fits: tuple[Fit, ...]
    preferred: str
    bends: dict[str, tuple[float, float, float]]
    threshold: bool
    sentence: str


def judge_shape(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    levels: NDArray[np.float64],
    drawn: NDArray[np.float64],
) -> Verdict:
    """Return whether points have a threshold.

    Parameters
    ----------
    x, y
        Overlap and r of every level and repeat.
    levels, drawn
        Overlap of every level (p,), and the mean r there in every draw of tasks and repeats (draws, p).
    """
    fits = fit_all(x, y)
    if not fits:
        return Verdict((), "", {}, False, "too few overlaps give an estimate to say more")
    best = preferred(fits)
    low, high = float(np.min(x)), float(np.max(x))
    bends = {fit.form: (bend_of(fit), *_bend_interval(fit, levels, drawn)) for fit in fits}
    bends = {name: bend for name, bend in bends.items() if math.isfinite(bend[0])}
    threshold = False
    if best is not None and best.form in bends:
        _, below, above = bends[best.form]
        threshold = low < below and above < high
    name = best.form if best is not None else ""
    return Verdict(tuple(fits), name, bends, threshold, _sentence(fits, best, bends, threshold, low, high))


def _bend_interval(
    fit: Fit, levels: NDArray[np.float64], drawn: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the interval of a form's bend over the draws, each fitted on a grid of bends."""
    if fit.form not in PROFILES or len(drawn) == 0:
        return math.nan, math.nan
    there = np.isfinite(drawn).mean(axis=0) > MOSTLY
    whole = drawn[:, there][np.isfinite(drawn[:, there]).all(axis=1)]
    if there.sum() <= len(fit.values) or len(whole) < MOSTLY * len(drawn):
        return math.nan, math.nan
    return interval(PROFILES[fit.form](levels[there], whole).x0)


def _sentence(
    fits: list[Fit],
    best: Fit | None,
    bends: dict[str, tuple[float, float, float]],
    threshold: bool,
    low: float,
    high: float,
) -> str:
    if best is None:
        if not math.isfinite(fits[0].aicc):
            return "too few points to compare forms"
        near = [fit.form for fit in fits if fit.aicc - fits[0].aicc < 2]
        return f"no form is preferred ({', '.join(near)} do equally well), so no threshold is shown"
    if best.form not in bends:
        return f"{best.form} fits best, which has no threshold"
    at, below, above = bends[best.form]
    if threshold:
        return f"{best.form} fits best, with its bend at {at:.2f} ({below:.2f} to {above:.2f})"
    return (
        f"{best.form} fits best, but its bend at {at:.2f} ({below:.2f} to {above:.2f}) is not pinned down "
        f"inside the range {low:.2f} to {high:.2f}: no threshold is shown"
    )
