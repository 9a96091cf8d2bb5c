"""A published file gives the same rows, whether its library reads it or the source by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import DataError, MissingExtra, UsageError
from auditor.plugin.component import Dataset, Owner
from auditor.source.files import SourceFiles
from auditor.source.library import quietly
from auditor.source.rows import SourceData
from mtl_audit_moleculenet.catalog import SETS as MOLECULENET_SETS
from mtl_audit_qm9.catalog import TARGETS
from mtl_audit_qm9.source import read_qm9
from mtl_audit_tdc.catalog import SETS
from mtl_audit_tdc.published import FILE_IDS, LABELS
from mtl_audit_tdc.source import read_sets
from tests.plugins.reading import read, registry

pytestmark = pytest.mark.extras
VALUES = st.floats(-1e9, 1e9, allow_subnormal=False) | st.integers(-5, 5).map(float)
SMILES = st.sampled_from(
    ["CCO", "CCN", "c1ccccc1", "C[C@H](N)O", "not a molecule", "[Na+].[Cl-]", '"C"', "NA"]
)
ROWS = st.lists(st.tuples(SMILES, VALUES | st.none()), min_size=1, max_size=12)


def same(one: SourceData, other: SourceData) -> None:
    """Hold two readings against each other, bit for bit."""
    assert [table.task for table in one.tables] == [table.task for table in other.tables]
    for a, b in zip(one.tables, other.tables, strict=True):
        assert list(a.smiles) == list(b.smiles), a.task.name
        assert np.asarray(a.values).tobytes() == np.asarray(b.values).tobytes(), a.task.name
    assert one.notes == other.notes


def both(name: str, cache: Path, mirror: Path) -> tuple[SourceData, SourceData]:
    """Return a dataset as its library reads it, and as its source does."""
    by = {who: read(name, cache, mirror, reader=who) for who in ("library", "own")}
    assert {who: facts["reader"] for who, (_, facts) in by.items()} == {"library": "library", "own": "own"}
    assert by["library"][1]["libraries"] and not by["own"][1]["libraries"]
    return by["library"][0], by["own"][0]


@pytest.mark.published
@pytest.mark.parametrize("name", [*(f"tdc-{name}" for name in SETS), *MOLECULENET_SETS])
def test_both_readers_give_the_same_rows_of_every_published_file(
    name: str, mirror: Path, published_cache: Path
) -> None:
    row = SETS.get(name.removeprefix("tdc-"))
    file = f"tdc/{row.name}.tab" if row else f"moleculenet/{MOLECULENET_SETS[name].file}"
    if (mirror / file).is_file():
        same(*both(name, published_cache, mirror))
    else:  # it is made in the published form below
        assert row is not None and name.removeprefix("tdc-") not in ("clintox", "ames")


def tab(folder: Path, name: str, frame: pd.DataFrame) -> None:
    path = folder / "tdc" / f"{name}.tab"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, sep="\t", index=False)


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, ids=st.booleans(), name=st.sampled_from(["half_life_obach", "ld50_zhu", "ames"]))
def test_both_readers_give_the_same_rows_of_any_set_in_the_published_form(
    rows: list[tuple[str, float | None]], ids: bool, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mirror")
    number = range(len(rows)) if ids else ["a"] * len(rows)
    names = ("ID", "X", "Y") if name == "half_life_obach" else ("Drug_ID", "Drug", "Y")
    columns = (list(number), [smiles for smiles, _ in rows], [value for _, value in rows])
    tab(folder, name, pd.DataFrame(dict(zip(names, columns, strict=True))))
    readings = []
    for who in ("library", "own"):
        files = SourceFiles(folder / who, str(folder), offline=True, reader=who)  # type: ignore[arg-type]
        readings.append(read_sets(files, [name]))
    same(*readings)
    kept = list(readings[1].tables[0].values)
    assert set(kept) <= {value for _, value in rows}, "a value is what its text says, to the last bit"


@pytest.mark.parametrize("name", ["tox21", "herg_central", "toxcast"])
def test_both_readers_give_the_same_tasks_of_a_set_with_several_labels(name: str, tmp_path: Path) -> None:
    with quietly("PyTDC", reading="its lists", extra="tdc"):
        from tdc.utils import retrieve_label_name_list

        labels = list(retrieve_label_name_list(name))
    rng = np.random.default_rng(0)
    table = rng.integers(0, 2, (40, len(labels))).astype(float)
    table[rng.random(table.shape) < 0.6] = np.nan
    table[39] = table[38]
    frame = pd.DataFrame(table, columns=labels)
    frame.insert(0, "Drug", ["C" * (1 + i % 39) for i in range(40)])
    frame.insert(0, "Drug_ID", [f"d{i % 39}" for i in range(40)])
    tab(tmp_path, name, frame)
    library, own = both(f"tdc-{name}", tmp_path / "cache", tmp_path)
    same(library, own)
    assert [one.task.name for one in own.tables] == labels


def test_both_readers_give_the_same_rows_of_qm9_in_the_published_form(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"mol_id": [f"gdb_{i}" for i in range(50)], "smiles": ["C" * (1 + i) for i in range(50)]}
    )
    for task in TARGETS:
        frame[task.name] = rng.normal(size=50) * 10.0 ** rng.integers(-6, 4)
    frame.loc[3, "mu"] = np.nan
    path = tmp_path / "mirror" / "moleculenet" / "qm9.csv"
    path.parent.mkdir(parents=True)
    frame.to_csv(path, index=False)
    readings = []
    for who in ("library", "own"):
        files = SourceFiles(tmp_path / who, str(tmp_path / "mirror"), offline=True, reader=who)  # type: ignore[arg-type]
        readings.append(read_qm9(files, compounds=0))
    same(*readings)
    assert readings[1].tables[1].values.tolist() == frame["alpha"].tolist()


def test_files_and_labels_are_those_of_pytdc() -> None:
    with quietly("PyTDC", reading="its lists", extra="tdc"):
        from tdc.metadata import name2id
        from tdc.utils import retrieve_label_name_list

        assert dict(FILE_IDS) == {name: name2id[name] for name in SETS}
        assert {name: list(retrieve_label_name_list(name)) for name in LABELS} == {
            name: list(labels) for name, labels in LABELS.items()
        }


def test_a_library_reads_only_what_it_can() -> None:
    with pytest.raises(UsageError, match="no library reads dataset 'synthetic'"):
        read("synthetic", Path("unused"), reader="library")
    absent = Dataset("x", "m:f", "s", Owner("p", "d", "1"), extra="tdc", libraries=("no-such-library",))
    assert absent.reader() == absent.reader("own") == "own"
    with pytest.raises(MissingExtra, match="needs no-such-library") as caught:
        absent.reader("library")
    assert caught.value.hint == "pip install 'mtl-audit[tdc]'"
    assert registry().get("dataset", "tdc-ames").reader() == "library"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Drug_ID\tDrug\n1\tC\n", "has no column 'Y'"),
        ("Drug_ID\tDrug\tY\n1\tCCO\tmany\n", "holds a text"),
        ("Drug_ID\tDrug\tY\n", "holds no row"),
        ("Drug_ID\tDrug\tY\n1\tCCO\t1\t2\t3\n1\tC\n", "more cells in a row"),
    ],
)
def test_a_spoilt_file_is_one_line_without_a_library_too(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tdc").mkdir()
    (tmp_path / "tdc" / "ames.tab").write_text(text)
    with pytest.raises(DataError, match=said) as caught:
        read("tdc-ames", tmp_path / "cache", tmp_path, reader="own")
    assert "\n" not in caught.value.message and caught.value.hint
