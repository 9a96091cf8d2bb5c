"""Identity on the command line: the old name of a level, its meaning in reports, CXSMILES, plugins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CENTRES = ("c1ccccc1", "CC(C)C", "CCF", "c1ccncc1", "CCCC", "CCCl", "C1CCCC1", "CCOC", "c1ccsc1", "CC#N")


@pytest.fixture
def racemates(tmp_path: Path) -> Path:
    """A CSV of 30 racemates and 30 enantiomers, each measured twice, the racemates drawn in both hands."""
    rows = ["id,CXSMILES,first,second"]
    for n in range(30):
        rest = f"{'C' * (n // 10)}{CENTRES[n % 10]}"
        rows += [
            f"R{n},C[C@H](O)C{rest} |&1:1|,{n / 7:.2f},",
            f"R{n}b,C[C@@H](O)C{rest} |&1:1|,,{n / 9:.2f}",
        ]
        rows += [f"E{n},C[C@H](O)C{rest},{n / 5:.2f},{n / 3:.2f}"]
    path = tmp_path / "racemates.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_the_old_name_of_the_default_level_works_and_says_so_once(run: Run, table: Path) -> None:
    old, new = (
        run("overlap", table, "--format", "json", "--identity", name)
        for name in ("inchikey", "parent-inchikey")
    )
    assert old.code == new.code == 0
    assert json.loads(old.out)["data"] == json.loads(new.out)["data"]
    assert [line for line in old.said if line not in new.said] == [
        "identity 'inchikey' is called 'parent-inchikey' now"
    ]
    assert json.loads(old.out)["data"]["benchmark"]["identity"] == "parent-inchikey"


@pytest.mark.parametrize("form", ["terminal", "markdown", "html"])
def test_every_report_says_what_the_level_means(within: Run, table: Path, form: str) -> None:
    full = ["--full"] if form == "terminal" else []
    shown = " ".join(within("overlap", table, "--format", form, *full).out.split()).replace("- ", "-")
    assert "parent-inchikey: standard InChIKey of the parent" in shown
    assert "their names are parent-inchikey: standard InChIKey of the parent" in shown


def test_a_racemate_counts_beside_its_enantiomer_however_it_was_drawn(within: Run, racemates: Path) -> None:
    found = json.loads(within("overlap", racemates, "--format", "json").out)["data"]
    assert found["benchmark"]["compounds"] == 60
    assert [task["conflicting"] for task in found["tasks"]] == [0, 0]
    assert found["overlap"]["jaccard"][0][1] == 1.0


def test_identity_all_compares_every_registered_level(within: Run, racemates: Path) -> None:
    found = json.loads(within("overlap", racemates, "--identity", "all", "--format", "json").out)["data"]
    (levels,) = (
        finding["data"]["levels"] for finding in found["findings"] if finding["name"] == "identity-levels"
    )
    compounds = {level["level"]: level["compounds"] for level in levels}
    assert compounds.pop("chembl-parent") == compounds["parent-inchikey"] == 60
    assert list(compounds) == [
        "as-written",
        "canonical",
        "parent",
        "parent-inchikey",
        "skeleton",
        "scaffold",
    ]
    assert compounds["skeleton"] == 30


def test_a_smi_file_holds_compounds_for_leakage(within: Run, tmp_path: Path) -> None:
    train, test = tmp_path / "train.smi", tmp_path / "test.smi"
    train.write_text("C[C@H](O)CN |&1:1| M1\nCCO ethanol\nCC(=O)O[Na] M3\n")
    test.write_text("C[C@@H](O)CN |&1:1|\nC[C@@H](O)CN M5\nCC(=O)O M6\n")
    found = json.loads(within("leakage", train, test, "--format", "json").out)["data"]["verdict"][
        "sentence"
    ]
    assert found.startswith("2 of 3 test compounds (66.7%) are in the training set, by parent-inchikey")
