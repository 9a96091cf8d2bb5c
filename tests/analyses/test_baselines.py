"""What trivial predictors reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.agreement.covariates import JACCARD, PREVALENCE, pair_covariates
from auditor.analyses.baselines import analyse
from tests.analyses.affinities import affinity, audit_of, liabilities, noisy

GROUPS = "aaaabbbbcc"


def test_an_e_that_is_all_prevalence_is_said_to_be_reached_without_a_gradient(tmp_path: Path) -> None:
    liability = np.random.default_rng(0).normal(size=220)
    cuts = np.linspace(-1.5, 1.5, 10)
    context = audit_of((liability[:, None] > cuts).astype(float), tmp_path, kind="classification")
    context.affinities = {"made": noisy(context, 0.3)}
    found = analyse(context, permutations=499)
    assert found.data["baselines"][PREVALENCE]["E"]["pearson"] > 0.9
    assert f"{PREVALENCE} alone reaches r = 0.9" in found.sentence
    assert found.data["leads"]["made"]["verdict"] == "worse"


def test_an_affinity_that_knows_more_than_the_baselines_is_better(tmp_path: Path) -> None:
    values = (liabilities(220, GROUPS, within=0.8) > 0.3).astype(float)
    context = audit_of(values, tmp_path, kind="classification")
    context.affinities = {"made": noisy(context, 0.02)}
    found = analyse(context, permutations=499)
    lead = found.data["leads"]["made"]
    assert lead["verdict"] == "better" and lead["affinity_r"] > 0.9 and lead["low"] > 0
    assert found.sentence.endswith("made (r = 1.00) is better.")


def test_values_have_no_prevalence_and_a_full_table_no_overlap_to_tell_apart(tmp_path: Path) -> None:
    values = liabilities(100, GROUPS, within=0.5)
    assert analyse(audit_of(values, tmp_path)).status == "not applicable"
    values[:40, 0] = np.nan
    context = audit_of(values, tmp_path / "b")
    context.affinities = {"made": affinity(context, context.overlap.jaccard)}
    found = analyse(context, permutations=99)
    assert set(found.data["baselines"]) == {JACCARD, "log shared compounds"}
    assert PREVALENCE in found.data["left_out"]
    assert found.data["baselines"][JACCARD]["made"]["pearson"] == pytest.approx(1)


def test_prevalence_likeness_is_the_difference_of_the_log_odds(tmp_path: Path) -> None:
    values = np.zeros((100, 3))
    for place, positives in enumerate((50, 20, 80)):
        values[:positives, place] = 1
    found = pair_covariates(audit_of(values, tmp_path, kind="classification"))[PREVALENCE]
    assert found[0, 1] == pytest.approx(np.log(0.25)) and found[1, 2] == pytest.approx(-np.log(16))
    assert found[0, 0] == 0
