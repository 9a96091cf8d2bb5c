"""The table of docs/compounds.md is what its command prints."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdkit

from benchmarks import identity

PAGE = Path(__file__).parents[2] / "docs" / "compounds.md"
SMALL = ("tox21", "sider", "clintox", "bbbp", "bace")
"""Those that are named within two minutes; the command prints the others too."""


def shown() -> dict[str, tuple[str, ...]]:
    """Return the rows of the page's table by benchmark."""
    lines = PAGE.read_text().partition("`python -m benchmarks.identity`")[2].splitlines()
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in lines
        if line.startswith("| ")
    ]
    return {row[0]: row for row in rows}


def test_the_page_has_a_row_for_every_benchmark_of_the_command() -> None:
    rows = shown()
    assert tuple(rows[identity.HEADER[0]]) == identity.HEADER
    assert list(rows)[1:] == [identity.short(name) for name in identity.BENCHMARKS]


@pytest.mark.published
@pytest.mark.skipif(
    f"RDKit {rdkit.__version__}" not in PAGE.read_text(),
    reason="the page counts by another version of RDKit",
)
@pytest.mark.parametrize("name", SMALL)
def test_the_rows_of_the_page_are_what_the_command_prints(
    name: str, mirror: Path, published_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "MIRROR", mirror)
    assert list(identity.rows([name], published_cache)) == [shown()[name]]
