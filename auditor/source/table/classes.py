"""Which columns of numbers hold two classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from auditor.source.table.values import Values

CLASSES_FROM = 5
"""Labels from which two distinct values are two classes."""


def two_classes(values: Values) -> tuple[float | None, float]:
    """Return the two values of a column that are its classes, 0 first; None where it has no classes."""
    distinct = values.distinct[0]
    if values.limits is not None:
        exact = values.numbers[values.limits == 0]
        distinct = np.unique(exact[np.isfinite(exact)])
    if len(distinct) and bool(np.isin(distinct, (0, 1)).all()):
        return 0.0, 1.0
    whole = bool((distinct == np.rint(distinct)).all())
    if len(distinct) == 2 and whole and values.measured >= CLASSES_FROM and values.limits is None:
        return float(distinct[0]), float(distinct[1])
    return None, 1.0
