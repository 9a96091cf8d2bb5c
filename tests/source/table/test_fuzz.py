"""The whole way of a user's table, fed with what users and accidents feed it.

Whatever comes in: one clear error, or a benchmark whose labels and rejects are all that was read.
"""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from auditor.analyses.data_quality import analysis as data_quality
from auditor.analyses.duplicate_tasks import analysis as duplicate_tasks
from auditor.audit.context import AuditContext
from auditor.audit.request import DataRequest
from auditor.benchmark.joining import Joined, join
from auditor.benchmark.rejects import rejects, rejects_csv
from auditor.chemistry.naming import identify
from auditor.document.jsonable import plain_data
from auditor.errors import AuditError, DataError
from auditor.gate.gate import Thresholds, judge
from auditor.overlap.label_correlation import empirical_correlation
from auditor.overlap.overlap import overlap_of
from auditor.plugin.loading import load_registry
from auditor.source.table.reading import read_table
from tests.making import ALCOHOLS, identity

REGISTRY = load_registry()
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BOUND_S = 15
"""Processor seconds that one molecule may take on its whole way."""


def whole_way(path: Path, cache: Path) -> Joined | None:
    """Read, name, join, judge and examine a table; None where one clear error said why not."""
    try:
        data = read_table(path)
        texts = [text for table in data.tables for text in table.smiles]
        names = identify(texts, identity(), cache=cache)
        joined = join(path.name, data, names, identity="parent-inchikey")
    except AuditError as error:
        assert error.message.strip() and error.hint.strip()
        assert len(error.message) < 1000, error.message[:2000]
        return None
    names_kept = set(joined.benchmark.task_names)
    left_out = [table.task.name for table in data.tables if table.task.name not in names_kept]
    assert list(joined.left_out[1]) == left_out
    kept = [table for table in data.tables if table.task.name in names_kept]
    published = sum(int((~np.isnan(table.values)).sum()) for table in kept)
    assert published == int(joined.benchmark.labels.sizes.sum()) + sum(1 for _ in rejects(joined))
    assert all(reason for _, reason, _ in joined.rejects)
    rejects_csv(joined).decode()
    with np.errstate(all="ignore"):
        overlap = overlap_of(joined.measured, joined.benchmark.task_names)
        empirical = empirical_correlation(joined.benchmark.labels)
        gate = judge(overlap, empirical, Thresholds())
        context = AuditContext(joined, overlap, empirical, gate, DataRequest("x", REGISTRY, cache))
        for analysis in (data_quality, duplicate_tasks):
            found = analysis.analyse(context)
            assert found.sentence and plain_data(found.data)
    return joined


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz-cache")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(st.binary(max_size=400), st.sampled_from([".csv", ".tsv", ".csv.gz", ".parquet", ".txt"]))
@example(b"PAR1", ".parquet")
@example(b"PAR1" + bytes(20) + b"PAR1", ".parquet")
@example(b"\x1f\x8b", ".csv.gz")
@example(b"smiles,a\n\xff\xfe,1\n", ".csv")
@example("smiles,a\nCO,1\n".encode("utf-16"), ".csv")
@example("smiles,a\nC\N{LATIN SMALL LETTER E WITH ACUTE},1\n".encode("latin-1"), ".csv")
@FUZZ
def test_any_bytes_are_a_benchmark_or_a_clear_error(
    folder: Path, cache: Path, data: bytes, suffix: str
) -> None:
    path = folder / f"bytes{suffix}"
    path.write_bytes(data)
    whole_way(path, cache)


CELLS = st.one_of(
    st.sampled_from([*ALCOHOLS[:6], "CCN.Cl", "CCN", "c1ccccc1", "C(C", "C C", "[Na+].[Cl-]", ""]),
    st.sampled_from(["0", "1", "0.5", "-1e308", "1e400", "nan", "NaN", "inf", "-inf", "NA", "1,5", "0x10"]),
    st.sampled_from(['"', '"CO', 'C"O', "a\nb", "\r", "\t", ";", ",", "=1+1", "\x00", "\ufeff", "1_0"]),
    st.text(max_size=8),
)
NAMES = st.sampled_from(
    ["smiles", "SMILES", "a", "b", "a", "c", "d", "", " ", "id", "Unnamed: 0", "task\n1", '"', "é"]
)


@st.composite
def spreadsheets(draw: st.DrawFn) -> bytes:
    """Return a table as careless programs write it: ragged, repeated names, any quotes and ends."""
    separator = draw(st.sampled_from([",", "\t", ";"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    header = ["smiles", *draw(st.lists(NAMES, min_size=1, max_size=4))]
    rows = draw(st.lists(st.lists(CELLS, min_size=0, max_size=6), max_size=12))
    ragged = draw(st.booleans())
    lines = [header, *(row if ragged else (row + ["1"] * 6)[: len(header)] for row in rows)]
    quoted = draw(st.booleans())
    cell = (lambda text: '"' + text.replace('"', '""') + '"') if quoted else str
    text = end.join(separator.join(cell(part) for part in line) for line in lines)
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])), "replace")


@given(spreadsheets(), st.sampled_from([".csv", ".tsv", ".csv.gz"]))
@settings(FUZZ, max_examples=150)
def test_any_spreadsheet_is_a_benchmark_or_a_clear_error(
    folder: Path, cache: Path, data: bytes, suffix: str
) -> None:
    path = folder / f"sheet{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith(".gz") else data)
    event("an error" if whole_way(path, cache) is None else "a benchmark")


@st.composite
def plausible(draw: st.DrawFn) -> bytes:
    """Return a table as people keep it: sound for the most part, with a few cells of anything."""
    t = draw(st.integers(1, 3))
    structures = st.sampled_from([*ALCOHOLS[:8], "CCN.Cl", "CCN", "OC", "CO ", "C(C", "C C", ""])
    numbers = st.sampled_from(["0", "1", "1", "", "NA", "2.5", "-3e5", "1e308", "0.0"])
    rows = draw(st.lists(st.tuples(structures, *[numbers] * t).map(list), min_size=3, max_size=15))
    for row in rows[: draw(st.sampled_from([0, 0, 0, 1, 2]))]:
        row[draw(st.integers(0, t))] = draw(CELLS)
    quoted = ["smiles", *"abc"[:t]], *rows
    lines = [",".join('"' + part.replace('"', '""') + '"' for part in line) for line in quoted]
    return "\n".join(lines).encode(errors="replace")


@given(plausible())
@settings(FUZZ, max_examples=120)
def test_a_plausible_table_loses_no_value_unseen(folder: Path, cache: Path, data: bytes) -> None:
    path = folder / "plausible.csv"
    path.write_bytes(data)
    event("an error" if whole_way(path, cache) is None else "a benchmark")


def good_table(suffix: str) -> bytes:
    """Return a sound table in one of the formats."""
    lines = ["smiles,a,b", *(f"{text},{i % 2},{i / 7:.3f}" for i, text in enumerate(ALCOHOLS))]
    text = "\n".join(lines).encode()
    if suffix == ".parquet":
        import pandas as pd

        out = io.BytesIO()
        pd.read_csv(io.BytesIO(text)).to_parquet(out)
        return out.getvalue()
    return gzip.compress(text) if suffix == ".csv.gz" else text


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
@given(st.data())
@settings(FUZZ, max_examples=40)
def test_a_damaged_file_is_a_benchmark_or_a_clear_error(
    folder: Path, cache: Path, suffix: str, data: st.DataObject
) -> None:
    good = bytearray(good_table(suffix))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(good) - 1))
        good[at] = data.draw(st.one_of(st.integers(32, 126), st.integers(0, 255)))
    if data.draw(st.integers(0, 4)) == 0:
        del good[data.draw(st.integers(0, len(good) - 1)) :]
    path = folder / f"damaged{suffix}"
    path.write_bytes(bytes(good))
    event("an error" if whole_way(path, cache) is None else "a benchmark")


def test_a_parquet_file_with_text_that_is_not_utf8_is_a_clear_error(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    spoilt = pa.array([b"CO", b"C\x80O"], pa.binary()).view(pa.string())
    path = folder / "spoilt.parquet"
    pq.write_table(pa.table({"smiles": spoilt, "a": [0.5, 1.5]}), path)
    with pytest.raises(DataError, match="UTF8"):
        read_table(path)


def test_a_sound_table_goes_the_whole_way(folder: Path, cache: Path) -> None:
    for suffix in (".csv", ".csv.gz", ".parquet"):
        path = folder / f"good{suffix}"
        path.write_bytes(good_table(suffix))
        joined = whole_way(path, cache)
        assert joined is not None and joined.benchmark.n == len(ALCOHOLS) and joined.benchmark.t == 2


MILLION = 1_000_000
LONG_CELLS = ("C" * MILLION, "1" * MILLION, "(" * MILLION, '"' + "C\n" * 500_000 + '"', '"' + "C" * MILLION)


@pytest.mark.parametrize("cell", LONG_CELLS, ids=("atoms", "digits", "brackets", "lines", "open quote"))
@pytest.mark.parametrize("column", [0, 1])
def test_a_cell_of_a_million_characters_is_counted_or_a_clear_error(
    folder: Path, cache: Path, cell: str, column: int
) -> None:
    row = ["CO", "1"]
    row[column] = cell
    path = folder / "long.csv"
    path.write_text("smiles,a\nCCO,0\n" + ",".join(row) + "\nCCCO,1\n")
    started = time.process_time()
    joined = whole_way(path, cache)
    assert joined is None or sum(count.rejected for count in joined.counts) == 1
    assert time.process_time() - started < BOUND_S


def test_numbers_at_the_edge_of_what_can_be_computed_with_do_not_stop_the_audit(
    folder: Path, cache: Path
) -> None:
    values = ["1e99", "-1e99", "5e-324", "0", "-0", "1e-300", "9.999999999999999e99"]
    rows = [f"{text},{values[i % 7]},{i}.5,{(i * 7) % 13}" for i, text in enumerate(ALCOHOLS)]
    path = folder / "edge.csv"
    path.write_text("smiles,a,b,c\n" + "\n".join(rows))
    joined = whole_way(path, cache)
    assert joined is not None and joined.counts[0].labels == len(ALCOHOLS)


def rings(size: int) -> str:
    """Return a chain of atoms each bound to many others by ring closures."""
    edges = [(i, j) for i in range(size) for j in range(i + 2, size)]
    digits = {edge: f"%({100 + place})" for place, edge in enumerate(edges)}
    atoms = [[digits[edge] for edge in edges if atom in edge] for atom in range(size)]
    return "".join("[U]" + "".join(closures) for closures in atoms)


BOMBS = {
    "chain": "C" * 990,
    "long chain": "C" * 5_000,
    "longer than anything": "C" * 200_000,
    "nested": "C(" * 980 + "C" + ")" * 980,
    "nested deep": "C(" * 2_400 + "C",
    "open brackets": "(" * 4_000,
    "square brackets": "[" * 4_000,
    "macrocycle": "C1" + "C" * 980 + "1",
    "aromatic macrocycle": "c1" + "c" * 981 + "1",
    "even aromatic macrocycle": "c1" + "c" * 979 + "1",
    "ring closures": "".join(f"C%{i}" for i in range(10, 100)) * 2,
    "open ring closures": "".join(f"C%{i}" for i in range(10, 100)),
    "complete graph": rings(16),
    "fragments": ".".join(["C"] * 900),
    "ions": "[Na+].[Cl-]." * 400 + "C",
    "dendrimer": "N(CC)" * 240 + "C",
    "sugars": ".".join(["OC1C(O)C(O)C(O)C(O)C1O"] * 60),
    "open centres": "CC(O)" * 300,
    "stereo": "[C@@H](F)" * 400,
    "double bonds": "C=C" * 450,
    "polyphosphate": "OP(=O)([O-])" * 240 + "O",
    "guanidines": "NC(=N)" * 250,
    "wild cards": "*1" + "*" * 900 + "*1",
    "spiro": "C1(CC1)" * 250,
    "isotope": "[999999999C]",
    "hydrogens": "[CH99999999]",
    "charge": "[C+99999999]",
    "ring number": "C%(99999)CC%(99999)",
    "extension": "CC |" + "a" * 2_000,
    "reaction": "CC>>CO",
    "query": "[C,N;!H0]",
    "zero width": "C\u200bC",
    "right to left": "C\u202eO",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_smiles_bomb_is_named_or_counted_in_bounded_time(folder: Path, cache: Path, name: str) -> None:
    path = folder / "bomb.csv"
    body = "".join(f'"{text}",{i % 2},{i}.25\n' for i, text in enumerate([*ALCOHOLS[:5], BOMBS[name]]))
    path.write_text("smiles,a,b\n" + body, encoding="utf-8")
    started = used_s()
    joined = whole_way(path, cache)
    assert used_s() - started < BOUND_S
    if joined is not None:
        count = joined.counts[0]
        assert count.labels + count.rejected == 6 and count.labels >= 5


def used_s() -> float:
    """Return the processor seconds of this process and of the workers that it waited for."""
    import resource

    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


ATOMS = ("[U]", "[*]", "[Fe]", "[NH4+]", "[O-]", "[C@@H]", "[C@H]", "[2H]", "[H]", "[C:1]", "[nH]", "[n+]")
ODD_ATOMS = ("[Pt@SP1]", "[S@@]", "[C-9]", "[999C]", "[H+]", "Cl", "Br", "%10", "%99", "%(100)", "->")
TOKENS = (*"CcNnOoSPpBFI*[]()=#$:./\\-12345~|{}>&@", *ATOMS, *ODD_ATOMS)


@given(st.lists(st.lists(st.sampled_from(TOKENS), max_size=60).map("".join), min_size=1, max_size=20))
@FUZZ
def test_any_string_of_tokens_is_named_or_counted(folder: Path, cache: Path, texts: list[str]) -> None:
    path = folder / "tokens.csv"
    path.write_text("smiles,a\nCO,1\n" + "".join(f'"{text}",0\n' for text in texts))
    joined = whole_way(path, cache)
    assert joined is None or joined.counts[0].rows == 1 + len(texts)
