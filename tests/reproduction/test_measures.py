"""Measures find their numbers in what audits of today write, and the intervals beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import auditor
from auditor.document.jsonable import plain_data
from auditor.reproduction.plan import Claim, Measured
from auditor.reproduction.plans.cheng_zhang import pairs
from auditor.reproduction.plans.cheng_zhang.plan import plan
from auditor.reproduction.reading import one_pair, over_pairs, share_above

PAPER = plan()
PUBLISHED = ("Table C.1", "Table C.2", "Table 2 and figure 2C", "Overlap of published collections")
"""Parts whose measures look for tasks by their published names."""


def made_up(**findings: Mapping[str, Any]) -> dict[str, Any]:
    """A document of four tasks in two domains, with round numbers."""
    names = ("NR-AR", "NR-ER", "esol", "freesolv")
    g = np.array([[1, 0.5, 0.1, -0.1], [0.5, 1, 0.2, 0], [0.1, 0.2, 1, 0.4], [-0.1, 0, 0.4, 1]])
    data = {
        "tasks": [{"name": name} for name in names],
        "affinity": {"gradient-cosine": g},
        "affinity_standard_error": {"gradient-cosine": np.full((4, 4), 0.1)},
        "affinity_count": {"gradient-cosine": np.full((4, 4), 9)},
        "label_correlation": {"correlation": g / 2, "low": g / 2 - 0.1, "high": g / 2 + 0.1},
        "training": {"runs": [{}]},
        "findings": [{"name": n, "status": "ok", "data": d} for n, d in findings.items()],
    }
    return {"data": plain_data(data)}


def test_a_pair_is_found_by_its_names_with_the_interval_that_its_kind_has() -> None:
    found = {"a": made_up()}
    e, g = (one_pair("a", "NR-ER", "NR-AR", of=of)(found) for of in ("E", "gradient-cosine"))
    assert (e.value, e.low, e.high) == (0.25, 0.15, 0.35)
    assert g.value == 0.5 and math.isnan(g.low) and "± 0.231" in g.note  # t of 8 degrees is 2.306


def test_a_statistic_over_pairs_is_that_of_the_pairs() -> None:
    found = {"a": made_up()}
    above = over_pairs("a", share_above(0))(found)
    assert above.value == pytest.approx(4 / 6) and above.pairs == 6
    assert math.isnan(above.low)  # of four tasks no interval is given
    within, across = (pairs.of_domains("a", side, pairs.mean_of)(found) for side in ("toxicity", "across"))
    assert within.value == pytest.approx(0.5) and across.value == pytest.approx(0.05)
    assert across.low <= across.value <= across.high and across.pairs == 4
    assert pairs.smallest("a", ("NR-AR", "NR-ER", "esol"), of="E")(found).value == pytest.approx(0.05)


def test_two_audits_of_the_same_affinity_agree_wholly() -> None:
    found = pairs.between("a", "b")({"a": made_up(), "b": made_up()})
    assert found.value == pytest.approx(1) and found.pairs == 6


def test_the_rule_of_a_threshold_counts_what_it_keeps_and_avoids() -> None:
    gain = [[None, 0.02, 0.01, -0.01], [0.02, None, -0.02, 0.01], [0.01, -0.02, None, 0.03],
            [-0.01, 0.01, 0.03, None]]  # fmt: skip
    benefit = {"pair_benefit": gain, "trainings": {"seeds": [0, 1]}}
    found = {"a": made_up(benefit=benefit)}

    def told(statistic: pairs.Statistic) -> float:
        return pairs.gain_statistic("a", statistic)(found).value

    assert told(pairs.kept(0.3)) == pytest.approx(2 / 4)  # of four gains, those of 0.5 and 0.4
    assert told(pairs.avoided(0.15)) == pytest.approx(1 / 2)  # of two losses, that of -0.1
    assert told(pairs.mean_where(above=0.3)) == pytest.approx(0.025)
    assert told(pairs.positive_where(below=0.15)) == pytest.approx(2 / 3)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """One small audit with every analysis that the plan reads."""
    sweep = {"epochs": 1, "logs": 4, "seeds": 1, "labels": 110}
    study = auditor.analyze(
        "synthetic",
        dataset_options={"compounds": 300, "tasks": 6},
        encoder="ecfp",
        encoder_options={"width": 16, "hidden": 16, "bits": 64},
        affinities=["gradient-cosine", "error-cosine", "task2vec"],
        epochs=4,
        log_every=1,
        only=["agreement", "baselines", "dynamics", "controls", "benefit", "grouping", "threshold",
              "sparse-settings", "synthetic-truth"],
        analysis_options={
            "controls": {"tasks": 1, "epochs": 1},
            "benefit": {"seeds": 2, "epochs": 1, "patience": 1},
            "dynamics": {"marks": "1,2"},
            "threshold": {**sweep, "steps": "1,0.5,0.3,0.2,0", "assignment": "random", "batches": "16,256"},
            "sparse-settings": sweep,
        },
        cache_dir=tmp_path_factory.mktemp("cache"),
        quiet=True,
    )  # fmt: skip
    return study.document


def missed(claim: Claim, documents: Mapping[str, Any]) -> str:
    """What kept a measure from its number, in a line; "" where nothing did."""
    assert claim.measure is not None
    try:
        found = claim.measure(documents)
    except LookupError as error:
        # a level, an epoch or a figure that this audit was not asked for is told in words, by ours
        return "" if type(error) is LookupError else f"{claim.id}: {error!r}"
    except Exception as error:
        return f"{claim.id}: {error!r}"
    return "" if isinstance(found, Measured) else f"{claim.id}: {found!r}"


@pytest.mark.slow
def test_every_measure_of_the_paper_reads_what_an_audit_writes(document: Mapping[str, Any]) -> None:
    own = {"gradients": {"mean": [0.5, 0.4, 0.6]}, "labels": {"mean": [0.9, 0.8, 1.0]}}
    documents = {work.name: document for work in PAPER.works} | {"synthetic-own-design": {"data": own}}
    measured = [claim for claim in PAPER.claims if claim.measure and claim.part not in PUBLISHED]
    assert len(measured) > 100
    assert [line for claim in measured if (line := missed(claim, documents))] == []
