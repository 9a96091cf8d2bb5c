"""Student's t: how many standard errors a 95 % interval reaches to either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def freedom(count: NDArray[np.int64], about: Mapping[str, Any]) -> NDArray[np.int64]:
    """Return the degrees of freedom of an affinity's standard errors, from their counts and its facts.

    One less than the observations, or than ``about["standard_error_over"]`` where the error rests on
    fewer pieces than there are observations.
    """
    over = about.get("standard_error_over")
    return count - 1 if over is None else np.minimum(count, int(over)) - 1


def reach(freedom: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return t such that a 95 % interval is the estimate, t standard errors to either side.

    Parameters
    ----------
    freedom
        Degrees of freedom: of a mean of n observations n - 1. Below 1 the answer is NaN.
    """
    from scipy.special import stdtrit

    found: NDArray[np.float64] = stdtrit(np.where(freedom < 1, np.nan, freedom), 0.975)
    return found
