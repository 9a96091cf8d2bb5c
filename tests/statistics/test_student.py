"""Student's t and the Spearman-Brown formula, held against scipy and the textbook."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from auditor.statistics.replication import spearman_brown
from auditor.statistics.student import freedom, reach


@pytest.mark.parametrize("free", [*range(1, 40), 99, 100, 101, 102, 1000, 10**7])
def test_the_reach_is_the_quantile_that_scipy_gives(free: int) -> None:
    assert reach(free) == pytest.approx(student.ppf(0.975, free), rel=1e-7)


def test_nothing_is_told_without_a_degree_of_freedom() -> None:
    assert math.isnan(reach(0)) and math.isnan(reach(-1))


def test_an_error_has_no_more_degrees_of_freedom_than_it_has_pieces() -> None:
    assert freedom(40, {}) == 39
    assert freedom(40, {"standard_error_over": 6}) == 5
    assert freedom(4, {"standard_error_over": 6}) == 3


def test_the_figures_of_a_report_need_no_heavy_library() -> None:
    code = (
        "import sys, auditor.report.sections.figures; "
        "sys.exit(bool({'numpy', 'scipy', 'torch', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.floats(-1, 1, allow_nan=False), st.integers(1, 50))
def test_a_reliability_is_between_0_and_1(r: float, parts: int) -> None:
    assert 0 <= spearman_brown(r, parts) <= 1


def test_spearman_brown_is_the_textbook_value() -> None:
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert spearman_brown(0.5, 1) == 0.5
    assert math.isnan(spearman_brown(math.nan, 2))


def test_halves_that_disagree_have_no_reliability() -> None:
    assert spearman_brown(-0.85, 2) == spearman_brown(-1.0, 2) == spearman_brown(0.0, 2) == 0
