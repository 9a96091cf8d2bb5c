"""How far a 95 % interval reaches, held against scipy's distribution."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import t as student

from auditor.statistics.student import freedom, reach


def test_the_reach_is_the_quantile_of_the_distribution() -> None:
    free = np.array([*range(1, 40), 99, 100, 101, 102, 1000, 10**7])
    assert_allclose(reach(free), student.ppf(0.975, free), rtol=1e-9)


def test_nothing_is_told_without_a_degree_of_freedom() -> None:
    assert np.isnan(reach(np.array([0, -1]))).all()


def test_an_error_has_no_more_degrees_of_freedom_than_it_has_pieces() -> None:
    counts = np.array([40, 4])
    assert_array_equal(freedom(counts, {}), [39, 3])
    assert_array_equal(freedom(counts, {"standard_error_over": 6}), [5, 3])
