"""The numbers of a figure as CSV."""

from __future__ import annotations

import csv
import io

from auditor.document.blocks import Chart, Curve, Tree
from auditor.report.figure_numbers import Figure, numbers_of
from tests.report.making import overlap_matrix


def rows_of(figure: Figure) -> list[list[str]]:
    return list(csv.reader(io.StringIO(numbers_of(figure), newline="")))


def test_points_are_told_with_their_names_and_intervals() -> None:
    named = Curve("a", (1.0, 2.0), (0.5, None), (0.4, None), (0.6, None), names=("=x", "y"))
    found = rows_of(Chart((named, Curve("b", (3.0,), (4.0,))), "x", "y", "c", "alt"))
    assert found == [
        ["curve", "name", "x", "y", "low", "high"],
        ["a", "'=x", "1.0", "0.5", "0.4", "0.6"],
        ["a", "y", "2.0", "", "", ""],
        ["b", "", "3.0", "4.0", "", ""],
    ]


def test_entries_are_told_with_their_tasks() -> None:
    found = rows_of(overlap_matrix(("a", "b", "c")))
    assert found[0] == ["", "a", "b", "c"] and [row[0] for row in found[1:]] == ["a", "b", "c"]


def test_joints_are_told_with_what_lies_below_them() -> None:
    tree = Tree(("a", "b", "c"), ((0.0, 1.0, 0.2, 2.0), (3.0, 2.0, 0.7, 3.0)), "c", "alt")
    assert rows_of(tree)[1:] == [["a", "b", "0.2"], ["a; b", "c", "0.7"]]
