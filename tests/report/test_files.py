"""The JSON and CSV renderings."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from auditor.document.blocks import Matrix, Report, Section
from auditor.report import csv as csvfile
from auditor.report import json as jsonfile


def test_json_has_sorted_keys_null_for_nan_and_one_matrix_row_to_the_line() -> None:
    document = {"b": np.array([[1.0, np.nan], [2.5, 3.0]]), "a": np.int64(3)}
    text = jsonfile.dump(document).decode()
    assert json.loads(text) == {"a": 3, "b": [[1.0, None], [2.5, 3.0]]}
    assert text.index('"a"') < text.index('"b"') and "[1.0, null]" in text and text.endswith("}\n")


def test_json_refuses_what_it_has_no_form_for() -> None:
    with pytest.raises(ValueError, match=r"\$\.a\[1\]"):
        jsonfile.dump({"a": [1.0, float("inf")]})
    with pytest.raises(TypeError, match=r"\$\.a"):
        jsonfile.dump({"a": object()})


def rows_of(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csvfile.export(report).decode(), newline="")))


def test_csv_has_one_row_per_pair_and_an_empty_cell_for_not_estimable() -> None:
    names = ("a", "b")
    matrix = Matrix(names, names, ((1.0, None), (0.25, 1.0)), "Jaccard, a ratio")
    rows = rows_of(Report("t", "v", "pass", (), (Section("s", (matrix,)),), {}))
    assert rows[0] == ["row", "column", "Jaccard"]
    assert ["a", "b", ""] in rows and ["b", "a", "0.25"] in rows and len(rows) == 5


def test_csv_defuses_formulas_and_keeps_negative_numbers() -> None:
    matrix = Matrix(("=cmd()", "b"), ("@x", "-y"), ((-0.5, 1.0), (0.25, 1.0)), "c", scale="diverging")
    rows = rows_of(Report("t", "v", "pass", (), (Section("s", (matrix,)),), {}))
    assert ["'=cmd()", "'@x", "-0.5"] in rows


def test_csv_carries_the_stamps() -> None:
    matrix = Matrix(("a",), ("b",), ((0.5,),), "c")
    rows = rows_of(Report("t", "v", "fail", ("The gate failed.",), (Section("s", (matrix,)),), {}))
    assert rows[0][-1] == "stamps" and rows[1][-1] == "The gate failed."
