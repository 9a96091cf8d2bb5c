"""A matrix that says the same of every pair is one sentence, and every other one keeps its cells."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from auditor.document.blocks import Matrix, Report, Section, from_json, to_json
from auditor.report import csv as csvfile
from auditor.report.html import page as html
from auditor.report.pairs import uniform_sentence
from auditor.report.text import markdown, terminal

SHOWN = (terminal.export, markdown.export, html.export)


def overlaps(value: float = 0.75, *, t: int = 27) -> Matrix:
    """Return an overlap of one value for every pair of t tasks, 1 in the diagonal."""
    names = tuple(f"task-{number:02}" for number in range(t))
    values = tuple(tuple(1.0 if i == j else value for j in range(t)) for i in range(t))
    return Matrix(names, names, values, "Jaccard, 0 to 1")


def with_cells(matrix: Matrix, value: float | None, *cells: tuple[int, int]) -> Matrix:
    """Return a matrix with some of its cells replaced."""
    rows = [list(row) for row in matrix.values]
    for i, j in cells:
        rows[i][j] = value
    return replace(matrix, values=tuple(map(tuple, rows)))


def report_of(matrix: Matrix) -> Report:
    """Return a report that holds nothing but a matrix."""
    return Report("T", "V", "pass", (), (Section("S", (matrix,)),), {})


@pytest.mark.parametrize("export", SHOWN)
@pytest.mark.parametrize(("value", "said"), [(1.0, "every pair: 1.00"), (0.75, "every pair: 0.75")])
def test_one_value_for_every_pair_is_one_sentence(
    export: Callable[[Report], bytes], value: float, said: str
) -> None:
    text = export(report_of(overlaps(value))).decode()
    assert said in text and "Jaccard" in text
    assert "task-00" not in text  # no row, column or entry of a table


@pytest.mark.parametrize("export", SHOWN)
def test_one_pair_that_differs_keeps_the_cells(export: Callable[[Report], bytes]) -> None:
    text = export(report_of(with_cells(overlaps(t=12), 0.25, (2, 7), (7, 2)))).decode()
    assert "every pair" not in text and "0.25" in text and "task-07" in text


@pytest.mark.parametrize(
    "matrix",
    [
        with_cells(overlaps(), None, (3, 4), (4, 3)),
        with_cells(overlaps(), 0.74, (3, 4)),
        with_cells(overlaps(), 0.5, (3, 3)),
        with_cells(overlaps(), None, *((i, j) for i in range(27) for j in range(27))),
        replace(overlaps(), scale="diverging", low=-1.0),
        replace(overlaps(1.0), columns=tuple(f"group {number}" for number in range(27))),
        overlaps(t=2),
        overlaps(t=0),
    ],
    ids="missing one-direction diagonal nothing-known signed other-columns one-pair empty".split(),
)
def test_what_a_sentence_would_hide_stays_a_matrix(matrix: Matrix) -> None:
    assert uniform_sentence(matrix) == ""


def test_files_for_machines_hold_every_cell_of_a_uniform_matrix() -> None:
    matrix = overlaps()
    rows = list(csv.reader(io.StringIO(csvfile.export(report_of(matrix)).decode())))
    assert len(rows) == 1 + 27 * 27
    assert {row[2] for row in rows[1:] if row[0] != row[1]} == {"0.75"}
    assert from_json(json.loads(json.dumps(to_json(matrix)))) == matrix
