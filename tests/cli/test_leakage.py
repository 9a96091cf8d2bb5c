"""mtl-audit leakage, as a user runs it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_salt_of_a_training_compound_is_found_where_salts_are_removed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("smiles,a\nCCN,1\nCCO,0\n")
    (tmp_path / "test.csv").write_text("smiles,a\nCCN.Cl,0\nCCCO,1\n")
    arguments = ("leakage", tmp_path / "train.csv", tmp_path / "test.csv")
    outcome = run(*arguments, "--check", "--format", "json")
    assert outcome.code == 3, outcome.err
    leaks = json.loads(outcome.out)["data"]["findings"][0]["data"]["leaks"]
    by_level = {leak["level"]: leak["leaked"] for leak in leaks if leak["task"] == "a"}
    assert by_level["canonical"] == 0 and by_level["parent"] == by_level["parent-inchikey"] == 1
    assert "1 of 2 test compounds" in run(*arguments).out
    page = run(*arguments, "--output", tmp_path / "leak.html")
    assert page.code == 0 and "CCN.Cl" in (tmp_path / "leak.html").read_text()


def test_disjoint_files_pass(run: Run, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("smiles,a\nCCN,1\n")
    (tmp_path / "test.csv").write_text("smiles,a\nCCCO,1\n")
    outcome = run("leakage", tmp_path / "train.csv", tmp_path / "test.csv", "--check")
    assert outcome.code == 0 and "PASS" in outcome.out


@pytest.mark.parametrize("test", ["SMILES,a\nCCO,\nCCC,\nCCN,\n", "SMILES\nCCO\nCCC\nCCN\n"])
def test_a_test_file_without_labels_is_compared(within: Run, tmp_path: Path, test: str) -> None:
    (tmp_path / "train.csv").write_text("SMILES,a\nCCO,1\nCCC,0\n")
    (tmp_path / "test.csv").write_text(test)
    outcome = within("leakage", tmp_path / "train.csv", tmp_path / "test.csv", "--check")
    assert outcome.code == 3, outcome.err
    assert "2 of 3 test compounds" in outcome.out and "PASS" not in outcome.out


def test_files_of_which_nothing_can_be_compared_are_an_error(within: Run, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("SMILES,a\nCCO,1\n")
    (tmp_path / "test.csv").write_text("SMILES,a\nxx,1\nyy,0\n")
    outcome = within("leakage", tmp_path / "train.csv", tmp_path / "test.csv")
    assert outcome.code == 4 and outcome.out == ""
    assert "none of the 2 SMILES of the test set can be read" in outcome.said[0]


@pytest.mark.published
def test_the_published_split_of_herg_leaks_salts_and_charges_and_nothing_as_written(
    run: Run, mirror: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(mirror / "tdc" / "admet_group.zip") as archive:
        for side in ("train_val", "test"):
            name = next(n for n in archive.namelist() if n.endswith(f"herg/{side}.csv"))
            (tmp_path / f"{side}.csv").write_bytes(archive.read(name))
    outcome = run(
        "leakage", tmp_path / "train_val.csv", tmp_path / "test.csv", "--smiles-column", "Drug", "--tasks", "Y",
        "--check", "--format", "json",
    )  # fmt: skip
    assert outcome.code == 3, outcome.err
    leaks = json.loads(outcome.out)["data"]["findings"][0]["data"]["leaks"]
    found = {leak["level"]: leak["leaked"] for leak in leaks if leak["task"] == "Y"}
    assert found["as-written"] == found["canonical"] == 0
    assert (found["parent"], found["parent-inchikey"]) == (6, 7)
