"""From arrays to what JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain_data(value: Any) -> Any:
    """Return a value with arrays as lists, NumPy numbers as Python's, and NaN or infinity as None."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, list | tuple):
        return [plain_data(item) for item in value]
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return plain_data(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _plain_array(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind == "O":
        return plain_data(array.tolist())
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return array.tolist()
    cells = array.astype(object)
    cells[~np.isfinite(array)] = None
    return cells.tolist()
