"""Pairs within and across domains."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.domains.analysis import analyse
from auditor.analyses.domains.contrast import contrast, within_indicator
from auditor.document.jsonable import plain_data
from auditor.statistics.pairs import upper
from tests.analyses.affinities import affinity, audit_of, liabilities

DOMAINS = ["left"] * 5 + ["right"] * 5


def test_means_are_those_of_the_pairs_on_either_side() -> None:
    values = np.random.default_rng(0).normal(size=(10, 10))
    values += values.T
    found = contrast(values, DOMAINS, seed=0, permutations=99)
    same = upper(within_indicator(DOMAINS)) > 0
    assert found.within == pytest.approx(upper(values)[same].mean()) and found.pairs_within == 20
    assert found.across == pytest.approx(upper(values)[~same].mean()) and found.pairs_across == 25


def test_domains_dealt_out_at_random_are_called_different_one_time_in_twenty_at_most() -> None:
    rng = np.random.default_rng(1)
    p = []
    for number in range(300):
        effect = rng.normal(size=9)
        values = rng.normal(size=(9, 9)) + np.add.outer(effect, effect)
        p.append(
            contrast(values + values.T, rng.permutation(list("aaaabbbcc")), seed=number, permutations=199).p
        )
    assert np.mean(np.array(p) <= 0.05) < 0.09


def test_tasks_that_go_together_within_domains_are_found(tmp_path: Path) -> None:
    context = audit_of(liabilities(200, DOMAINS, within=0.5), tmp_path, domains=DOMAINS)
    context.affinities = {"made": affinity(context, context.empirical.values)}
    found = analyse(context, permutations=999)
    json.dumps(plain_data(found.data))
    told = found.data["contrasts"]["made"]["all pairs"]
    assert told["within"] == pytest.approx(0.5, abs=0.1) and abs(told["across"]) < 0.1 and told["p"] <= 0.05
    assert not found.data["confounded"] and "confounded" not in found.sentence


def test_a_contrast_that_is_all_overlap_is_said_to_be_and_vanishes_at_equal_overlap(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(230, 12))
    rng = np.random.default_rng(1)
    domains = ["left"] * 6 + ["right"] * 6
    for task in range(12):
        start = 0 if task < 6 else 60
        measured = np.arange(start, start + 170)[rng.random(170) < rng.uniform(0.5, 1)]
        values[np.setdiff1d(np.arange(230), measured), task] = np.nan
    context = audit_of(values, tmp_path, domains=domains)
    noise = np.random.default_rng(2).normal(size=(12, 12))
    context.affinities = {"made": affinity(context, np.sqrt(context.overlap.jaccard) + 0.02 * noise)}
    found = analyse(context, permutations=999)
    told = found.data["contrasts"]["made"]["all pairs"]
    assert told["p"] <= 0.05 < told["at_equal_overlap"]["p"] and found.data["confounded"]
    assert "confounded with overlap" in found.sentence


def test_one_measurement_published_twice_is_taken_out_of_the_second_contrast(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=(200, 10))
    values[:, 1] = values[:, 0]
    context = audit_of(values, tmp_path, domains=DOMAINS)
    found = analyse(context, permutations=199)
    assert found.data["twins"] == [["t0", "t1"]]
    every, without = (found.data["contrasts"]["E"][which] for which in ("all pairs", "without twins"))
    assert (
        without["pairs_within"] == every["pairs_within"] - 1 and without["within"] < every["within"] - 0.03
    )


@pytest.mark.parametrize(
    "domains", [[], ["left"] * 4, ["left", "right", "up", "down"], ["left", "left", "right", ""]]
)
def test_fewer_than_two_domains_with_pairs_are_not_applicable(tmp_path: Path, domains: list[str]) -> None:
    context = audit_of(np.random.default_rng(0).normal(size=(60, 4)), tmp_path, domains=domains)
    assert analyse(context).status == "not applicable"
