"""When two measured values are the same: one rule for replicates, leakage and duplicate tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

RELATIVE = 1e-6
"""Values are the same within this share of the larger one: published numbers have fewer digits. There is no
absolute part, because values in mol/L are as small as 1e-9."""


def same_value(first: ArrayLike, second: ArrayLike) -> NDArray[np.bool_]:
    """Return where two values are the same but for rounding; NaN is the same as nothing."""
    found: NDArray[np.bool_] = np.isclose(first, second, rtol=RELATIVE, atol=0.0)
    return found
