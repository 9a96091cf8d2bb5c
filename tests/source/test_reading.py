"""A source is read once, checked, stored whole, and read from our own cache ever after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import DataError, PluginError, UsageError
from auditor.plugin.component import Dataset, Owner
from auditor.source.files import SourceFiles
from auditor.source.reading import read_source
from auditor.source.rows import SourceData, Task, TaskTable

OWNER = Owner("tiny", "mtl-audit-tiny", "0.1")
NAME = "tiny/rows.csv"


def component(target: Callable[..., object], name: str = "tiny") -> Dataset:
    return Dataset(name, target, "a few rows", OWNER)


def table(
    name: str, smiles: tuple[str, ...] = ("C", "CC"), values: tuple[float, ...] = (0, 1)
) -> TaskTable:
    return TaskTable(Task(name, "classification"), smiles, np.array(values, dtype=np.float64))


class Counting:
    """A source that counts how often it is asked and reads one published file."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, files: SourceFiles, *, rows: int = 2, flag: bool = False) -> SourceData:
        self.asked += 1
        text = files.need(NAME, url="https://example.org/rows.csv").read_text()
        smiles = tuple(text.split())[:rows]
        return SourceData(
            (TaskTable(Task("a", "regression", "log M"), smiles, np.arange(len(smiles)) / 3),),
            notes=("a subset",),
            licence="CC0",
            citation="Doe 2020",
        )


@pytest.fixture
def mirror_of_rows(tmp_path: Path) -> Path:
    path = tmp_path / "mirror" / NAME
    path.parent.mkdir(parents=True)
    path.write_text("C CC CCC CCCC")
    return tmp_path / "mirror"


def equal(one: SourceData, other: SourceData) -> bool:
    """Return whether two sources hold the same, field by field."""
    same_tables = len(one.tables) == len(other.tables) and all(
        a.task == b.task and tuple(a.smiles) == tuple(b.smiles) and np.array_equal(a.values, b.values)
        for a, b in zip(one.tables, other.tables, strict=True)
    )
    same_truth = (one.truth is None) == (other.truth is None) and (
        one.truth is None or np.array_equal(one.truth, other.truth)  # type: ignore[arg-type]
    )
    rest = (one.notes, one.licence, one.citation) == (other.notes, other.licence, other.citation)
    return same_tables and same_truth and rest


def test_a_second_read_does_not_ask_the_source_and_returns_the_same(
    tmp_path: Path, mirror_of_rows: Path
) -> None:
    source = Counting()
    first = read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    second = read_source(component(source.read), {}, cache=tmp_path, offline=True)
    assert source.asked == 1
    assert equal(first[0], second[0])
    assert first[1] == second[1]


def test_the_facts_say_where_the_data_came_from(tmp_path: Path, mirror_of_rows: Path) -> None:
    source = Counting()
    _, facts = read_source(
        component(source.read), {"rows": "3"}, cache=tmp_path, mirror=str(mirror_of_rows)
    )
    assert facts["dataset"] == "tiny"
    assert facts["options"] == {"rows": 3, "flag": False}
    assert facts["plugin"] == "tiny (mtl-audit-tiny 0.1)"
    assert facts["licence"] == "CC0"
    assert facts["citation"] == "Doe 2020"
    assert [(f["name"], f["bytes"]) for f in facts["files"]] == [(NAME, 13)]
    assert facts["read_at"].endswith("Z")


def test_other_options_are_another_entry(tmp_path: Path, mirror_of_rows: Path) -> None:
    source = Counting()
    sizes = []
    for rows in ("1", "3", "1"):
        data, _ = read_source(
            component(source.read), {"rows": rows}, cache=tmp_path, mirror=str(mirror_of_rows)
        )
        sizes.append(len(data.tables[0].values))
    assert sizes == [1, 3, 1]
    assert source.asked == 2


def test_options_that_mean_the_same_are_one_entry(tmp_path: Path, mirror_of_rows: Path) -> None:
    source = Counting()
    for options in ({}, {"rows": "2"}, {"flag": "no"}):
        read_source(component(source.read), options, cache=tmp_path, mirror=str(mirror_of_rows))
    assert source.asked == 1


def test_another_version_of_the_plugin_reads_again(tmp_path: Path, mirror_of_rows: Path) -> None:
    source = Counting()
    for version in ("0.1", "0.2"):
        owner = Owner("tiny", "mtl-audit-tiny", version)
        newer = Dataset("tiny", source.read, "a few rows", owner)
        read_source(newer, {}, cache=tmp_path, mirror=str(mirror_of_rows))
    assert source.asked == 2


def test_another_file_in_the_mirror_is_read_again(tmp_path: Path, mirror_of_rows: Path) -> None:
    source = Counting()
    read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    (mirror_of_rows / NAME).write_text("N NN NNN NNNN")
    data, facts = read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    assert data.tables[0].smiles == ("N", "NN")
    assert source.asked == 2
    again, same_facts = read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    assert (again.tables[0].smiles, same_facts) == (("N", "NN"), facts)
    assert source.asked == 2


@pytest.mark.parametrize("victim", ["labels.parquet", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "altered"])
def test_a_damaged_entry_is_read_again_with_a_warning(
    tmp_path: Path,
    mirror_of_rows: Path,
    victim: str,
    damage: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = Counting()
    whole, _ = read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    (path,) = (tmp_path / "datasets").glob(f"tiny-*/{victim}")
    body = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        altered = body[:-9] + bytes([body[-9] ^ 1]) + body[-8:]
        path.write_bytes(body[: len(body) // 2] if damage == "cut" else altered)
    again, _ = read_source(component(source.read), {}, cache=tmp_path, mirror=str(mirror_of_rows))
    assert equal(whole, again)
    assert source.asked == 2
    assert "damaged" in capsys.readouterr().err


def test_an_unknown_option_never_reaches_the_source(tmp_path: Path) -> None:
    source = Counting()
    with pytest.raises(UsageError, match="dataset 'tiny' has no option 'row'") as caught:
        read_source(component(source.read), {"row": "3"}, cache=tmp_path)
    assert "rows=2" in caught.value.hint
    assert source.asked == 0


@pytest.mark.parametrize("fault", [ZeroDivisionError("by zero"), SystemExit("sorry"), KeyError("x")])
def test_a_source_that_fails_is_named_and_leaves_no_entry(tmp_path: Path, fault: BaseException) -> None:
    def failing(files: SourceFiles) -> SourceData:
        raise fault

    with pytest.raises(PluginError, match=r"dataset 'tiny' of plugin tiny \(mtl-audit-tiny 0.1\)"):
        read_source(component(failing), {}, cache=tmp_path)
    assert [p for p in (tmp_path / "datasets").iterdir() if p.is_dir()] == []


def test_a_missing_file_is_not_the_plugins_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.csv"):
        read_source(component(Counting().read), {}, cache=tmp_path, offline=True)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, "NoneType"),
        ([table("a")], "list"),
        (SourceData(()), "no task"),
        (SourceData((table("a"), table("a"))), "'a' more than once"),
        (SourceData((table(" "),)), "no name"),
        (SourceData((table("a", values=(0, np.nan)),)), "not finite"),
        (SourceData((table("a", values=(0, np.inf)),)), "not finite"),
        (SourceData((table("a", values=(0, 2)),)), "classes other than 0 and 1"),
        (SourceData((table("a", smiles=("C", b"CC")),)), "not text"),  # type: ignore[arg-type]
        (SourceData((table("a", smiles=("C", "\ud800")),)), "not text"),
        (SourceData((TaskTable(Task("a", "ranking"), ("C",), np.zeros(1)),)), "kind 'ranking'"),  # type: ignore[arg-type]
        (SourceData((TaskTable(Task("a", "regression"), ("C",), np.zeros((1, 1))),)), "shape"),
        (SourceData((TaskTable(Task("a", "regression"), ("C",), np.array(["1"])),)), "type"),  # type: ignore[arg-type]
        (SourceData((table("a"),), truth=np.eye(2)), "truth of shape"),
        (SourceData((table("a"),), notes=(1,)), "note"),  # type: ignore[arg-type]
    ],
)
def test_a_broken_contract_is_the_plugins_fault_and_says_how(
    tmp_path: Path, returned: object, said: str
) -> None:
    with pytest.raises(PluginError, match=said) as caught:
        read_source(component(lambda files: returned), {}, cache=tmp_path)
    assert "tiny (mtl-audit-tiny 0.1)" in caught.value.message
    assert [p for p in (tmp_path / "datasets").iterdir() if p.is_dir()] == []


numbers = st.floats(-1e100, 1e100).filter(lambda number: number == 0 or abs(number) >= 1e-100)
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
tasks = st.builds(
    Task,
    name=st.uuids().map(str),
    kind=st.just("regression"),
    unit=texts,
    description=texts,
    low=st.floats(allow_nan=False, max_value=0),
    high=st.floats(allow_nan=False, min_value=0),
    assay=texts,
    domain=texts,
)


@st.composite
def sources(draw: st.DrawFn) -> SourceData:
    tables = []
    for task in draw(st.lists(tasks, min_size=1, max_size=4)):
        rows = draw(st.lists(st.tuples(texts, numbers), max_size=6))
        values = np.array([value for _, value in rows], dtype=np.float64)
        tables.append(TaskTable(task, tuple(text for text, _ in rows), values))
    truth = draw(st.sampled_from([None, np.eye(len(tables)) * 0.3]))
    notes = tuple(draw(st.lists(texts, max_size=3)))
    return SourceData(tuple(tables), truth, notes, licence=draw(texts), citation=draw(texts))


@given(sources())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_was_returned(
    tmp_path_factory: pytest.TempPathFactory, data: SourceData
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    for _ in range(2):
        found, _ = read_source(component(lambda files: data), {}, cache=cache)
        assert equal(found, data)


@pytest.mark.published
def test_a_second_read_imports_neither_pytdc_nor_deepchem(mirror: Path, published_cache: Path) -> None:
    script = """
import sys
from pathlib import Path
from auditor.plugin.loading import load_registry
from auditor.source.reading import read_source
registry = load_registry()
for name in ("tdc-admet", "tox21", "sider"):
    data, _ = read_source(
        registry.get("dataset", name), {}, cache=Path(sys.argv[1]), mirror=sys.argv[2], offline=True
    )
    print(name, len(data.tables), sum(len(table.values) for table in data.tables))
print([name for name in ("tdc", "deepchem", "torch", "pandas", "sklearn") if name in sys.modules])
"""
    command = [sys.executable, "-c", script, str(published_cache), str(mirror)]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2))
    *sizes, imported = second.stdout.splitlines()
    assert sizes == first.stdout.splitlines()[:3]
    assert sizes == ["tdc-admet 22 80633", "tox21 12 77946", "sider 27 38529"]
    assert imported == "[]"
    assert all(line.startswith("reading with ") for line in first.stderr.splitlines())
    assert second.stderr == ""
