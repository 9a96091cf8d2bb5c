"""Tables as chemists keep them: read as they are meant, or refused with the way out, never as something else."""

from __future__ import annotations

import bz2
import io
import json
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from auditor.errors import AuditError, DataError, UsageError
from auditor.source.account import Account, Missing
from auditor.source.rows import SourceData
from auditor.source.table.reading import read_table
from auditor.source.table.rules import Rules
from benchmarks.generated_tables import draw
from benchmarks.tables import judged

ROWS = 40
SMILES = [f"{'C' * (n + 1)}O" for n in range(ROWS)]
RANDOM = np.random.default_rng(5)
VALUES = np.round(RANDOM.normal(5, 1, ROWS), 2)
CLASSES = RANDOM.integers(0, 2, ROWS)
KEPT = RANDOM.random(ROWS) < 0.6


def table(separator: str = ",", **columns: object) -> str:
    """A table of the forty alcohols; a cell with the separator is quoted."""
    frame = pd.DataFrame({"smiles": SMILES, **columns})
    return str(frame.to_csv(index=False, sep=separator))


def read(folder: Path, text: str | bytes, name: str = "a.csv", **options: object) -> SourceData:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(path, rules=Rules(**options))  # type: ignore[arg-type]


def meant(data: SourceData) -> dict[str, tuple[str, int]]:
    """What was read: of every task its kind and its number of values."""
    return {one.task.name: (one.task.kind, len(one.values)) for one in data.tables}


def account(data: SourceData) -> Account:
    assert data.account is not None
    return data.account


def with_code(code: object, values: NDArray[np.generic]) -> list[object]:
    return [value if kept else code for value, kept in zip(values.tolist(), KEPT, strict=True)]


@pytest.mark.parametrize("code", [-999, -9999.0, -666, 9999, 99999])
def test_a_far_code_in_several_tasks_is_not_measured(tmp_path: Path, code: float) -> None:
    data = read(tmp_path, table(a=with_code(code, VALUES), b=with_code(code, VALUES[::-1])))
    assert meant(data) == {"a": ("regression", KEPT.sum()), "b": ("regression", KEPT.sum())}
    gone = 2 * ROWS - 2 * int(KEPT.sum())
    assert account(data).missing == (Missing(f"{code:g}", gone, ("a", "b")),)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"a": with_code(-1, CLASSES)}, "-1"),
        ({"a": with_code(-1, CLASSES), "b": with_code(-1, CLASSES[::-1])}, "-1"),
        ({"a": with_code(0, 2 * CLASSES - 1)}, "-1"),
        ({"a": with_code(2, CLASSES)}, "2"),
        ({"a": with_code(-1, np.abs(VALUES))}, "-1"),
        ({"a": with_code(500, VALUES), "b": VALUES.tolist()}, "500"),
    ],
)
def test_a_likely_code_is_refused_with_both_ways_on(
    tmp_path: Path, columns: dict[str, list[object]], code: str
) -> None:
    with pytest.raises(DataError, match="a measurement") as caught:
        read(tmp_path, table(**columns))
    assert f"--missing {code} " in caught.value.hint and "--missing nothing" in caught.value.hint
    assert meant(read(tmp_path, table(**columns), missing=("nothing",)))["a"][1] == ROWS


def test_what_is_said_to_be_missing_is_and_the_rest_is_classes(tmp_path: Path) -> None:
    text = table(a=with_code(-1, CLASSES), b=with_code("pending", VALUES))
    data = read(tmp_path, text, missing=("-1", "pending"))
    assert meant(data) == {"a": ("classification", KEPT.sum()), "b": ("regression", KEPT.sum())}


def test_a_single_strange_value_is_no_code(tmp_path: Path) -> None:
    slip = VALUES.copy()
    slip[3] = 550
    assert meant(read(tmp_path, table(a=slip, b=VALUES)))["a"] == ("regression", ROWS)


def test_a_weight_of_zero_is_not_measured(tmp_path: Path) -> None:
    data = read(tmp_path, table(y1=CLASSES, w1=KEPT.astype(float), y2=VALUES, w2=[1.0] * ROWS, ids=SMILES))
    assert meant(data) == {"y1": ("classification", KEPT.sum()), "y2": ("regression", ROWS)}
    assert set(meant(read(tmp_path, table(y1=VALUES, width=VALUES)))) == {"y1", "width"}


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("__index_level_0__", range(ROWS)),
        ("Unnamed: 0.1", range(100, 100 + ROWS)),
        ("index", RANDOM.permutation(ROWS)),
        ("X", range(1, ROWS + 1)),
        ("compound_id", RANDOM.permutation(10 * ROWS)[:ROWS]),
        ("CID", RANDOM.permutation(ROWS) + 10**8),
        ("registry", range(10**6, 10**6 + ROWS)),
        ("plate", [row // 8 for row in range(ROWS)]),
        ("cv_fold", [row % 5 for row in range(ROWS)]),
        ("Year", [2001 + row % 9 for row in range(ROWS)]),
        ("MW", VALUES),
        ("TPSA", VALUES),
        ("AlogP", VALUES),
    ],
)
def test_what_is_about_the_row_is_no_task_and_can_be_named(
    tmp_path: Path, name: str, cells: object
) -> None:
    data = read(tmp_path, table(**{name: cells, "a": VALUES}))
    assert set(meant(data)) == {"a"} and (name,) in account(data).left_out.values()
    named = read_table(tmp_path / "a.csv", tasks=[name, "a"])
    assert {one.task.name for one in named.tables} == {name, "a"}


@pytest.mark.parametrize(
    "name", ["refractive_index", "cetane number", "PXR_fold", "NO", "logP", "IC50_nM", "row x"]
)
def test_a_quantity_is_a_task_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert meant(read(tmp_path, table(**{name: VALUES}))) == {name: ("regression", ROWS)}


def test_the_index_that_parquet_names_is_no_task(tmp_path: Path) -> None:
    frame = pd.DataFrame({"smiles": SMILES, "a": VALUES}).sample(frac=1, random_state=0)
    frame.index.name = "batch nr"
    out = io.BytesIO()
    frame.to_parquet(out)
    assert set(meant(read(tmp_path, out.getvalue(), "a.parquet"))) == {"a"}


@pytest.mark.parametrize(
    ("spell", "read_as", "limits"),
    [
        (lambda value: f">{value}", float, ROWS),
        (lambda value: f"< {value}", float, ROWS),
        (lambda value: f"{value} ± 0.1", float, 0),
        (lambda value: f"{value}+/-0.25", float, 0),
        (lambda value: f"{value} %", float, 0),
        (lambda value: f"{1000 * value:,.1f}", lambda value: round(1000 * value, 1), 0),
        (lambda value: str(value).replace(".", ","), float, 0),
    ],
)
def test_spelled_numbers_are_read_and_limits_give_no_label(
    tmp_path: Path, spell: Callable[[float], str], read_as: Callable[[float], float], limits: int
) -> None:
    text = table(a=[spell(value) for value in VALUES.tolist()])
    (found,) = read(tmp_path, text).tables
    assert found.values.tolist() == pytest.approx([read_as(value) for value in VALUES.tolist()])
    assert (0 if found.limits is None else int((found.limits != 0).sum())) == limits
    (taken,) = read(tmp_path, text, censored="at-limit").tables
    assert taken.limits is None


@pytest.mark.parametrize(
    ("no", "yes"),
    [("inactive", "Active"), ("no", "Yes"), ("Negative", "positive"), (-1, 1), (1, 2), ("-", "+")],
)
def test_two_values_are_two_classes_whatever_their_code(tmp_path: Path, no: object, yes: object) -> None:
    (found,) = read(tmp_path, table(a=[yes if one else no for one in CLASSES])).tables
    assert found.task.kind == "classification" and found.values.tolist() == CLASSES.tolist()


def test_a_comma_that_may_be_either_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="in two ways"):
        read(tmp_path, table(a=[f"{n},{100 + n}" for n in range(1, ROWS + 1)]))
    plain = read(tmp_path, table(a=["42", *(f"{n},{100 + n}" for n in range(2, ROWS + 1))]))
    assert plain.tables[0].values[1] == 2102.0


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["IC50, nM", "a;b", "a|b", "logD (pH 7,4)"])
def test_the_separator_is_the_one_of_the_lines_not_of_a_name(
    tmp_path: Path, separator: str, name: str
) -> None:
    data = read(tmp_path, table(separator, **{name: VALUES, "b": VALUES}), "a.txt")
    assert set(meant(data)) == {name, "b"}


def test_the_line_that_names_the_separator_and_old_line_ends_are_read(tmp_path: Path) -> None:
    text = table(";", a=VALUES)
    assert meant(read(tmp_path, "sep=;\n" + text)) == {"a": ("regression", ROWS)}
    assert meant(read(tmp_path, text.replace("\n", "\r"))) == {"a": ("regression", ROWS)}


def test_an_open_quotation_mark_is_refused_with_its_row(tmp_path: Path) -> None:
    lines = table(a=VALUES, b=VALUES).splitlines()
    lines[5] = '"' + lines[5]
    lines[9] = lines[9].replace(",", '",', 1)
    with pytest.raises(DataError, match=r"row 5 of .* has a cell of 5 lines") as caught:
        read(tmp_path, "\n".join(lines))
    assert "quotation mark" in caught.value.hint


def packed(name: str) -> bytes:
    kept = [value if kept else None for value, kept in zip(VALUES, KEPT, strict=True)]
    frame = pd.DataFrame({"smiles": SMILES, "a": kept})
    text = frame.to_csv(index=False).encode()
    if name.endswith("feather"):
        out = io.BytesIO()
        frame.to_feather(out)
        return out.getvalue()
    if name.endswith("jsonl"):
        rows = json.loads(frame.to_json(orient="records"))
        return "\n".join(json.dumps(row) for row in rows).encode()
    return bz2.compress(text) if name.endswith("bz2") else lzma.compress(text)


@pytest.mark.parametrize("name", ["a.csv.bz2", "a.csv.xz", "a.feather", "a.jsonl"])
def test_every_container_gives_the_same(tmp_path: Path, name: str) -> None:
    assert meant(read(tmp_path, packed(name), name)) == {"a": ("regression", KEPT.sum())}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"BZh9damaged", "damaged or truncated"),
        (b'{"smiles": "CC", "a": [1]}\n', "line 1 of .* is no flat object"),
        (b'{"smiles": "CC", "a": 1}\n{"smiles"\n', "line 2 of .* is not JSON"),
    ],
)
def test_what_is_damaged_is_refused_with_its_place(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path, data)
    assert caught.value.hint


LONG = {"assay": "Target ChEMBL ID", "value": "pChEMBL Value"}


def long_table() -> str:
    names = [f"CHEMBL{row % 3}" for row in range(ROWS)]
    signs = [">" if row % 10 == 0 else "=" for row in range(ROWS)]
    return table(**{LONG["assay"]: names, "Relation": signs, LONG["value"]: VALUES})


def test_a_long_table_is_refused_with_its_own_columns_proposed_and_read_by_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one row per compound and assay") as caught:
        read(tmp_path, long_table())
    assert "--long 'assay=Target ChEMBL ID' --long 'value=pChEMBL Value'" in caught.value.hint
    data = read(tmp_path, long_table(), long=LONG)
    assert meant(data) == {f"CHEMBL{k}": ("regression", len(SMILES[k::3])) for k in range(3)}
    assert data.tables[1].values.tolist() == VALUES[1::3].tolist()
    limited = read(tmp_path, long_table(), long={**LONG, "relation": "Relation"})
    assert sum(int((one.limits != 0).sum()) for one in limited.tables if one.limits is not None) == 4


@pytest.mark.parametrize(
    ("long", "said"),
    [
        ({"assay": "a"}, "two columns"),
        ({**LONG, "unit": "x"}, "no 'unit'"),
        ({**LONG, "value": "y"}, "no column 'y'"),
    ],
)
def test_a_role_that_is_not_there_is_a_usage_error(tmp_path: Path, long: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, long_table(), long=long)


@dataclass(frozen=True)
class Written:
    """A column as somebody wrote it, and what it means: numbers, NaN where nothing was measured."""

    cells: list[str]
    values: list[float]


@st.composite
def columns(draw: st.DrawFn) -> Written:
    """A column of measurements in one of the ways in which people write them."""
    numbers = draw(st.lists(st.integers(1, 9999), min_size=ROWS, max_size=ROWS))
    kept = draw(st.lists(st.booleans(), min_size=ROWS, max_size=ROWS))
    ways = ["plain", "empty word", "far code", "percent", "error", "limit", "words", "signs"]
    way = draw(st.sampled_from(ways))
    word = draw(st.sampled_from(["", "NA", "nd", "N/A", "not tested"])) if way == "empty word" else ""
    pairs = list(zip(numbers, kept, strict=True))
    if way in ("words", "signs"):
        names = ("inactive", "active") if way == "words" else ("-1", "1")
        values = [float(n % 2) if k else float("nan") for n, k in pairs]
        return Written([names[n % 2] if k else "" for n, k in pairs], values)
    spell = {"percent": "{}%", "error": "{} ± 0.5", "limit": ">{}"}.get(way, "{}")
    gone = "-99999" if way == "far code" else word
    values = [n / 100 if k else float("nan") for n, k in pairs]
    return Written([spell.format(n / 100) if k else gone for n, k in pairs], values)


@given(st.lists(columns(), min_size=1, max_size=4), st.sampled_from([",", ";", "\t", "|"]))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_read_as_it_was_meant_or_refused(
    tmp_path: Path, written: list[Written], separator: str
) -> None:
    text = table(separator, **{f"task {place}": one.cells for place, one in enumerate(written)})
    try:
        found = {one.task.name: one for one in read(tmp_path, text, "a.txt").tables}
    except AuditError as error:
        assert error.hint
        return
    for place, one in enumerate(written):
        measured = [(s, v) for s, v in zip(SMILES, one.values, strict=True) if not np.isnan(v)]
        if f"task {place}" not in found:
            assert not measured, text
            continue
        got, values = found[f"task {place}"], [value for _, value in measured]
        if got.task.kind == "classification" and not set(values) <= {0.0, 1.0}:
            values = [float(value == max(values)) for value in values]
        assert list(got.smiles) == [smiles for smiles, _ in measured]
        assert got.values.tolist() == pytest.approx(values)


@pytest.mark.parametrize("code", [9, -9, 3, 5, 99, -999])
@pytest.mark.parametrize(("no", "yes"), [(0, 1), (1, 2), (-1, 0)])
def test_a_third_number_beside_two_classes_is_asked_about(
    tmp_path: Path, code: int, no: int, yes: int
) -> None:
    if abs(code - no) + abs(code - yes) == 1:
        return
    cells = with_code(code, np.where(CLASSES == 1, yes, no))
    text = table(a=cells)
    try:
        found = meant(read(tmp_path, text))
    except DataError as error:
        assert f"--missing {code} " in error.hint or f"--missing {no} " in error.hint
    else:
        assert found == {"a": ("classification", KEPT.sum())} and abs(code) > 90


@pytest.mark.parametrize("cells", [1, 2, 4])
@pytest.mark.parametrize("code", [-999, 9999, -6666])
def test_what_is_written_like_a_code_is_never_counted_in_a_few_cells(
    tmp_path: Path, cells: int, code: int
) -> None:
    values = VALUES.copy()
    values[:cells] = code
    try:
        assert meant(read(tmp_path, table(a=values))) == {"a": ("regression", ROWS - cells)}
    except DataError as error:
        assert cells == 1 and f"--missing {code} " in error.hint


@pytest.mark.parametrize(
    ("code", "value"), [(-1, 83.5), (-1, 3.56e-06), (-999, 5), (-999, 0.5), (9999, 2.5)]
)
@pytest.mark.parametrize("measured", [1, 2])
def test_a_code_beside_one_value_alone_is_not_counted(
    tmp_path: Path, code: float, value: float, measured: int
) -> None:
    cells = [value] * measured + [code] * (ROWS - measured)
    try:
        assert meant(read(tmp_path, table(a=cells, b=VALUES)))["a"][1] == measured
    except DataError as error:
        assert f"--missing {code:g} " in error.hint


def test_below_one_code_another_is_found(tmp_path: Path) -> None:
    values = CLASSES.astype(float)
    values[:5], values[5:10] = -999, -1
    with pytest.raises(DataError, match="-1, 0, 1 and nothing else"):
        read(tmp_path, table(a=values))
    values = VALUES.copy()
    values[:5], values[5:10] = -999, -99999
    assert meant(read(tmp_path, table(a=values, b=VALUES))) == {
        "a": ("regression", ROWS - 10),
        "b": ("regression", ROWS),
    }


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_commas_in_every_line_are_no_separator_where_another_gives_more_cells(
    tmp_path: Path, separator: str
) -> None:
    doses = [f"{1000 * (n + 1) + n:,}.5" for n in range(ROWS)]
    data = read(tmp_path, table(separator, **{"IC50, nM": VALUES, "dose": doses}), "a.txt")
    assert set(meant(data)) == {"IC50, nM", "dose"}


@pytest.mark.parametrize("name", ["PXR_fold", "induction fold", "AhR-fold"])
def test_a_fold_of_something_is_a_task_and_a_fold_of_a_split_is_none(tmp_path: Path, name: str) -> None:
    cells = RANDOM.integers(1, 30, ROWS)
    data = read(tmp_path, table(**{name: cells, "cv fold": cells % 5, "scaffold_fold": cells % 6}))
    assert set(meant(data)) == {name}


@pytest.mark.parametrize("seed", range(200))
def test_a_generated_table_is_read_as_it_was_meant_or_refused(tmp_path: Path, seed: int) -> None:
    assert judged(draw(100_000 + seed), tmp_path) in ("read right", "refused")
