"""CSV (RFC 4180), safe to open in a spreadsheet: all that is told of each pair of tasks, a row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

from auditor.document.blocks import Matrix, Report, Table
from auditor.errors import UsageError
from auditor.report.pair_columns import compares_tasks, pair_columns
from auditor.report.wording import missing, short_caption
from auditor.text import safe


def export(report: Report) -> bytes:
    """Return one row per pair of tasks; empty is "not estimable".

    A report that compares no tasks gives one row per (row, column) with a column per matrix, without a
    matrix its first table. A stamped report has the stamps in a last column, so that no filter loses them.

    Raises
    ------
    UsageError
        The report holds neither a matrix nor a table.
    """
    if compares_tasks(report.document.get("data", {})):
        return _text(_pairs(report.document["data"]), report.stamps)
    blocks = [block for section in report.sections for block in section.blocks]
    matrices = [block for block in blocks if isinstance(block, Matrix)]
    tables = [block for block in blocks if isinstance(block, Table)]
    if not matrices and not tables:
        raise UsageError(
            f"the report '{report.title}' holds no matrix and no table", hint="use --format json"
        )
    return _text(_long(matrices) if matrices else _plain(tables[0]), report.stamps)


def _text(rows: Iterator[list[Any]], stamps: Sequence[str]) -> bytes:
    text = io.StringIO()
    write_rows(_stamped(rows, stamps), text)
    return text.getvalue().encode()


def _pairs(data: Mapping[str, Any]) -> Iterator[list[Any]]:
    columns = pair_columns(data)
    yield list(columns)
    yield from (list(row) for row in zip(*(column.tolist() for column in columns.values()), strict=True))


def write_matrix(matrix: Matrix, target: TextIO) -> None:
    """Write one matrix as it lies: names in the first row and column, rounded as it is shown."""
    rows = zip(matrix.rows, matrix.values, strict=True)
    body = ([name, *(_rounded(value, matrix.digits) for value in values)] for name, values in rows)
    write_rows(_chain(["", *matrix.columns], body), target)


def _long(matrices: Sequence[Matrix]) -> Iterator[list[Any]]:
    names = _unique([short_caption(matrix) for matrix in matrices])
    yield ["row", "column", *names]
    found: dict[tuple[str, str], list[float | None]] = {}
    for place, matrix in enumerate(matrices):
        for row, values in zip(matrix.rows, matrix.values, strict=True):
            for column, value in zip(matrix.columns, values, strict=True):
                empty: list[float | None] = [None] * len(matrices)
                found.setdefault((row, column), empty)[place] = value
    for (row, column), numbers in found.items():
        yield [row, column, *numbers]


def _plain(table: Table) -> Iterator[list[Any]]:
    yield list(table.columns)
    yield from (list(row) for row in table.rows)


def _stamped(rows: Iterator[list[Any]], stamps: Sequence[str]) -> Iterator[list[Any]]:
    if not stamps:
        yield from rows
        return
    yield [*next(rows), "stamps"]
    said = " ".join(stamps)
    yield from ([*row, said] for row in rows)


def _unique(names: Sequence[str]) -> list[str]:
    return [
        name if names[:place].count(name) == 0 else f"{name} {names[:place].count(name) + 1}"
        for place, name in enumerate(names)
    ]


def write_rows(rows: Iterable[Sequence[Any]], target: TextIO) -> None:
    """Write rows; what is not known is an empty field, and no field is a formula."""
    writer = csv.writer(target, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_field(value) for value in row])


def _field(value: Any) -> str:
    if missing(value):
        return ""
    return safe(value) if isinstance(value, str) else str(value)


def _rounded(value: float | None, digits: int) -> float | int | None:
    if value is None or missing(value):
        return None
    return round(float(value), digits) if digits else round(value)


def _chain(first: Sequence[Any], rest: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield first
    yield from rest
