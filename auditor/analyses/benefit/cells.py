"""Numbers and intervals that may not be estimable, as cells of a table."""

from __future__ import annotations

import numpy as np


def number(value: float) -> float | None:
    """Return a number; None, which is "not estimable", where it is not finite."""
    return float(value) if np.isfinite(value) else None


def interval(low: float, high: float, digits: int) -> str:
    """Return an interval in words."""
    known = np.isfinite(low) and np.isfinite(high)
    return f"{low:.{digits}f} to {high:.{digits}f}" if known else "not estimable"
