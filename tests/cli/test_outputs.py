"""One run writes every rendering that is asked for."""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path

import auditor
from tests.cli.conftest import Run


def test_one_run_writes_several_files_each_in_the_format_of_its_suffix(
    within: Run, table: Path, tmp_path: Path
) -> None:
    names = [tmp_path / name for name in ("a.html", "a.md", "a.csv", "a.json")]
    outcome = within("overlap", table, *(word for name in names for word in ("--output", name)))
    assert outcome.code == 0 and outcome.out == ""
    assert names[0].read_text().startswith("<!doctype html>")
    assert names[1].read_text().startswith("# Overlap audit")
    assert json.loads(names[3].read_text())["kind"] == "overlap"


def test_csv_has_all_that_python_gives_of_every_pair(within: Run, table: Path, tmp_path: Path) -> None:
    within("overlap", table, "--output", tmp_path / "pairs.csv", "--output", tmp_path / "audit.json")
    with (tmp_path / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = auditor.load(tmp_path / "audit.json").pairs
    assert list(rows[0]) == list(pairs.columns) and len(rows) == len(pairs)
    for row, (_, expected) in zip(rows, pairs.iterrows(), strict=True):
        for name, value in expected.items():
            if isinstance(value, float) and math.isnan(value):
                assert row[name] == ""
            else:
                assert row[name] == str(value) or float(row[name]) == value


def test_one_format_for_several_files_is_wrong_usage_before_anything_is_read(
    within: Run, tmp_path: Path
) -> None:
    outcome = within("overlap", tmp_path / "none.csv", "--format", "json", "-o", "a.json", "-o", "b.json")
    assert outcome.code == 2 and "--format is for one output" in outcome.err


def test_no_file_is_written_where_one_exists(within: Run, table: Path, tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("mine")
    outcome = within("overlap", table, "-o", tmp_path / "new.html", "-o", tmp_path / "there.md")
    assert outcome.code == 2 and "there.md exists" in outcome.err
    assert not (tmp_path / "new.html").exists() and (tmp_path / "there.md").read_text() == "mine"


def test_the_page_is_shown_in_the_browser_of_the_user(run: Run, table: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\npathlib.Path({str(tmp_path / 'shown')!r}).write_text(sys.argv[1])\n"
    )
    browser.chmod(0o755)
    outcome = run(
        "overlap",
        table,
        "-o",
        tmp_path / "a.html",
        "-o",
        tmp_path / "a.md",
        "--open",
        BROWSER=f"{browser} %s",
    )
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "shown").read_text() == (tmp_path / "a.html").as_uri()


def test_without_a_page_there_is_nothing_to_open(within: Run, table: Path, tmp_path: Path) -> None:
    outcome = within("overlap", table, "--open", "-o", tmp_path / "a.md")
    assert outcome.code == 2 and "give --output report.html" in outcome.err


def test_a_folder_gets_the_whole_run_and_a_file_its_format_in_the_same_command(
    within: Run, table: Path, tmp_path: Path
) -> None:
    outcome = within("overlap", table, "-o", tmp_path / "run", "-o", tmp_path / "pairs.csv")
    assert outcome.code == 0
    made = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert made == ["audit.json", "manifest.json", "report.html", "report.md"]
    assert (tmp_path / "pairs.csv").read_text().startswith("task,other_task")


def test_two_folders_are_wrong_usage(within: Run, table: Path, tmp_path: Path) -> None:
    outcome = within("overlap", table, "-o", tmp_path / "one", "-o", tmp_path / "two")
    assert outcome.code == 2 and "two folders to write to" in outcome.err


def test_an_anonymous_audit_names_no_argument_in_its_documents(
    within: Run, table: Path, tmp_path: Path
) -> None:
    outcome = within("overlap", table, "--anonymise", "-o", tmp_path / "a.json")
    assert outcome.code == 0
    text = (tmp_path / "a.json").read_text()
    assert json.loads(text)["meta"]["command"] == "mtl-audit overlap --anonymise"
    assert table.name not in text
