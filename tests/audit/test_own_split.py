"""A split of the user's own: what the column or the files say, for every compound, or one clear line."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from auditor.audit.own_split import own_split, shown_name
from auditor.audit.reading import read_benchmark
from auditor.audit.request import DataRequest
from auditor.benchmark.benchmark import Benchmark
from auditor.cli import run
from auditor.errors import AuditError, DataError, UsageError
from auditor.plugin.loading import load_registry

MOLECULES = tuple(f"{'C' * k}{end}" for k in range(1, 11) for end in ("O", "N", "F"))
SIDES = tuple("train" if k % 10 < 7 else "val" if k % 10 == 7 else "test" for k in range(len(MOLECULES)))


def request_of(folder: Path, columns: Mapping[str, list[object]] | None = None) -> DataRequest:
    """Return the request of a table with two tasks and some more columns."""
    rng = np.random.default_rng(0)
    table: dict[str, list[object]] = {
        "smiles": list(MOLECULES),
        "one": list(rng.normal(size=len(MOLECULES)).round(3)),
        "two": list(rng.normal(size=len(MOLECULES)).round(3)),
        **(columns or {}),
    }
    path = folder / "own.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return DataRequest(str(path), load_registry(), folder / "cache", tasks=("one", "two"))


def sides_by(request: DataRequest, text: str) -> dict[str, str]:
    """Return the side of each compound of a split, by its published SMILES."""
    benchmark: Benchmark = read_benchmark(request).benchmark
    split = own_split(text, request, benchmark)
    parts = {"train": split.train, "val": split.validation, "test": split.test}
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(benchmark.n))
    return {benchmark.smiles[row]: side for side, rows in parts.items() for row in rows}


@pytest.mark.parametrize("said", [("train", "val", "test"), ("Training", "VALID", "Test")])
def test_a_column_that_says_the_side_is_the_split(said: tuple[str, ...], tmp_path: Path) -> None:
    words = dict(zip(("train", "val", "test"), said, strict=True))
    request = request_of(tmp_path, {"fold": [words[side] for side in SIDES]})
    assert sides_by(request, "column:fold") == dict(zip(MOLECULES, SIDES, strict=True))


@pytest.mark.parametrize("form", ["year", "date"])
def test_a_column_of_times_trains_on_the_first_and_tests_on_the_last(form: str, tmp_path: Path) -> None:
    order = np.random.default_rng(1).permutation(len(MOLECULES))
    when = [1990 + int(k) if form == "year" else f"2020-{1 + k // 28:02d}-{1 + k % 28:02d}" for k in order]
    found = sides_by(request_of(tmp_path, {"when": when}), "column:when")
    expected = ["train" if k < 24 else "val" if k < 27 else "test" for k in order]
    assert found == dict(zip(MOLECULES, expected, strict=True))


def test_compounds_of_one_time_stay_together(tmp_path: Path) -> None:
    when: list[object] = [1] * 22 + [2] * 4 + [3] + [4] * 3
    found = sides_by(request_of(tmp_path, {"when": when}), "column:when")
    by_time = {
        time: {found[text] for text, one in zip(MOLECULES, when, strict=True) if one == time}
        for time in when
    }
    assert by_time == {1: {"train"}, 2: {"train"}, 3: {"val"}, 4: {"test"}}


def test_a_compound_counts_by_its_first_date_and_may_not_be_on_two_sides(tmp_path: Path) -> None:
    request = request_of(tmp_path, {"fold": list(SIDES), "when": list(range(len(MOLECULES)))})
    path = Path(request.benchmark)
    path.write_text(path.read_text() + f"{MOLECULES[0]},1,1,test,99\n")
    assert sides_by(request, "column:when")[MOLECULES[0]] == "train"
    with pytest.raises(DataError, match="on two sides, train and test"):
        sides_by(request, "column:fold")


def test_files_say_the_side_of_compounds_however_they_are_written(tmp_path: Path) -> None:
    request = request_of(tmp_path)
    folder = tmp_path / "split"
    folder.mkdir()
    for side in ("train", "val", "test"):
        mine = [text for text, one in zip(MOLECULES, SIDES, strict=True) if one == side]
        other = [f"{text[-1]}{text[:-1]}" for text in mine]  # the same molecules from the other end
        (folder / f"{side}.csv").write_text("\n".join(["smiles", *other]) + "\n")
    assert sides_by(request, f"files:{folder}") == dict(zip(MOLECULES, SIDES, strict=True))
    (folder / "val.csv").unlink()
    with pytest.raises(DataError, match="no file for the side 'validation'"):
        sides_by(request, f"files:{folder}")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["train"] * 28 + ["", ""], "2 compounds of the benchmark are on no side"),
        (["train"] * 29 + ["later"], "'train' is no side"),
        (["train"] * 30, "no compound is on the side 'validation'"),
    ],
)
def test_what_is_no_split_is_refused_in_one_line(column: list[object], said: str, tmp_path: Path) -> None:
    with pytest.raises(AuditError) as caught:
        sides_by(request_of(tmp_path, {"fold": column}), "column:fold")
    assert said in caught.value.message and caught.value.hint and "\n" not in caught.value.message


def test_what_is_shown_of_a_split_names_no_place_and_no_column_where_names_are_withheld() -> None:
    assert shown_name("files:/home/me/secret/split", names=True) == "files:split"
    assert shown_name("column:fold", names=True) == "column:fold"
    assert shown_name("column:fold", names=False) == "column"
    assert shown_name("files:/home/me/split", names=False) == "files"
    assert shown_name("scaffold", names=False) == shown_name("scaffold", names=True) == "scaffold"


def test_a_dataset_has_no_columns_of_the_users(tmp_path: Path) -> None:
    request = DataRequest("synthetic", load_registry(), tmp_path, options={"labels_per_task": "120"})
    with pytest.raises(UsageError, match="no file with columns"):
        own_split("column:fold", request, read_benchmark(request).benchmark)


def test_the_split_is_written_as_the_last_column_and_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = request_of(tmp_path, {"fold": list(SIDES)})
    out = tmp_path / "clean.csv"
    code = run(
        ["check", request.benchmark, "--tasks", "one,two", "--write", str(out), "--split", "column:fold",
         "--cache-dir", str(tmp_path / "cache")]
    )  # fmt: skip
    assert code == 0, capsys.readouterr().err
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["smiles", "one", "two", "split"]
    assert [row["split"] for row in rows] == list(SIDES)
    fields = json.loads(out.with_suffix(".croissant.json").read_text())["recordSet"][0]["field"]
    assert [field["name"] for field in fields] == ["smiles", "one", "two", "split"]
    assert run(["check", request.benchmark, "--split", "random"]) == 2
    assert run(["check", request.benchmark, "--split", "by-hand", "--write", str(out), "--force"]) == 2
