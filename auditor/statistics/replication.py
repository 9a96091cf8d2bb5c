"""One estimate from several seeds, its error, and how much of its spread over pairs is no error."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from auditor.statistics.association import correlation
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pooled(
    values: NDArray[np.float64], errors: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean over seeds (t, t) and its standard error (t, t).

    The seeds share the compounds, so more seeds do not lessen the error that compounds cause: its
    square is averaged, and the spread of the seeds' values is added, divided by their number.

    Parameters
    ----------
    values, errors
        Per seed (s, t, t); an entry that one seed lacks is the mean of the others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an entry that every seed lacks
        mean = np.nanmean(values, axis=0)
        square = np.nanmean(errors**2, axis=0)
        if len(values) > 1:
            between = np.nanvar(values, axis=0, ddof=1) / np.isfinite(values).sum(axis=0)
            square = square + np.nan_to_num(between)
    return mean, np.sqrt(square)


def jackknife_error(replicates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard error (t, t) from the values with one group left out (g, t, t)."""
    groups = len(replicates)
    spread = ((replicates - replicates.mean(axis=0)) ** 2).sum(axis=0)
    error: NDArray[np.float64] = np.sqrt((groups - 1) / groups * spread)
    return error


def resampled_error(values: NDArray[np.float64], held_out: float) -> NDArray[np.float64]:
    """Return the standard error (t, t) of a mean over random splits of the same compounds (r, t, t).

    The splits share most of what they are fitted on, so the variance of their mean does not fall with
    their number alone: it is the variance over splits times (1 / r + held-out / fitted). NaN where
    fewer than two splits have a value.

    Reference
    ---------
    Nadeau & Bengio 2003, doi 10.1023/A:1024068626366, section 4.
    """
    count = np.isfinite(values).sum(axis=0)
    with warnings.catch_warnings(), np.errstate(divide="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        variance = np.nanvar(values, axis=0, ddof=1)
        error = np.sqrt(variance * (1 / count + held_out / (1 - held_out)))
    return np.where(count > 1, error, np.nan)


def reliability(values: NDArray[np.float64], errors: NDArray[np.float64]) -> float:
    """Return the share of the variance over pairs that is no error: 1 - mean(se^2) / var(values).

    Below zero where the errors are larger than the spread; NaN with fewer than three pairs.
    """
    off = ~np.eye(len(values), dtype=bool) & np.isfinite(values) & np.isfinite(errors)
    if np.allclose(values, values.T, equal_nan=True):
        off &= np.triu(off)
    if off.sum() < 3 or values[off].var() == 0:
        return math.nan
    return float(1 - (errors[off] ** 2).mean() / values[off].var(ddof=1))


def between_seeds(values: NDArray[np.float64]) -> float:
    """Return the mean Pearson correlation of the seeds' estimates over pairs; NaN for one seed."""
    found = []
    for i, j in zip(*np.triu_indices(len(values), 1), strict=True):
        a, b = upper(values[i]), upper(values[j])
        both = np.isfinite(a) & np.isfinite(b)
        found.append(correlation(a[both], b[both]))
    return float(np.mean(found)) if found else math.nan


def mean_over_seeds(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over the first axis, NaN only where no seed has a value."""
    counted = np.isfinite(gains).sum(axis=0)
    mean: NDArray[np.float64] = np.nansum(gains, axis=0) / np.maximum(counted, 1)
    return np.where(counted > 0, mean, np.nan)


def spread(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation over the first axis; NaN where most resamples have no value."""
    counted = np.isfinite(drawn).sum(axis=0)
    centred = drawn - mean_over_seeds(drawn)
    deviation = np.sqrt(np.nansum(centred**2, axis=0) / np.maximum(counted - 1, 1))
    return np.where(counted > len(drawn) // 2, deviation, np.nan)


def spearman_brown(r: float, parts: float) -> float:
    """Return the reliability of a mean of ``parts`` measurements that correlate r with one another.

    It is between 0 and 1. An r of 0 or below gives 0, not NaN: the agreement was measured and there is
    none, which averaging cannot raise (the formula itself would run below -1 there). NaN for an r that
    is NaN. What divides by a reliability must refuse 0.

    Reference: Spearman 1910, Br. J. Psychol. 3:271; Brown 1910, ibid. 3:296.
    """
    if math.isnan(r):
        return math.nan
    return min(1.0, parts * r / (1 + (parts - 1) * r)) if r > 0 else 0.0
