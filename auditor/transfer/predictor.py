"""From pairs to groups: what an affinity says about every member of a group.

Letters: ``g`` groups, ``t`` tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.group_gains import GroupGains

Predict: TypeAlias = "Callable[[NDArray[np.bool_]], NDArray[np.float64]]"
"""From the members of some groups (g, t) to the gain of each member (g, t), NaN outside the groups."""

Fit: TypeAlias = "Callable[[GroupGains], Predict]"
"""From measured groups to a prediction of others."""


def extend(affinity: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean affinity of a member's companions to it, for every member of every group (g, t).

    ``a_t(S) = mean over s in S, s != t of A[s -> t]``: rows of ``affinity`` (t, t) are sources,
    columns recipients. A task alone scores exactly 0. A member scores NaN if the affinity of one of
    its companions to it is NaN: what cannot be estimated argues for no group. The diagonal is not used.

    Reference: Fifty et al. 2021 (TAG), arXiv 2109.04617; Ayman et al. 2026 (ETAP), arXiv 2602.18591.
    """
    known = np.isfinite(affinity)
    pairs = np.where(known, affinity, 0.0)
    np.fill_diagonal(pairs, 0.0)
    missing = (~known).astype(np.float64)
    np.fill_diagonal(missing, 0.0)
    inside = members.astype(np.float64)
    others = np.maximum(inside.sum(axis=1, keepdims=True) - 1.0, 1.0)
    score: NDArray[np.float64] = inside @ pairs / others
    score[(inside @ missing > 0.5) | ~members] = np.nan
    return score


def by_affinity(affinity: NDArray[np.float64]) -> Predict:
    """Return the prediction that the gain of a member is its score, as the affinity stands."""
    square = np.array(affinity, dtype=np.float64)
    return lambda members: extend(square, members)


def worth(predict: Predict, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the summed gain of the members of every group (g,); NaN if one of them is not estimable.

    A task alone is worth exactly 0, whatever the prediction says.
    """
    gains = checked(predict, members)
    value: NDArray[np.float64] = np.where(members, gains, 0.0).sum(axis=1)
    value[members.sum(axis=1) == 1] = 0.0
    return value


def checked(predict: Predict, members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the predicted gains (g, t) after a look at their shape; a task alone has exactly 0."""
    gains = np.array(predict(members), dtype=np.float64)
    if gains.shape != members.shape or np.isinf(gains).any():
        raise DataError(
            f"a gain prediction gave shape {gains.shape} or infinite values for {members.shape}"
        )
    gains[~members] = np.nan
    alone = members & (members.sum(axis=1, keepdims=True) == 1)
    gains[alone] = 0.0
    return gains
