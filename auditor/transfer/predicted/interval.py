"""Intervals for predicted gains: by the posterior, and by what cross-validation missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.transfer.predicted.random_effects import Posterior, mean, standard_deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

LEVEL = 0.9


def posterior_interval(
    found: Posterior, members: NDArray[np.bool_], *, level: float = LEVEL
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends (g, t) between which one new measurement of each gain lies, by the posterior."""
    from scipy.stats import norm

    middle = mean(found, members)
    half = float(norm.ppf(0.5 + level / 2)) * standard_deviation(found, members)
    return middle - half, middle + half


def conformal_half_width(
    out_of_fold: NDArray[np.float64], train: GroupGains, *, level: float = LEVEL
) -> float:
    """Return how far a measured gain may lie from a prediction: a quantile of cross-validated misses.

    ``out_of_fold`` (g, t) was predicted without the fold. Of m misses the ceil((m + 1) level)-th is
    taken, which covers exchangeable cells; cells of one training are not quite that.

    Reference: Vovk, Gammerman & Shafer 2005; Barber et al. 2021, Annals of Statistics 49:486.
    """
    cells = train.measured & np.isfinite(out_of_fold)
    missed = np.sort(np.abs(train.gains - out_of_fold)[cells])
    rank = int(np.ceil((len(missed) + 1) * level))
    if not len(missed):
        raise DataError("no held-out prediction to learn an interval from")
    return float(missed[rank - 1]) if rank <= len(missed) else float("inf")


def coverage(low: NDArray[np.float64], high: NDArray[np.float64], held: GroupGains) -> float:
    """Return the share of measured gains between the ends (g, t)."""
    cells = held.measured & np.isfinite(low) & np.isfinite(high)
    if not cells.any():
        return float("nan")
    return float(((held.gains >= low) & (held.gains <= high))[cells].mean())
