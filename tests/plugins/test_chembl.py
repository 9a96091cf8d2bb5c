"""ChEMBL: every row exactly once or a clear error, the right proteins, and nothing dropped uncounted."""

from __future__ import annotations

import collections
import gzip
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import DataError, UsageError
from auditor.source.files import SourceFiles
from auditor.source.rows import SourceData
from mtl_audit_chembl import api
from mtl_audit_chembl.panel import JAK, KINASES
from mtl_audit_chembl.source import read_jak, read_kinase
from mtl_audit_chembl.watched import watched_session
from tests import http_server
from tests.chembl_server import GENES, ChemblServer, Row, activity, panel_rows, serving, target_record

JAK2, TYK2 = "CHEMBL2971", "CHEMBL3553"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "BACKOFF_S", 0.0)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("MTL_AUDIT_CHEMBL_URL", raising=False)


def jak_rows(*, each: int = 7) -> list[Row]:
    """Return some activities of every JAK kinase, numbered without gaps."""
    rows: list[Row] = []
    for target in JAK:
        for index in range(each):
            rows.append(activity(len(rows) + 1, target.chembl_id, "C" * (index + 1), 5 + index / 10))
    return rows


def read(server: ChemblServer, folder: Path, **options: object) -> SourceData:
    """Read the JAK family from a server into a cache folder."""
    files = SourceFiles(folder)
    options = {"min_compounds": 1, "url": server.url, **options}
    return read_jak(files, **options)  # type: ignore[arg-type]


def counted(data: SourceData) -> Mapping[tuple[str, str, float], int]:
    """Return how often each task, SMILES and value occurs."""
    return collections.Counter(
        (table.task.name, smiles, round(value, 6))
        for table in data.tables
        for smiles, value in zip(table.smiles, table.values, strict=True)
    )


def expected(rows: list[Row]) -> Mapping[tuple[str, str, float], int]:
    """Return the same of the rows that a server holds."""
    return collections.Counter(
        (
            f"{GENES[row['target_chembl_id']]} {row['standard_type']}",
            row["canonical_smiles"],
            round(float(row["pchembl_value"]), 6),
        )
        for row in rows
    )


def test_all_pages_arrive_although_the_server_caps_them(tmp_path: Path) -> None:
    rows = [activity(i, JAK2, f"{'C' * (i % 40 + 1)}O", 4 + i % 700 / 100) for i in range(1, 2_502)]
    with serving(ChemblServer(rows)) as server:
        data = read(server, tmp_path)
    assert counted(data) == expected(rows)
    assert sum("offset=2000" in path for path in server.asked_for("activity")) == 1


@pytest.mark.parametrize("fault", ["500", "429", "html", "drop", "cut", "garbage", "short"])
@pytest.mark.parametrize("request_number", [1, 2, 4, 9])
def test_a_passing_fault_loses_and_repeats_nothing(fault: str, request_number: int, tmp_path: Path) -> None:
    rows = jak_rows(each=25)
    with serving(ChemblServer(rows, faults={request_number: fault}, cap=10)) as server:
        assert counted(read(server, tmp_path)) == expected(rows)


ANY_FAULT = st.sampled_from(
    [
        "500", "429", "404", "html", "drop", "cut", "garbage", "list",
        "short", "empty", "overlap", "grown", "foreign",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.dictionaries(st.integers(1, 24), ANY_FAULT, max_size=12), each=st.integers(0, 23))
def test_whatever_the_server_does_every_row_arrives_once_or_the_error_is_clear(
    faults: dict[int, str], each: int, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "c", ignore_errors=True)
    rows = [*jak_rows(each=each), activity(9_999, JAK2, "CCN", 6.0)]
    with serving(ChemblServer(rows, faults=faults, cap=10)) as server:
        try:
            assert counted(read(server, tmp_path / "c")) == expected(rows)
        except DataError as error:
            assert error.hint
            assert "127.0.0.1" in error.message or "ChEMBL" in error.message
            server.faults = {}
            assert counted(read(server, tmp_path / "c")) == expected(rows)


def test_a_download_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    rows = jak_rows(each=25)
    gone = dict.fromkeys(range(8, 8 + api.ATTEMPTS), "drop")
    with serving(ChemblServer(rows, faults=gone, cap=10)) as server:
        with pytest.raises(DataError, match="6 times") as caught:
            read(server, tmp_path)
        assert "run again" in caught.value.hint
        first = server.asked_for("activity")[: -api.ATTEMPTS]
        server.asked.clear()
        server.faults = {}
        assert counted(read(server, tmp_path)) == expected(rows)
        second = server.asked_for("activity")
    assert len(first) == 5
    assert not set(first) & set(second)


def test_a_damaged_page_of_an_earlier_attempt_is_asked_for_again(tmp_path: Path) -> None:
    rows = jak_rows(each=25)
    gone = {8: "404"}
    with serving(ChemblServer(rows, faults=gone, cap=10)) as server:
        with pytest.raises(DataError, match="404"):
            read(server, tmp_path)
        pages = sorted(tmp_path.glob("chembl/pages/*/CHEMBL*/*.json.gz"))
        pages[0].write_bytes(pages[0].read_bytes()[:-9])
        pages[1].write_bytes(gzip.compress(b'{"activities": []}'))
        server.faults = {}
        assert counted(read(server, tmp_path)) == expected(rows)
    assert not list(tmp_path.glob("chembl/pages/*/*"))


@pytest.mark.parametrize(("shift", "said"), [(3, "stated 10 rows, sent 7"), (-2, "stated 5 rows, sent 7")])
def test_a_total_that_does_not_add_up_is_an_error_and_leaves_no_pages(
    shift: int, said: str, tmp_path: Path
) -> None:
    with serving(ChemblServer(jak_rows(), total_shift=shift)) as server:
        with pytest.raises(DataError, match=said) as caught:
            read(server, tmp_path)
        assert "target_chembl_id=" in caught.value.message
        server.total_shift = 0
        assert counted(read(server, tmp_path)) == expected(jak_rows())


def test_a_total_that_is_too_small_is_an_error_although_that_many_rows_came(tmp_path: Path) -> None:
    with (
        serving(ChemblServer(jak_rows(), total_shift=-2, cap=5)) as server,
        pytest.raises(DataError, match="stated 5 rows, sent 5 and announces more"),
    ):
        read(server, tmp_path)


def test_a_total_that_changes_between_pages_is_an_error(tmp_path: Path) -> None:
    with (
        serving(ChemblServer(jak_rows(), faults={4: "grown"}, cap=5)) as server,
        pytest.raises(DataError, match="stated 7 rows first and 8 later"),
    ):
        read(server, tmp_path)


def test_a_row_that_is_served_twice_is_an_error(tmp_path: Path) -> None:
    rows = [*jak_rows(), activity(3, JAK[0].chembl_id, "CCCCO", 7.0)]
    with serving(ChemblServer(rows)) as server, pytest.raises(DataError, match="7 are distinct"):
        read(server, tmp_path)


def test_an_ignored_filter_is_an_error_and_leaves_no_pages(tmp_path: Path) -> None:
    rows = jak_rows(each=2)
    with serving(ChemblServer(rows, faults={3: "foreign"})) as server:
        with pytest.raises(DataError, match="ignored the filter target_chembl_id"):
            read(server, tmp_path)
        assert counted(read(server, tmp_path)) == expected(rows)


def test_a_release_that_changes_during_the_download_is_an_error(tmp_path: Path) -> None:
    with (
        serving(ChemblServer(jak_rows(), releases=("ChEMBL_33", "ChEMBL_34"))) as server,
        pytest.raises(DataError, match="left ChEMBL_33"),
    ):
        read(server, tmp_path)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (target_record(TYK2, gene="LYN"), "CHEMBL3553 should be TYK2, but is LYN"),
        (target_record(TYK2, organism="Mus musculus"), "but is of Mus musculus"),
        (target_record(TYK2, target_type="PROTEIN FAMILY"), "but is a PROTEIN FAMILY"),
        (target_record(TYK2, target_components=[]), "but is without a gene"),
        (target_record(TYK2, target_type="ABSENT"), "ChEMBL has no such target"),
    ],
)
def test_a_target_that_is_another_protein_is_refused_before_anything_is_downloaded(
    record: Row, said: str, tmp_path: Path
) -> None:
    with serving(ChemblServer(jak_rows(), targets={TYK2: record})) as server:
        with pytest.raises(DataError, match=said):
            read(server, tmp_path)
        assert not server.asked_for("activity")


def test_a_synonym_of_another_gene_is_not_the_gene(tmp_path: Path) -> None:
    record = target_record(TYK2, gene="LYN")
    record["target_components"][0]["target_component_synonyms"].append(
        {"component_synonym": "TYK2", "syn_type": "GENE_SYMBOL_OTHER"}
    )
    with (
        serving(ChemblServer(jak_rows(), targets={TYK2: record})) as server,
        pytest.raises(DataError, match="but is LYN"),
    ):
        read(server, tmp_path)


def test_rows_left_out_are_counted_by_reason(tmp_path: Path) -> None:
    rows = jak_rows()
    extra = [
        ({"standard_relation": ">"}, 3),
        ({"standard_relation": "<"}, 2),
        ({"standard_relation": None}, 1),
        ({"data_validity_comment": "Outside typical range"}, 4),
        ({"assay_variant_mutation": "V617F"}, 5),
        ({"pchembl_value": None}, 2),
        ({"canonical_smiles": None}, 1),
    ]
    for changes, times in extra:
        rows += [activity(len(rows) + 1 + i, JAK2, "CCN", 6.0, **changes) for i in range(times)]
    good = activity(500, JAK2, "CCS", 6.5, data_validity_comment="Manually validated")
    with serving(ChemblServer([*rows, good])) as server:
        data = read(server, tmp_path)
    assert counted(data) == expected([*jak_rows(), good])
    notes = " ".join(data.notes)
    assert "47 values of 4 targets (IC50, Ki, Kd), 29 of them used" in notes
    assert "6 with a relation other than '=' (> 3, < 2, none stated 1)" in notes
    assert "4 that a validity comment doubts (Outside typical range 4)" in notes
    assert "5 measured on a mutated protein" in notes
    assert "2 without a pChEMBL value" in notes
    assert "1 without a structure" in notes


def test_types_stay_apart_unless_pooled(tmp_path: Path) -> None:
    kinds = ["IC50", "Ki", "Kd"]
    rows = [activity(i, JAK2, "C" * (i // 3 + 1), 6.0, standard_type=kinds[i % 3]) for i in range(1, 31)]
    with serving(ChemblServer(rows)) as server:
        apart = read(server, tmp_path)
        pooled = read(server, tmp_path, pool=True)
        some = read(server, tmp_path, types="ki")
    assert [table.task.name for table in apart.tables] == ["JAK2 IC50", "JAK2 Ki", "JAK2 Kd"]
    assert [table.task.name for table in pooled.tables] == ["JAK2"]
    assert len(pooled.tables[0].values) == sum(len(table.values) for table in apart.tables) == 30
    assert [table.task.name for table in some.tables] == ["JAK2 Ki"]
    assert any("pooled" in note for note in pooled.notes)


def test_mutated_proteins_are_kept_on_request(tmp_path: Path) -> None:
    rows = [*jak_rows(), activity(900, JAK2, "CCN", 6.0, assay_variant_mutation="V617F")]
    with serving(ChemblServer(rows)) as server:
        assert counted(read(server, tmp_path, mutants=True)) == expected(rows)


def test_replicates_are_kept_for_the_core(tmp_path: Path) -> None:
    rows = [activity(i, JAK2, "CCO", 5 + i / 10) for i in range(1, 5)]
    with serving(ChemblServer(rows)) as server:
        data = read(server, tmp_path)
    assert data.tables[0].smiles == ("CCO",) * 4
    np.testing.assert_allclose(data.tables[0].values, [5.1, 5.2, 5.3, 5.4])


def test_small_tasks_are_left_out_and_named(tmp_path: Path) -> None:
    rows = [*jak_rows(each=6), activity(900, JAK2, "CCN", 6.0, standard_type="Ki")]
    with serving(ChemblServer(rows)) as server:
        data = read(server, tmp_path, min_compounds=6)
        assert "JAK2 Ki (1)" in " ".join(data.notes)
        assert len(data.tables) == 4
        with pytest.raises(DataError, match="no task of 12 has 7 compounds"):
            read(server, tmp_path, min_compounds=7)


def test_units_bounds_and_family_are_stated(tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows())) as server:
        data = read(server, tmp_path)
    task = data.tables[0].task
    assert (task.unit, task.low, task.high, task.domain) == ("-log10(mol/L)", 0, 14, "JAK")
    assert data.licence == "CC BY-SA 3.0"
    assert "ChEMBL_33 (2023-05-31)" in data.notes[0]


def test_an_extract_is_read_without_asking_the_api(tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows())) as server:
        online = read(server, tmp_path / "a")
        asked = len(server.asked)
        again = read(server, tmp_path / "a", pool=True)
        assert len(server.asked) == asked
    mirror = tmp_path / "mirror" / "chembl"
    mirror.mkdir(parents=True)
    shutil.copy(tmp_path / "a" / "chembl" / "jak.json.gz", mirror)
    files = SourceFiles(tmp_path / "b", str(tmp_path / "mirror"), offline=True)
    mirrored = read_jak(files, min_compounds=1)
    assert counted(mirrored) == counted(online)
    assert len(again.tables) == 4
    assert [used.name for used in files.used] == ["chembl/jak.json.gz"]


def test_a_web_mirror_is_asked_before_the_api(tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows())) as server, http_server.serving() as mirror:
        files = SourceFiles(tmp_path / "a", mirror.address)
        read_jak(files, min_compounds=1, url=server.url)
        asked = len(server.asked)
        extract = (tmp_path / "a" / "chembl" / "jak.json.gz").read_bytes()
        mirror.bodies["/jak.json.gz"] = extract
        mirrored = SourceFiles(tmp_path / "b", mirror.address)
        data = read_jak(mirrored, min_compounds=1, url=server.url)
        assert mirror.times("/chembl/jak.json.gz") == 2
    assert asked == len(server.asked) > 0
    assert counted(data) == expected(jak_rows())


def test_the_kinase_extract_serves_the_jak_family(tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows())) as server:
        read_kinase(SourceFiles(tmp_path), min_compounds=1, url=server.url)
    data = read_jak(SourceFiles(tmp_path, offline=True), min_compounds=1)
    assert counted(data) == expected(jak_rows())


def test_offline_without_an_extract_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--offline was given") as caught:
        read_jak(SourceFiles(tmp_path, offline=True))
    assert "mirror" in caught.value.hint


@pytest.mark.parametrize("fault", ["truncated", "incomplete", "wrong gene", "other format", "no field"])
def test_a_bad_extract_in_the_mirror_is_refused(fault: str, tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows())) as server:
        read(server, tmp_path / "a")
    body = json.loads(gzip.decompress((tmp_path / "a" / "chembl" / "jak.json.gz").read_bytes()))
    if fault == "incomplete":
        body["activities"].pop()
    elif fault == "wrong gene":
        body["targets"][0] = target_record(body["targets"][0]["target_chembl_id"], gene="LYN")
    elif fault == "other format":
        body["format"] = 99
    elif fault == "no field":
        del body["activities"][0]["pchembl_value"]
    data = gzip.compress(json.dumps(body).encode())
    path = tmp_path / "mirror" / "chembl" / "jak.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(data[:-200] if fault == "truncated" else data)
    with pytest.raises(DataError):
        read_jak(SourceFiles(tmp_path / "b", str(tmp_path / "mirror")), min_compounds=1)


def test_throttling_is_waited_for_as_long_as_the_server_asks(tmp_path: Path) -> None:
    with serving(ChemblServer(jak_rows(), faults={1: "429", 3: "429"}, retry_after="1")) as server:
        started = time.monotonic()
        assert counted(read(server, tmp_path)) == expected(jak_rows())
    assert time.monotonic() - started >= 2


def test_a_wait_of_an_hour_is_reported_not_slept(tmp_path: Path) -> None:
    with (
        serving(ChemblServer(jak_rows(), faults={1: "429"}, retry_after="3600")) as server,
        pytest.raises(DataError, match=r"wait 3,600 s"),
    ):
        read(server, tmp_path)


def test_the_address_comes_from_the_environment_and_must_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(ChemblServer(jak_rows())) as server:
        monkeypatch.setenv("MTL_AUDIT_CHEMBL_URL", server.url)
        assert counted(read_jak(SourceFiles(tmp_path), min_compounds=1)) == expected(jak_rows())
    with pytest.raises(UsageError, match="not the address"):
        read_jak(SourceFiles(tmp_path), url="ftp://x")


@pytest.mark.parametrize("types", ["", "EC50", "IC50;Ki"])
def test_an_unknown_type_is_a_usage_error(types: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="IC50, Ki, Kd"):
        read_jak(SourceFiles(tmp_path), types=types)


def test_no_target_stands_twice_in_the_panel() -> None:
    assert len({target.chembl_id for target in KINASES}) == len({t.gene for t in KINASES}) == 20


@pytest.mark.published
def test_the_panel_agrees_with_the_published_table_of_kinases(mirror: Path) -> None:
    import pandas as pd

    name = "human_kinases_and_chembl_targets.chembl_33.csv"
    table = pd.read_csv(mirror / "kinase" / name).set_index("chembl_targets")
    for target in KINASES:
        row = table.loc[target.chembl_id]
        assert target.gene in row["Name"].split("|")
        assert row["type"] == "SINGLE PROTEIN"


@pytest.mark.published
def test_the_published_panel_arrives_whole_through_throttling_and_failures(
    mirror: Path, tmp_path: Path
) -> None:
    rows = panel_rows(mirror)
    faults = {3: "500", 7: "429", 12: "drop", 20: "short", 31: "html", 40: "cut", 55: "garbage"}
    with serving(ChemblServer(rows, faults=faults)) as server:
        data = read_kinase(SourceFiles(tmp_path), min_compounds=1, url=server.url)
    assert counted(data) == expected(rows)
    assert len(rows) == 42_744


@pytest.mark.parametrize("how", ["trickled", "crumbs"])
def test_a_server_that_sends_a_byte_at_a_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """No silence is long enough for the limit of a socket: only a deadline for the whole ends this."""
    monkeypatch.setattr(api, "TIMEOUT_S", (1.0, 0.3))
    monkeypatch.setattr(api, "ATTEMPTS", 2)
    with http_server.serving() as server, watched_session() as session:
        server.bodies["/status.json"] = b"{}"
        with pytest.raises(DataError, match=r"failed 2 times.* arrived in 0\.3 s"):
            api.Api(f"{server.address}/{how}", session).ask("status", {})
        assert server.times(f"/{how}/status.json") == 2


def test_a_connection_that_is_kept_is_watched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "TIMEOUT_S", (1.0, 0.3))
    monkeypatch.setattr(api, "ATTEMPTS", 1)
    with http_server.serving() as server, watched_session() as session:
        server.bodies["/status.json"] = b'{"chembl_db_version": "36"}'
        assert api.Api(server.address, session).ask("status", {})["chembl_db_version"] == "36"
        with pytest.raises(DataError, match=r"arrived in 0\.3 s"):
            api.Api(f"{server.address}/trickled", session).ask("status", {})
