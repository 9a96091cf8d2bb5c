"""ExpansionRx: the published table as it stands, or on the scale that its challenge scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditor.errors import DataError
from auditor.source.files import SourceFiles
from mtl_audit_expansionrx.catalog import END_POINTS
from mtl_audit_expansionrx.source import FILE, SHA256, read_expansionrx
from tests.plugins.reading import EXACT, read

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def raw(mirror: Path) -> pd.DataFrame:
    """The published table."""
    return pd.read_csv(mirror / FILE, **EXACT)


def test_every_value_arrives_as_published_when_asked_for(
    raw: pd.DataFrame, mirror: Path, tmp_path: Path
) -> None:
    data, facts = read("expansionrx", tmp_path, mirror, scale="published")
    assert [one.column for one in END_POINTS] == raw.columns[2:].tolist()
    for one, table in zip(END_POINTS, data.tables, strict=True):
        measured = raw[raw[one.column].notna()]
        assert list(table.smiles) == measured["SMILES"].tolist()
        np.testing.assert_array_equal(table.values, measured[one.column].to_numpy())
        assert table.task.low <= table.values.min() and table.values.max() <= table.task.high
    assert sum(len(table.values) for table in data.tables) == 25_265
    assert facts["licence"] == "CC BY 4.0" and facts["files"][0]["sha256"] == SHA256


def test_labels_are_logarithms_of_all_end_points_but_one(mirror: Path, tmp_path: Path) -> None:
    plain = read_expansionrx(SourceFiles(tmp_path, str(mirror), offline=True), scale="published")
    logged = read_expansionrx(SourceFiles(tmp_path, str(mirror), offline=True))
    for one, before, after in zip(END_POINTS, plain.tables, logged.tables, strict=True):
        expected = np.log10(1 + before.values) if one.name != "LogD" else before.values
        np.testing.assert_array_equal(after.values, expected)
        assert np.isfinite(after.values).all() and after.values.max() <= after.task.high
        assert after.task.unit.startswith("log10(1 + ") == (one.name != "LogD")
    assert "log10" in logged.notes[0] and not any("log10" in note for note in plain.notes)


def test_the_zeros_that_the_notes_count_are_those_of_the_file(raw: pd.DataFrame) -> None:
    assert [int((raw[name] == 0).sum()) for name in ("HLM CLint", "MLM CLint")] == [164, 147]


def test_a_table_with_one_other_value_is_not_taken_for_the_published_one(
    raw: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "mirror" / FILE
    path.parent.mkdir(parents=True)
    changed = raw.copy()
    changed.loc[0, "HLM CLint"] = 56.5
    changed.to_csv(path, index=False)
    with pytest.raises(DataError, match="checksum is not the published one"):
        read_expansionrx(SourceFiles(tmp_path / "cache", str(tmp_path / "mirror"), offline=True))
