"""Agreement of affinities with E: size, noise, controls, seeds, unseen compounds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.agreement.analysis import _claim, analyse
from auditor.analyses.agreement.noise import (
    compounds_of,
    error_reliability,
    noise_of,
    split_reliability,
)
from auditor.analyses.agreement.seed_spread import spread_over_seeds
from auditor.audit.context import AuditContext
from auditor.document.jsonable import plain_data
from auditor.statistics.association import associate
from auditor.statistics.pairs import upper
from tests.analyses.affinities import affinity, audit_of, liabilities, noisy
from tests.making import labels_of

GROUPS = "aaabbbccdd"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> AuditContext:
    values = liabilities(200, GROUPS, within=0.5)
    return audit_of(values, tmp_path_factory.mktemp("cache"))


def test_an_affinity_made_of_e_agrees_and_the_document_is_plain(context: AuditContext) -> None:
    context.affinities = {"made": noisy(context, 0.1, reliability=0.8)}
    found = analyse(context, permutations=499)
    json.dumps(plain_data(found.data))
    told = found.data["made"]
    assert told["pairs"] == 45 and told["mantel_p"] <= 0.01 and told["low"] < told["pearson"] < told["high"]
    assert "made agrees with the label correlation" in found.sentence
    assert told["noise"]["disattenuated"] > told["pearson"] and 0.5 < told["noise"]["ceiling"] < 1


def test_an_affinity_of_noise_is_not_said_to_agree(context: AuditContext) -> None:
    noise = np.random.default_rng(3).normal(size=(10, 10))
    context.affinities = {"made": affinity(context, noise)}
    found = analyse(context, permutations=499)
    assert (
        "is unclear, because" in found.sentence
        and "agrees with the label correlation:" not in found.sentence
    )
    assert found.data["made"]["mantel_p"] > 0.05


@pytest.mark.parametrize(
    ("r", "low", "high", "p", "claim"),
    [
        (0.6, 0.3, 0.8, 0.01, "made agrees with"),
        (-0.6, -0.8, -0.3, 0.01, "made runs against"),
        (0.84, -0.82, 1.0, 0.04, "because the interval holds 0"),
        (0.6, 0.3, 0.8, 0.2, "because p is above 0.05"),
        (0.6, np.nan, np.nan, 0.01, "because there is no interval"),
        (0.6, -0.1, 0.8, np.nan, "because the interval holds 0 and p is above 0.05"),
    ],
)
def test_words_follow_the_interval_and_p(r: float, low: float, high: float, p: float, claim: str) -> None:
    said = _claim(
        "made",
        replace(
            associate(np.eye(4), np.eye(4), seed=0, permutations=9),
            pearson=r,
            low=low,
            high=high,
            mantel_p=p,
        ),
    )
    assert claim in said
    assert ("unclear" in said) == ("because" in said)


def test_what_an_affinity_owes_to_the_cheap_one_is_taken_out(context: AuditContext) -> None:
    cheap = noisy(context, 0.1, seed=1)
    extra = np.random.default_rng(2).normal(size=(10, 10))
    context.affinities = {"error-cosine": cheap, "made": affinity(context, cheap.values + 0.1 * extra)}
    found = analyse(context, permutations=499)
    left = found.data["made"]["given"]["error-cosine affinity"]
    assert found.data["made"]["mantel_p"] <= 0.01 and left["p"] > 0.05
    assert tuple(left["controls"]) == ("error-cosine",)
    assert "error-cosine affinity" not in found.data["error-cosine"]["given"]


def test_a_sign_that_the_affinity_cannot_see_shows_in_the_agreement_with_the_size_of_e(
    tmp_path: Path,
) -> None:
    values = liabilities(200, GROUPS, within=0.5)
    values[:, ::2] *= -1
    context = audit_of(values, tmp_path)
    context.affinities = {"made": affinity(context, np.abs(context.empirical.values))}
    told = analyse(context, permutations=99).data["made"]
    assert told["absolute"]["pearson"] == pytest.approx(1) and told["pearson"] < 0.5


def test_without_an_affinity_there_is_nothing_to_say(context: AuditContext) -> None:
    context.affinities = {}
    assert analyse(context).status == "not applicable"


def test_the_reliability_of_e_is_that_of_repeated_samples(tmp_path: Path) -> None:
    values = liabilities(4000, GROUPS, within=0.15, seed=5)
    labels = labels_of(values[:200])
    usable = ~np.eye(10, dtype=bool)
    # E of disjoint samples of the same size, whose mean correlation is the reliability by definition
    samples = [upper(np.corrcoef(values[start : start + 200].T)) for start in range(0, 4000, 200)]
    between = np.corrcoef(samples)
    expected = upper(between).mean()
    assert split_reliability(labels, usable, seed=0, min_support=20) == pytest.approx(expected, abs=0.12)
    errors = np.full(45, 1 / np.sqrt(200))
    assert error_reliability(samples[0], errors) == pytest.approx(expected, abs=0.12)


def test_the_ceiling_is_the_r_of_two_noisy_copies_and_dividing_by_it_gives_one_back() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(40, 40))
    truth += truth.T
    first, second = (truth + 1.0 * (n + n.T) for n in rng.normal(size=(2, 40, 40)))
    found = noise_of(associate(first, second, seed=0, permutations=9), 0.5, 0.5)
    assert found.ceiling == pytest.approx(0.5) and found.disattenuated == pytest.approx(1, abs=0.12)
    assert found.low < 1 < found.high
    assert np.isnan(noise_of(associate(first, second, seed=0, permutations=9), -0.1, 0.5).ceiling)


def test_halves_of_the_compounds_hold_all_labels_once() -> None:
    labels = labels_of(np.where(np.random.default_rng(0).random((30, 3)) < 0.6, 1.0, np.nan))
    half = np.arange(30) % 2 == 0
    one, other = compounds_of(labels, half), compounds_of(labels, ~half)
    assert (
        len(one.rows) + len(other.rows) == len(labels.rows)
        and (one.sizes + other.sizes == labels.sizes).all()
    )
    assert all(half[one.column(task)[0]].all() for task in range(3))


def test_seeds_are_compared_with_e_and_with_each_other(context: AuditContext) -> None:
    seeds = [noisy(context, 0.05, seed=seed).values for seed in range(3)]
    context.affinities = {"made": noisy(context, 0.05, per_seed=[m.tolist() for m in seeds])}
    told = analyse(context, permutations=99).data["made"]["seeds"]
    assert len(told["with_reference"]) == 3 == len(told["between"]) and min(told["between"]) > 0.7
    spread = spread_over_seeds(seeds, context.empirical.values, context.usable)
    assert spread.with_reference == pytest.approx(told["with_reference"])


def test_the_order_of_the_tasks_plays_no_part(tmp_path: Path) -> None:
    values = liabilities(150, GROUPS, within=0.4, seed=2)
    values[np.random.default_rng(0).random(values.shape) < 0.2] = np.nan
    order = np.random.default_rng(1).permutation(10)
    told = []
    for place, columns in enumerate((np.arange(10), order)):
        context = audit_of(values[:, columns], tmp_path / str(place), names=[f"t{c}" for c in columns])
        noise = np.random.default_rng(4).normal(size=(10, 10))[np.ix_(columns, columns)]
        context.affinities = {"made": affinity(context, context.empirical.values + 0.1 * noise)}
        told.append(analyse(context, permutations=199).data["made"])
    one, other = told
    assert one["pearson"] == pytest.approx(other["pearson"]) and one["leave_one_out"] == pytest.approx(
        other["leave_one_out"]
    )
    for held in one["given"]:
        assert one["given"][held]["r"] == pytest.approx(other["given"][held]["r"])


def test_an_estimator_that_needs_no_overlap_is_held_against_e_of_all_pairs(tmp_path: Path) -> None:
    values = liabilities(240, GROUPS, within=0.5)
    for task in range(10):
        values[np.random.default_rng(task).random(240) < 0.5, task] = np.nan
    context = audit_of(values, tmp_path)
    assert 0 < np.triu(context.usable, 1).sum() < 45
    same = noisy(context, 0.1)
    context.affinities = {"chemical-correlation": same, "error-cosine": same}
    found = analyse(context, permutations=99)
    told = found.data["chemical-correlation"]
    assert told["pairs"] == 45 == told["absolute"]["pairs"]
    assert found.data["error-cosine"]["pairs"] == np.triu(context.usable, 1).sum()
    assert told["given"]["error-cosine affinity"]["pairs"] == found.data["error-cosine"]["pairs"]
    assert "45 pairs" in found.sentence
