"""E: the correlation of two tasks' labels over the compounds measured for both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from auditor.overlap.detectable import Reach, detectable
from auditor.overlap.intervals import Intervals, correlation_intervals
from auditor.overlap.overlap import gram, shared_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

NAME = "E (labels)"
"""What E is called beside estimators of affinity."""
MIN_SUPPORT = 20
"""Shared compounds below which a correlation is not estimated (the paper's minimum)."""


@dataclass(frozen=True)
class Empirical:
    """Pearson correlation of labels over co-measured compounds; phi for two binary tasks.

    Parameters
    ----------
    values
        E (t, t); NaN where fewer than `MIN_SUPPORT` compounds are shared or a task is constant on
        them.
    support
        Shared compounds (t, t).
    constant
        Whether the row's task does not vary on the compounds it shares with the column's (t, t).
    labels
        What it was made of.
    """

    values: NDArray[np.float64]
    support: NDArray[np.int64]
    constant: NDArray[np.bool_]
    labels: Labels

    @cached_property
    def intervals(self) -> Intervals:
        """The 95 % interval and the p of every pair, made when they are first asked for."""
        return correlation_intervals(self.labels, self.values, self.support)

    @cached_property
    def reach(self) -> Reach:
        """The smallest correlation that every pair can show, made when it is first asked for."""
        return detectable(self.labels, self.support, self.constant)


def empirical_correlation(labels: Labels, *, min_support: int = MIN_SUPPORT) -> Empirical:
    """Return E for all pairs by products of sparse labels; no pair is visited in Python."""
    support = shared_counts(labels, labels).astype(np.float64)
    sums, squares, cross = _moments(labels)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares - sums**2 / support
        covariance = cross - sums * sums.T / support
        # after scaling, rounding leaves about 1e-12 of variance in a constant column
        constant = ~(variance > 1e-9 * np.maximum(squares, 1.0))
        values = covariance / np.sqrt(variance * variance.T)
    refused = (support < min_support) | constant | constant.T
    values = np.where(refused, np.nan, np.clip(values, -1.0, 1.0))
    return Empirical(values, support.astype(np.int64), constant, labels)


def _moments(
    labels: Labels,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return sums of the row's labels, of their squares, and of products, over shared compounds (t, t)."""
    from scipy.sparse import csc_array

    shape = (labels.n, labels.t)
    if np.isin(labels.values, (0.0, 1.0)).all():
        # counts: exact in single precision, see `shared_counts`; a class is its own square
        ones = csc_array((labels.values.astype(np.float32), labels.rows, labels.starts), shape=shape)
        sums = gram(ones, labels.mask.astype(np.float32))
        return sums, sums, gram(ones, ones)
    scaled = csc_array((_standardised(labels), labels.rows, labels.starts), shape=shape)
    squared = csc_array((scaled.data**2, labels.rows, labels.starts), shape=shape)
    mask = labels.mask.astype(np.float64)
    return gram(scaled, mask), gram(squared, mask), gram(scaled, scaled)


def _standardised(labels: Labels) -> NDArray[np.float64]:
    """Return the labels centred and scaled per task over its own compounds (number of labels,)."""
    values = labels.values.copy()
    for task in range(labels.t):
        part = slice(labels.starts[task], labels.starts[task + 1])
        column = values[part]
        spread = column.std() if len(column) else 0.0
        values[part] = (column - column.mean()) / spread if spread > 0 else 0.0
    return values
