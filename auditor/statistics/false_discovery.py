"""Many tests at once: which of them stand when the share of false ones among them is held down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.05


def stands(p: NDArray[np.float64], *, level: float = LEVEL) -> NDArray[np.bool_]:
    """Return which tests stand (any shape), so that at most `level` of them are false; NaN takes no part.

    Reference: Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57:289.
    """
    known = np.sort(p[np.isfinite(p)])
    allowed = np.flatnonzero(known <= level * np.arange(1, len(known) + 1) / max(len(known), 1))
    limit = known[allowed[-1]] if len(allowed) else -1.0
    found: NDArray[np.bool_] = np.nan_to_num(p, nan=2.0) <= limit
    return found
