"""What is told of E pair by pair, and of all pairs together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from auditor.analyses.label_correlation import analyse
from auditor.document.jsonable import plain_data
from auditor.overlap.correlation_kinds import pair_correlations
from tests.analyses.affinities import audit_of, liabilities


def test_classes_have_a_limit_and_values_a_rank_correlation(tmp_path: Path) -> None:
    values = liabilities(200, "aab", within=0.6)
    numbers = pair_correlations(audit_of(values, tmp_path / "a").empirical)
    expected = stats.spearmanr(values[:, 0], values[:, 1]).statistic
    assert numbers.spearman[0, 1] == pytest.approx(expected) == pytest.approx(numbers.spearman[1, 0])
    assert numbers.spearman_low[0, 1] < expected < numbers.spearman_high[0, 1]
    assert np.isnan(numbers.tetrachoric).all()
    classes = pair_correlations(
        audit_of((values > 0.8).astype(float), tmp_path / "b", kind="classification").empirical
    )
    assert np.isnan(classes.spearman).all() and classes.tetrachoric[0, 1] == pytest.approx(0.6, abs=0.2)


def test_the_strongest_and_the_most_uncertain_pairs_are_named(tmp_path: Path) -> None:
    values = liabilities(220, "aabcdefg", within=0.9)
    values[40:, 7] = np.nan
    context = audit_of(values, tmp_path)
    found = analyse(context)
    json.dumps(plain_data(found.data))
    assert found.data["strongest"][0]["tasks"] == ["t0", "t1"] and found.data["above_zero"] >= 1
    assert (
        "t7" in found.data["most_uncertain"][0]["tasks"]
        and found.data["most_uncertain"][0]["compounds"] == 40
    )
    assert (
        "of 28 pairs, at most 5 % of these by chance" in found.sentence
        and "chance alone gives up to 1." in found.sentence
    )


def test_what_is_beyond_chance_allows_for_the_number_of_pairs(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=(60, 24))
    values[:, 1] = values[:, 0] + 0.1 * values[:, 1]
    found = analyse(audit_of(values, tmp_path)).data
    assert found["expected_by_chance"] == pytest.approx(0.05 * 276)
    assert (
        found["above_zero"] + found["below_zero"] >= 3 > found["above_chance"] + found["below_chance"] >= 1
    )


def test_the_document_has_the_interval_of_the_analysis(tmp_path: Path) -> None:
    context = audit_of(liabilities(200, "aab", within=0.6), tmp_path)
    found = analyse(context)
    for name in ("low", "high", "p"):
        np.testing.assert_array_equal(
            found.data["matrices"][name], getattr(context.empirical.intervals, name)
        )


def test_skewed_values_are_marked_and_the_ranks_stand_beside_them(tmp_path: Path) -> None:
    values = liabilities(200, "aab", within=0.6)
    values[:, 1] = np.exp(2 * values[:, 1])
    found = analyse(audit_of(values, tmp_path))
    assert found.data["marked"] == 2 and "2 pairs have values so skewed" in found.sentence
    marked = [row for row in found.blocks[0].rows if "t1" in row[:2]]
    assert len(marked) == 2 and all(row[3].endswith("*") and " to " in row[8] for row in marked)
