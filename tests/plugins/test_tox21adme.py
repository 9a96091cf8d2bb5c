"""The cross-domain panel: sixteen published tasks in two domains, its duplicates named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.benchmark.joining import Joined, join
from auditor.chemistry.naming import identify
from auditor.overlap.label_correlation import empirical_correlation
from auditor.source.files import SourceFiles
from auditor.source.rows import SourceData
from mtl_audit_tox21adme.source import ADME, TOXICITY, read_tox21_adme
from tests.making import identity

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def panel(mirror: Path, published_cache: Path) -> SourceData:
    """The panel with all published rows."""
    return read_tox21_adme(SourceFiles(published_cache / "files", str(mirror), offline=True))


@pytest.fixture(scope="module")
def restricted(mirror: Path, published_cache: Path) -> Joined:
    """The panel restricted as in the publication, joined by canonical SMILES."""
    files = SourceFiles(published_cache / "files", str(mirror), offline=True)
    return joined(read_tox21_adme(files, paper_filter=True), published_cache)


def joined(data: SourceData, cache: Path) -> Joined:
    texts = [text for table in data.tables for text in table.smiles]
    names = identify(texts, identity("canonical"), cache=cache)
    return join("tox21-adme", data, names, identity="canonical")


def test_the_panel_has_eight_tasks_of_each_domain_in_order(panel: SourceData) -> None:
    assert tuple(table.task.name for table in panel.tables) == (*TOXICITY, *ADME)
    assert [table.task.domain for table in panel.tables] == ["toxicity"] * 8 + ["ADME"] * 8
    kinds = {table.task.name: table.task.kind for table in panel.tables}
    assert kinds["cyp2d6_veith"] == kinds["NR-AR"] == kinds["bioavailability_ma"] == "classification"
    assert kinds["esol"] == kinds["freesolv"] == "regression"


def test_every_published_row_is_kept(panel: SourceData) -> None:
    sizes = {table.task.name: len(table.values) for table in panel.tables}
    assert {name: sizes[name] for name in ADME} == {
        "solubility_aqsoldb": 9_982, "esol": 1_128, "bioavailability_ma": 640,
        "lipophilicity_astrazeneca": 4_200, "lipophilicity": 4_200, "freesolv": 642,
        "cyp2d6_veith": 13_130, "cyp2c9_veith": 12_092,
    }  # fmt: skip
    assert sizes["NR-AR"] == 7_265


def test_units_and_notes_of_the_sets_are_carried_over(panel: SourceData) -> None:
    units = {table.task.name: table.task.unit for table in panel.tables}
    assert units["esol"] == units["solubility_aqsoldb"] == "log(mol/L)"
    assert units["freesolv"] == "kcal/mol"
    assert any("published twice" in note for note in panel.notes)
    assert any("nine sources" in note for note in panel.notes)
    assert "Delaney" in panel.citation
    assert "Veith" in panel.citation


def test_the_duplicated_tasks_are_as_the_notes_say(panel: SourceData, published_cache: Path) -> None:
    found = joined(panel, published_cache)
    sets = {name: _compounds(found, name) for name in ADME}
    assert sets["lipophilicity"] == sets["lipophilicity_astrazeneca"]
    assert (len(sets["lipophilicity"]), len(sets["esol"])) == (4_200, 1_117)
    assert len(sets["esol"] & sets["solubility_aqsoldb"]) == 1_099
    correlation = empirical_correlation(found.benchmark.labels).values
    at = {name: index for index, name in enumerate(found.benchmark.task_names)}
    assert correlation[at["lipophilicity"], at["lipophilicity_astrazeneca"]] == pytest.approx(1)


def test_the_filter_of_the_publication_gives_its_pairs(restricted: Joined) -> None:
    """The publication logs 113 usable pairs of 120: 28 toxicity, 22 ADME, 63 cross-domain."""
    assert len(restricted.benchmark.compounds) == 3_262
    assert restricted.benchmark.notes[0].startswith("Restricted to the 3,262 compounds")
    found = empirical_correlation(restricted.benchmark.labels, min_support=10)
    usable = np.isfinite(found.values)
    rows, columns = np.triu_indices(16, 1)
    counts = {(False, False): 0, (False, True): 0, (True, True): 0}
    for row, column in zip(rows, columns, strict=True):
        counts[bool(row >= 8), bool(column >= 8)] += int(usable[row, column])
    assert list(counts.values()) == [28, 63, 22]


def test_the_filter_keeps_only_compounds_of_tox21_with_an_adme_value(restricted: Joined) -> None:
    tox = set().union(*(_compounds(restricted, name) for name in TOXICITY))
    adme = set().union(*(_compounds(restricted, name) for name in ADME))
    assert tox <= adme
    assert len(adme) in (3_262, 3_263)  # RDKit 2026 and 2023 differ on one compound


def _compounds(found: Joined, task: str) -> set[str]:
    table = next(table for table in found.data.tables if table.task.name == task)
    return {str(found.names[text].name) for text in table.smiles}
