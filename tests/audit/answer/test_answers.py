"""The answers say what the document holds, of any benchmark."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.audit.answer.card import answers_of
from auditor.audit.answer.comparable import groups_of
from auditor.audit.answer.measuring import cheapest
from auditor.audit.answer.relations import relations
from auditor.gate.reliable_subset import largest_clique
from auditor.text import count_of

ROOT = Path(__file__).parents[3]
COMMITTED = sorted(
    path
    for path in (ROOT / "reports").rglob("audit.json")
    if json.loads(path.read_text())["kind"] in ("overlap", "analysis")
)
LIMITS = {"reliable": 0.40, "borderline": 0.30, "min_support": 20}


def document(
    masks: np.ndarray, correlation: np.ndarray | None = None, width: float = 0.1
) -> dict[str, Any]:
    """The data of an audit of tasks that were measured on the compounds of ``masks`` (n, t)."""
    shared = masks.T.astype(int) @ masks.astype(int)
    sizes = shared.diagonal()
    union = sizes[:, None] + sizes[None] - shared
    jaccard = shared / np.maximum(union, 1)
    reliable = (jaccard >= 0.40) & (shared >= 20)
    words = np.where(reliable, "reliable", np.where(shared >= 20, "unreliable", "not estimable")).tolist()
    names = [f"T{place}" for place in range(len(sizes))]
    for place in range(len(names)):
        words[place][place] = None
    upper = np.triu_indices(len(names), 1)
    found = np.eye(len(names)) if correlation is None else correlation
    return {
        "tasks": [{"name": name} for name in names],
        "overlap": {"pair_verdict": words, "support": shared.tolist()},
        "verdict": {
            "measure": "jaccard",
            "thresholds": LIMITS,
            "pairs": len(upper[0]),
            "counts": {"reliable": int(reliable[upper].sum())},
            "reliable_subset": [names[place] for place in largest_clique(reliable).tasks],
        },
        "label_correlation": {
            "correlation": found.tolist(),
            "low": (found - width).tolist(),
            "high": (found + width).tolist(),
        },
        "findings": [],
    }


@st.composite
def masks(draw: st.DrawFn) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shares = rng.uniform(0.05, 1.0, draw(st.integers(2, 9)))
    return rng.random((draw(st.integers(30, 200)), len(shares))) < shares


@given(masks())
@settings(max_examples=60, deadline=None)
def test_groups_are_disjoint_and_all_their_pairs_are_reliable(measured: np.ndarray) -> None:
    data = document(measured)
    groups = groups_of(data)
    named = [name for group in groups for name in group]
    assert len(named) == len(set(named))
    verdicts = data["overlap"]["pair_verdict"]
    places = {task["name"]: place for place, task in enumerate(data["tasks"])}
    for group in groups:
        assert len(group) > 1
        assert all(verdicts[places[a]][places[b]] == "reliable" for a, b in combinations(group, 2))
    alone = [place for name, place in places.items() if name not in named]
    assert all(verdicts[a][b] != "reliable" for a, b in combinations(alone, 2))


@given(masks())
@settings(max_examples=60, deadline=None)
def test_so_many_new_labels_make_the_pair_reliable_and_one_fewer_does_not(measured: np.ndarray) -> None:
    for count, recipient, known in cheapest(document(measured)):
        target, source = int(recipient[1:]), int(known[1:])
        free = np.flatnonzero(measured[:, source] & ~measured[:, target])
        for labels, verdict in ((count, "reliable"), (count - 1, "unreliable")):
            after = measured.copy()
            after[free[:labels], target] = True
            assert document(after)["overlap"]["pair_verdict"][target][source] == verdict


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.6))
@settings(max_examples=60, deadline=None)
def test_what_goes_together_or_against_each_other_has_an_interval_beyond_zero(
    seed: int, width: float
) -> None:
    rng = np.random.default_rng(seed)
    tasks = int(rng.integers(2, 7))
    values = np.triu(rng.uniform(-0.9, 0.9, (tasks, tasks)), 1)
    values = values + values.T + np.eye(tasks)
    data = document(np.ones((50, tasks), dtype=bool), values, width)
    upper = values[np.triu_indices(tasks, 1)]
    together, against = (found["answer"] for found in relations(data))
    assert together.startswith("No pair") == bool((upper <= width).all())
    assert against.startswith("No pair") == bool((upper >= -width).all())
    strongest = float(upper.max())
    if strongest > width:
        i, j = np.argwhere(np.triu(values, 1) == strongest)[0]
        assert f"T{i} and T{j} {strongest:.2f} (" in together


def test_tasks_that_are_one_measurement_are_not_said_to_go_together() -> None:
    values = np.array([[1.0, 0.9995], [0.9995, 1.0]])
    together, _ = relations(document(np.ones((50, 2), dtype=bool), values))
    assert together["answer"].startswith("No pair")


def test_a_pair_whose_ranks_do_not_agree_is_not_named() -> None:
    values = np.array([[1.0, 0.8], [0.8, 1.0]])
    data = document(np.ones((50, 2), dtype=bool), values)
    for low, named in ((-0.1, False), (0.3, True)):
        ranks = {"spearman_low": [[1, low], [low, 1]], "spearman_high": [[1, 0.9], [0.9, 1]]}
        data["findings"] = [{"name": "label-correlation", "status": "ok", "data": {"matrices": ranks}}]
        assert ("T0 and T1" in relations(data)[0]["answer"]) == named


def test_only_pairs_beyond_chance_are_named_where_p_is_known() -> None:
    values = np.array([[1.0, 0.8, 0.2], [0.8, 1.0, 0.2], [0.2, 0.2, 1.0]])
    data = document(np.ones((50, 3), dtype=bool), values)
    assert "T0 and T2" in relations(data)[0]["answer"]
    data["label_correlation"]["p"] = [[None, 1e-9, 0.04], [1e-9, None, 0.045], [0.04, 0.045, None]]
    assert "T0 and T2" in relations(data)[0]["answer"]  # all three stand
    data["label_correlation"]["p"] = [[None, 0.04, 0.04], [0.04, None, 0.9], [0.04, 0.9, None]]
    assert relations(data)[0]["answer"] == (
        "No pair: no interval of E, the correlation of two tasks' labels, lies above 0 further than chance gives."
    )


def test_beyond_the_shared_compounds_chemical_correlation_answers() -> None:
    unknown = np.array([[1.0, np.nan], [np.nan, 1.0]])
    data = document(np.eye(2, dtype=bool).repeat(30, axis=0), unknown)
    data["affinity"] = {"chemical-correlation": [[1, -0.6], [-0.6, 1]]}
    data["affinity_about"] = {
        "chemical-correlation": {"low": [[1, -0.8], [-0.8, 1]], "high": [[1, -0.3], [-0.3, 1]]}
    }
    together, against = relations(data)
    assert "chemical-correlation" not in together["answer"]
    assert "T0 and T1 -0.60 (-0.80 to -0.30)" in against["answer"]
    for holds in (True, False):
        about = data["affinity_about"]["chemical-correlation"]
        about["holds_without_one_scaffold"] = [[True, holds], [holds, True]]
        assert ("T0 and T1" in relations(data)[1]["answer"]) == holds


def test_where_every_pair_is_reliable_there_is_nothing_to_measure() -> None:
    answers = {found["question"]: found["answer"] for found in answers_of(document(np.ones((50, 3), bool)))}
    assert answers["Which tasks can be compared"].startswith("All 3 tasks with each other")
    assert answers["What to measure next"].startswith("Nothing")


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.parent.name)
def test_every_committed_audit_is_answered_with_its_own_numbers(path: Path) -> None:
    data = json.loads(path.read_text())["data"]
    answers = answers_of(data)
    first = answers[0]["answer"]
    counts = data["verdict"]["counts"]
    pairs = data["verdict"]["pairs"]
    assert len({found["question"] for found in answers}) == len(answers) == 6
    told = f"{counts['reliable']:,} of {count_of(pairs, 'pair')}"
    assert told in first or (counts["reliable"] == pairs and first.startswith("All "))


def test_what_a_document_says_already_is_kept() -> None:
    said = {"question": "What", "answer": "That.", "section": ""}
    assert answers_of({"answers": [said]}) == [said]


def test_one_task_has_nothing_to_be_compared_with() -> None:
    assert answers_of(document(np.ones((30, 1), dtype=bool))) == []
