"""The pairs of a task matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def upper(matrix: NDArray[Any]) -> NDArray[Any]:
    """Return the strict upper triangle of a (t, t) matrix, row by row: (t*(t-1)/2,)."""
    return matrix[np.triu_indices(matrix.shape[0], 1)]
