"""How identity changes what tasks share."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.identity_levels import FINEST_FIRST, analyse, spread
from auditor.document.blocks import Text
from auditor.document.jsonable import plain_data
from auditor.plugin.component import Identity, Owner
from auditor.source.rows import SourceData
from tests.analyses.making import context_of
from tests.making import ALCOHOLS, source, table
from tests.plugins.reading import read

AMINES = tuple("C" * size + "N" for size in range(1, 41))
SALTS = tuple(f"{text}.Cl" for text in AMINES)


def test_salts_and_bases_share_nothing_until_salts_are_removed(tmp_path: Path) -> None:
    labels = np.arange(40) % 2
    data = source(table("base", AMINES, labels), table("salt", SALTS, labels))
    found = analyse(context_of(data, tmp_path))
    json.dumps(plain_data(found.data))
    medians = {level["level"]: level["jaccard"]["median"] for level in found.data["levels"]}
    assert tuple(medians)[: len(FINEST_FIRST)] == FINEST_FIRST
    assert [medians[name] for name in FINEST_FIRST] == [0, 0, 1, 1, 1, 1]
    gates = {level["level"]: level["gate"] for level in found.data["levels"][:5]}
    assert gates["as-written"] == "fail" and gates["parent"] == "pass"
    assert found.sentence.startswith("Overlap depends on identity: median Jaccard is 0.000 by as-written")


def test_where_nothing_is_written_in_two_ways_identity_hardly_changes_anything(tmp_path: Path) -> None:
    labels = np.arange(60) % 2
    data = source(table("a", ALCOHOLS, labels), table("b", ALCOHOLS[:50], labels[:50]))
    found = analyse(context_of(data, tmp_path))
    assert found.sentence.startswith("Identity hardly changes the overlap")
    assert "the gate says pass at every level" in found.sentence


def test_coarser_levels_never_have_more_compounds(tmp_path: Path) -> None:
    isomers = ["C[C@H](F)Cl", "C[C@@H](F)Cl", "c1ccccc1C", "c1ccccc1CC", "OC", "CO"]
    texts = [*AMINES[:10], *SALTS[:10], *isomers]
    data = source(table("a", texts, np.arange(26) % 2), table("b", texts[5:], np.arange(21) % 2))
    levels = analyse(context_of(data, tmp_path)).data["levels"]
    sizes = [
        level["compounds"] for level in levels if level["level"] in FINEST_FIRST and "compounds" in level
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_conflicts_mean_nothing_by_scaffold(tmp_path: Path) -> None:
    data = source(table("a", ALCOHOLS[:4], [0, 1, 0, 1]), table("b", ALCOHOLS[:4], [0, 1, 1, 0]))
    levels = analyse(context_of(data, tmp_path)).data["levels"]
    last = levels[len(FINEST_FIRST) - 1]
    assert last["level"] == "scaffold"
    assert "not_joined" in last or last["conflicting"] is None


def test_one_task_has_no_pair_to_speak_of(tmp_path: Path) -> None:
    found = analyse(context_of(source(table("a", ALCOHOLS, np.arange(60) % 2)), tmp_path))
    assert found.sentence == "1 task: no pair whose overlap could depend on identity."


def test_shares_are_over_unordered_pairs() -> None:
    matrix = np.array([[1, 0.3, 0.5], [0.3, 1, np.nan], [0.5, np.nan, 1]])
    found = spread(matrix, 0.3, 0.4)
    assert found == {"median": 0.4, "mean": 0.4, "share_from_0.30": 1.0, "share_from_0.40": 0.5}


@pytest.mark.published
def test_sider_and_clintox_go_from_a_tenth_to_more_than_a_half(mirror: Path, published_cache: Path) -> None:
    # published: .099 as RDKit writes them, .551 by the skeleton of the neutral largest fragment. ClinTox gives
    # carbonates and sulfates without their metal, which no longer are those of lanthanum, lithium or barium
    tables = [read(name, published_cache, mirror)[0].tables[0] for name in ("sider", "clintox")]
    found = analyse(context_of(SourceData(tuple(tables)), published_cache))
    medians = {level["level"]: level["jaccard"]["median"] for level in found.data["levels"]}
    assert medians["canonical"] == pytest.approx(0.099, abs=0.0006)
    assert medians["skeleton"] == pytest.approx(0.545, abs=0.0006)
    assert medians["as-written"] < medians["canonical"] < medians["parent"] <= medians["parent-inchikey"]
    assert "skeleton" in found.sentence and "gate's verdict differs" in found.sentence


def test_a_level_whose_library_is_not_installed_is_named_with_what_it_needs(tmp_path: Path) -> None:
    labels = np.arange(60) % 2
    context = context_of(source(table("a", ALCOHOLS, labels), table("b", ALCOHOLS, labels)), tmp_path)
    registry = context.request.registry
    owner = Owner("other", "some-rules", "1")
    level = Identity("other-rules", "nowhere:name", "other rules", owner, ("no-such-library",), "rules")
    more = replace(registry, components={**registry.components, ("identity", level.name): level})
    found = analyse(replace(context, request=replace(context.request, registry=more)))
    last = found.data["levels"][-1]
    assert (last["level"], last["needs"]) == ("other-rules", ["no-such-library"])
    shown = [block for block in found.blocks if isinstance(block, Text)]
    assert shown[-1].text == "identity 'other-rules' needs no-such-library, which is not installed."
    assert "compounds" in found.data["levels"][0]
