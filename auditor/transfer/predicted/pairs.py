"""HOA: the gain of a member is the mean of what it gains in pairs with each companion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.predictor import Predict, by_affinity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains


def pair_gains(train: GroupGains) -> NDArray[np.float64]:
    """Return what each recipient gains in the pair with each source (t, t); NaN if it was not trained."""
    found = np.full((train.t, train.t), np.nan)
    count = np.zeros((train.t, train.t))
    for members, gains in zip(train.members, train.gains, strict=True):
        if members.sum() != 2:
            continue
        one, other = np.flatnonzero(members)
        for source, recipient in ((one, other), (other, one)):
            if np.isfinite(gains[recipient]):
                before = 0.0 if np.isnan(found[source, recipient]) else found[source, recipient]
                count[source, recipient] += 1
                found[source, recipient] = before + (gains[recipient] - before) / count[source, recipient]
    return found


def pair_average(train: GroupGains) -> Predict:
    """Predict the mean of the pair gains with every companion; NaN unless all these pairs were trained.

    Reference: Standley et al. 2020, ICML (higher-order approximation).
    """
    return by_affinity(pair_gains(train))
