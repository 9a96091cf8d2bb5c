"""JSON-able data."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auditor.document.jsonable import plain_data


@given(arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 4)), elements=st.floats()))
def test_arrays_become_lists_with_null_for_what_is_not_finite(array: np.ndarray) -> None:
    found = plain_data({"a": array})["a"]
    expected = [[float(x) if np.isfinite(x) else None for x in row] for row in array]
    assert found == expected
    json.dumps(found, allow_nan=False)


def test_nested_numbers_of_any_kind_become_python_s() -> None:
    value = {1: (np.int64(2), np.float32("nan"), [np.bool_(True), float("inf"), None, "x"])}
    assert plain_data(value) == {"1": [2, None, [True, None, None, "x"]]}
