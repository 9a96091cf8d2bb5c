"""The page of the published figures holds what 0.1.0 gave, and what this version gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.published_figures import KEPT, audited, cells, held

PAGE = Path(__file__).parents[2] / "docs" / "published-figures.md"
BEFORE = json.loads(KEPT.read_text(encoding="utf-8"))
ROWS = {
    row[0]: row[1:]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and len(row := [cell.strip() for cell in line.strip("| ").split("|")]) == 5
}


@pytest.mark.parametrize("name", sorted(name for name, found in BEFORE.items() if held(found)))
def test_every_set_has_a_row_with_the_figures_of_0_1(name: str) -> None:
    old = [cell.split(" → ")[0] for cell in ROWS[name]]
    assert old == list(cells(BEFORE[name], BEFORE[name]))


def test_every_row_that_differs_is_explained() -> None:
    explained = PAGE.read_text(encoding="utf-8").partition("## Why")[2]
    for name, row in ROWS.items():
        assert "→" not in "".join(row) or f"`{name}`" in explained, name


@pytest.mark.published
@pytest.mark.parametrize(
    "name", ["esol", "clintox", "tdc-dili", "moleculenet/delaney-processed.csv", "moleculenet/SAMPL.csv"]
)
def test_this_version_gives_the_figures_of_the_page(name: str, mirror: Path, tmp_path: Path) -> None:
    assert list(cells(BEFORE[name], audited(name, tmp_path))) == ROWS[name]
