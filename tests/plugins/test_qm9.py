"""QM9: all published rows through DeepChem's reader, a seeded sample, and a subset that says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.errors import DataError, UsageError
from auditor.source.files import SourceFiles
from mtl_audit_qm9.catalog import ROWS, TARGETS
from mtl_audit_qm9.source import SUBSET_FILE, read_qm9
from tests.plugins.reading import EXACT

PUBLISHED_COLUMNS = (
    "mol_id", "smiles", "A", "B", "C", "mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0",
    "u298", "h298", "g298", "cv", "u0_atom", "u298_atom", "h298_atom", "g298_atom",
)  # fmt: skip


@pytest.fixture(scope="module")
def part(mirror: Path) -> pd.DataFrame:
    """The subset of the mirror in the columns of the published file."""
    return pd.read_csv(mirror / SUBSET_FILE, **EXACT)[list(PUBLISHED_COLUMNS)]


def mirrored(frame: pd.DataFrame, folder: Path) -> SourceFiles:
    """Return the files of a mirror that holds a table as ``qm9.csv``."""
    path = folder / "mirror" / "moleculenet" / "qm9.csv"
    path.parent.mkdir(parents=True)
    frame.to_csv(path, index=False)
    return SourceFiles(folder / "cache", str(folder / "mirror"), offline=True)


@pytest.mark.published
def test_every_row_of_the_published_format_arrives_as_published(part: pd.DataFrame, tmp_path: Path) -> None:
    data = read_qm9(mirrored(part, tmp_path), compounds=0)
    assert [table.task.name for table in data.tables] == list(PUBLISHED_COLUMNS[5:17])
    for table in data.tables:
        assert table.smiles == tuple(part["smiles"])
        np.testing.assert_array_equal(table.values, part[table.task.name].to_numpy())


@pytest.mark.published
def test_a_table_of_another_size_is_called_a_subset(part: pd.DataFrame, tmp_path: Path) -> None:
    data = read_qm9(mirrored(part, tmp_path))
    assert data.stamps[0] == "SUBSET: 14,862 of 133,885 rows."
    assert data.stamps[1] == "5,000 of 14,862 rows were drawn with seed 0."


@pytest.mark.published
def test_a_table_of_the_published_size_is_read_whole_and_not_called_a_subset(
    part: pd.DataFrame, tmp_path: Path
) -> None:
    whole = pd.concat([part] * (ROWS // len(part) + 1)).iloc[:ROWS]
    data = read_qm9(mirrored(whole, tmp_path), compounds=0)
    assert all(len(table.values) == ROWS for table in data.tables)
    assert data.stamps == ()


@pytest.mark.published
def test_the_sample_depends_on_the_seed_alone(mirror: Path, tmp_path: Path) -> None:
    files = SourceFiles(tmp_path, str(mirror), offline=True)
    first, again, other = (read_qm9(files, compounds=500, seed=seed, subset=True) for seed in (7, 7, 8))
    assert first.tables[0].smiles == again.tables[0].smiles
    assert first.tables[0].smiles != other.tables[0].smiles
    assert len(first.tables[0].smiles) == 500
    assert all(table.smiles == first.tables[0].smiles for table in first.tables)
    assert first.stamps[0].startswith("SUBSET: 14,862")


@pytest.mark.published
def test_a_sample_is_drawn_without_replacement_and_keeps_its_labels(
    part: pd.DataFrame, tmp_path: Path
) -> None:
    numbered = part.assign(mu=np.arange(len(part), dtype=float))
    data = read_qm9(mirrored(numbered, tmp_path), compounds=3_000, seed=1)
    rows = data.tables[0].values.astype(int)
    assert len(set(rows)) == 3_000
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(data.tables[11].values, part["cv"].to_numpy()[rows])


@pytest.mark.published
def test_a_missing_value_is_left_out_of_its_task_only(part: pd.DataFrame, tmp_path: Path) -> None:
    holed = part.head(20).copy()
    holed.loc[3, "gap"] = np.nan
    data = read_qm9(mirrored(holed, tmp_path))
    sizes = {table.task.name: len(table.values) for table in data.tables}
    assert sizes.pop("gap") == 19
    assert set(sizes.values()) == {20}


@pytest.mark.published
def test_the_units_are_those_of_the_published_numbers(part: pd.DataFrame) -> None:
    assert {task.name: task.unit for task in TARGETS}["homo"] == "Ha"
    for task in TARGETS:
        assert task.low <= part[task.name].min()
        assert part[task.name].max() <= task.high
    np.testing.assert_allclose(part["gap"], part["lumo"] - part["homo"], atol=1.1e-4)
    water_like = part[part["smiles"] == "CCCCC"].iloc[0]
    assert water_like["u0"] == pytest.approx(-197.6, abs=0.1)


@pytest.mark.published
@pytest.mark.parametrize("fault", ["no gap column", "text among the numbers", "only a header", "cut off"])
def test_a_table_that_cannot_be_read_is_a_clear_error(
    fault: str, part: pd.DataFrame, tmp_path: Path
) -> None:
    frame = part.head(30).astype({"gap": object})
    if fault == "no gap column":
        frame = frame.drop(columns="gap")
    elif fault == "text among the numbers":
        frame.loc[4, "gap"] = "n/k"
    elif fault == "only a header":
        frame = frame.head(0)
    files = mirrored(frame, tmp_path)
    if fault == "cut off":
        path = tmp_path / "mirror" / "moleculenet" / "qm9.csv"
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError) as caught:
        read_qm9(files)
    assert "qm9.csv" in caught.value.message
    assert caught.value.hint


@pytest.mark.published
def test_a_mirror_with_the_part_only_says_how_to_read_it(mirror: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_qm9(SourceFiles(tmp_path, str(mirror), offline=True))
    assert "subset=true" in caught.value.hint


def test_no_file_at_all_is_a_clear_error(tmp_path: Path) -> None:
    for subset in (False, True):
        with pytest.raises(DataError):
            read_qm9(SourceFiles(tmp_path, offline=True), subset=subset)


def test_a_negative_size_or_seed_is_a_usage_error(tmp_path: Path) -> None:
    for options in ({"compounds": -1}, {"seed": -1}):
        with pytest.raises(UsageError):
            read_qm9(SourceFiles(tmp_path, offline=True), **options)
