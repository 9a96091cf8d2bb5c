"""Intervals for predicted gains, by what cross-validation missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

LEVEL = 0.9


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
