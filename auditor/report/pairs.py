"""Which entries of a matrix are worth naming when there are too many to show."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Iterator

from auditor.document.blocks import Cell, Matrix, Table
from auditor.report.wording import cell, entry, missing

Entry = tuple[str, str, float]


def square(matrix: Matrix) -> bool:
    """Tell whether rows and columns are the same tasks."""
    return matrix.rows == matrix.columns


def symmetric(matrix: Matrix) -> bool:
    """Tell whether a square matrix says the same in both directions."""
    values = matrix.values
    return square(matrix) and all(
        _same(values[i][j], values[j][i]) for i in range(len(values)) for j in range(i)
    )


def strongest(matrix: Matrix, *, most: int = 20) -> list[Entry]:
    """Return the strongest estimable (row, column, value), the diagonal left out.

    Strong is far from 0 on a diverging scale and large on a sequential one.
    """
    signed = matrix.scale == "diverging"
    return heapq.nlargest(most, _entries(matrix), key=lambda e: abs(e[2]) if signed else e[2])


def strongest_table(matrix: Matrix, *, most: int = 20) -> Table:
    """Return the strongest entries as a table whose values carry the matrix's own digits."""
    found = strongest(matrix, most=most)
    total = sum(1 for _ in _entries(matrix))
    columns = ("task", "task") if symmetric(matrix) else ("row", "column")
    return Table(
        (*columns, "value"),
        tuple((row, column, value) for row, column, value in found),
        caption=f"The strongest {len(found):,} of {total:,} estimable entries",
        digits=matrix.digits,
    )


def summary(matrix: Matrix) -> tuple[tuple[str, Cell], ...]:
    """Return how many entries could be estimated and how they are spread, the diagonal left out."""
    found = [value for _, _, value in _entries(matrix)]
    places = _places(matrix)
    rows: tuple[tuple[str, Cell], ...] = (("entries", places), ("not estimable", places - len(found)))
    if found:
        spread = (("min", min(found)), ("median", statistics.median(found)), ("max", max(found)))
        rows += tuple((name, entry(matrix, value)) for name, value in spread)
    return rows


def summary_sentence(matrix: Matrix) -> str:
    """Return the summary as one line."""
    return " · ".join(f"{name} {cell(value)}" for name, value in summary(matrix))


def uniform_sentence(matrix: Matrix) -> str:
    """Return one sentence for a sequential matrix that says the same of every pair; "" for any other.

    Three tasks at least, every pair estimable, and all tasks alike in the diagonal: then a table of
    cells would say no more. A diverging matrix keeps its cells.
    """
    if matrix.scale == "diverging" or len(matrix.rows) < 3 or not symmetric(matrix):
        return ""
    own = [values[place] for place, values in enumerate(matrix.values)]
    found = [value for _, _, value in _entries(matrix)]
    if len(found) < _places(matrix) or not all(_same(value, found[0]) for value in found):
        return ""
    return f"every pair: {entry(matrix, found[0])}" if all(_same(value, own[0]) for value in own) else ""


def _entries(matrix: Matrix) -> Iterator[Entry]:
    once = symmetric(matrix)
    same = square(matrix)
    for i, (row, values) in enumerate(zip(matrix.rows, matrix.values, strict=True)):
        start = i + 1 if once else 0
        for column, value in zip(matrix.columns[start:], values[start:], strict=True):
            if value is not None and not missing(value) and not (same and column == row):
                yield row, column, float(value)


def _places(matrix: Matrix) -> int:
    rows, columns = len(matrix.rows), len(matrix.columns)
    if not square(matrix):
        return rows * columns
    return rows * (rows - 1) // (2 if symmetric(matrix) else 1)


def _same(one: float | None, other: float | None) -> bool:
    if missing(one) or missing(other):
        return missing(one) and missing(other)
    return one == other or abs(float(one or 0) - float(other or 0)) < 1e-9
