"""The page on installing holds what this Python gives, where its version of RDKit is one of the page."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from benchmarks import readers

PAGE = (Path(__file__).parents[2] / "docs" / "install.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line[:1] == "|"
]


def told(benchmark: str) -> dict[str, tuple[str, ...]]:
    """Return what the page says of a benchmark: values, hash, compounds and median, by the version of RDKit."""
    return {row[1]: row[4:] for row in ROWS if len(row) == len(readers.HEAD) and row[2] == benchmark}


def test_the_values_that_are_read_are_the_same_by_every_version() -> None:
    for benchmark in ("tdc-admet", "tox21", "sider", "qm9 (subset)"):
        found = told(benchmark)
        assert len(found) == 2
        assert len({row[:2] for row in found.values()}) == 1


@pytest.mark.published
@pytest.mark.parametrize("benchmark", ["sider", "tox21"])
def test_the_table_of_readers_holds(
    benchmark: str, mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = told(benchmark).get(importlib.metadata.version("rdkit"))
    if kept is None:
        pytest.skip("the page has no row of this version of RDKit")
    monkeypatch.setattr(readers, "SETS", {benchmark: {}})
    monkeypatch.setattr(readers, "MIRROR", mirror)
    found = list(readers.rows(tmp_path))
    assert found and {row[4:] for row in found} == {kept}
