"""A matrix as an HTML page shows it: a table whose cells are coloured, or a picture beyond that."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.document.blocks import Matrix
from auditor.report.clustered import clustered
from auditor.report.html.download import Budget, address
from auditor.report.html.picture import heat_map
from auditor.report.html.tree import joints
from auditor.report.pairs import square, strongest_table, summary_sentence
from auditor.report.palette import STEPS, edges, step, stressed
from auditor.report.wording import ABSENT, cell, entry, missing
from auditor.text import plain

SIZES = ((3, "few"), (14, "small"), (26, "medium"))
"""Columns up to which a table is of a size of the style sheet; beyond, it is "wide"."""
LARGEST_TABLE = 40
"""Rows or columns up to which a matrix is a table in a page."""


def is_large(matrix: Matrix) -> bool:
    """Tell whether a matrix is too large to be read as a table."""
    rows, columns = len(matrix.rows), len(matrix.columns)
    return columns > LARGEST_TABLE or (rows > LARGEST_TABLE and rows * columns > LARGEST_TABLE**2)


def table_view(matrix: Matrix, budget: Budget) -> dict[str, Any]:
    """Return what the table template needs."""
    found = clustered(matrix)
    shown, columns = found.matrix, len(matrix.columns)
    return {
        "columns": [plain(name) for name in shown.columns],
        "rows": [
            (plain(name), list(_cells(shown, row)))
            for name, row in zip(shown.rows, shown.values, strict=True)
        ],
        "joints": joints(found.tree) if found.tree else "",
        "letters": max((len(text) for row in shown.values for _, text in _cells(shown, row)), default=1),
        "legend": legend(matrix),
        "size": next((name for most, name in SIZES if columns <= most), "wide"),
        "turned": columns > 6 or (columns > 3 and max(map(len, matrix.columns)) > 5),
        "download": address(shown, budget),
    }


def picture_view(matrix: Matrix, budget: Budget) -> dict[str, Any]:
    """Return what the picture template needs: drawing, spread, strongest pairs and a download."""
    found = clustered(matrix)
    return {
        "drawing": heat_map(found.matrix, found.tree),
        "legend": legend(matrix),
        "summary": summary_sentence(matrix),
        "strongest": strongest_table(matrix),
        "order": [plain(name) for name in found.matrix.rows] if square(matrix) else [],
        "download": address(found.matrix, budget),
    }


def legend(matrix: Matrix) -> list[Mapping[str, str]]:
    """Return class and text of every step of the scale, low to high, and of "not estimable" if needed."""
    bounds = [_bound(matrix, edge) for edge in edges(matrix)]
    letter = _letter(matrix)
    steps = [
        {"name": f"{letter}{place}", "text": f"{low} to {high}"}
        for place, (low, high) in enumerate(itertools.pairwise(bounds))
    ]
    open_cells = any(missing(value) for row in matrix.values for value in row)
    last = [{"name": "na", "text": f"{ABSENT} not estimable"}] if open_cells else []
    return [*steps, *last]


def _cells(matrix: Matrix, row: tuple[float | None, ...]) -> Iterator[tuple[str, str]]:
    letter = _letter(matrix)
    for value in row:
        if value is None or missing(value):
            yield "na", ABSENT
        else:
            strong = " b" if stressed(matrix, value) else ""
            yield f"{letter}{step(matrix, value)}{strong}", entry(matrix, value)


def _letter(matrix: Matrix) -> str:
    return "d" if matrix.scale == "diverging" else "q"


def _bound(matrix: Matrix, value: float) -> str:
    if abs(value) >= 10:
        return cell(round(value))
    text = f"{value:+.3g}" if matrix.scale == "diverging" else f"{value:.3g}"
    return text if value else "0"


assert STEPS == 7  # the classes of the style sheet are written for seven
