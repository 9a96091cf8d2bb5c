"""The interval of the mean benefit over pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from auditor.analyses.benefit.account import size_of_benefit
from benchmarks.calibration.benefit import of_pairs


def test_where_tasks_decide_the_interval_is_that_of_the_mean_of_tasks() -> None:
    rng, far = np.random.default_rng(0), 1e6
    found = of_pairs(far, 7, rng)
    size = size_of_benefit(found)
    both = found.gains[0].max(axis=1, where=found.members, initial=-np.inf)
    tasks = np.linalg.lstsq(found.members.astype(float), both, rcond=None)[0]
    half = stats.t.ppf(0.975, 6) * 2 * tasks.std(ddof=1) / np.sqrt(7)
    assert (size.high - size.low) / 2 == pytest.approx(half, rel=1e-4)
    assert (size.high + size.low) / 2 == pytest.approx(size.mean)


def test_below_five_tasks_there_is_no_interval() -> None:
    assert np.isnan(size_of_benefit(of_pairs(1.0, 4, np.random.default_rng(1))).low)
