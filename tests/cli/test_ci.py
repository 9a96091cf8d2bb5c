"""The check for continuous integration, and the example that shows it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from auditor.cli import cli
from tests.cli.conftest import Run

yaml = pytest.importorskip("yaml")
DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize(
    ("percent", "code"), [("0", 0), ("33.3", 0), ("33.33333333", 0), ("33.34", 3), ("80", 3), ("100", 3)]
)
def test_fail_under_compares_the_unrounded_share_of_reliable_pairs(
    run: Run, table: Path, percent: str, code: int
) -> None:
    outcome = run("overlap", table, "--fail-under", percent, "--format", "json")
    verdict = json.loads(outcome.out)["data"]["verdict"]
    assert (verdict["counts"]["reliable"], verdict["pairs"]) == (1, 3)
    assert outcome.code == code, outcome.err
    assert ("below --fail-under" in outcome.err) == (code == 3)


def test_all_reliable_pairs_are_a_hundred_percent(run: Run, table: Path) -> None:
    assert run("overlap", table, "--tasks", "alpha,beta", "--fail-under", "100").code == 0


def test_a_benchmark_without_a_pair_has_no_reliable_one(run: Run, table: Path) -> None:
    assert run("overlap", table, "--tasks", "alpha", "--fail-under", "0").code == 0
    outcome = run("overlap", table, "--tasks", "alpha", "--fail-under", "1")
    assert outcome.code == 3 and "0 of 0 pairs" in outcome.err


def test_check_and_fail_under_are_two_conditions(run: Run, table: Path) -> None:
    assert run("overlap", table, "--check").code == 3  # one reliable pair of three
    assert run("overlap", table, "--check", "--fail-under", "10").code == 3
    assert run("overlap", table, "--fail-under", "10").code == 0


@pytest.mark.parametrize("percent", ["-1", "101", "most"])
def test_a_percentage_that_is_none_is_wrong_usage(run: Run, table: Path, percent: str) -> None:
    assert run("overlap", table, "--fail-under", percent).code == 2


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCS / "examples" / "mtl-audit.yml").read_text())
    return found


def commands() -> list[list[str]]:
    """Return the words of every mtl-audit command of the example and of the page about it."""
    steps = workflow()["jobs"]["overlap"]["steps"]
    lines = [line for step in steps for line in str(step.get("run", "")).splitlines()]
    lines += re.findall(r"^\$ (mtl-audit .*)$", (DOCS / "ci.md").read_text(), flags=re.M)
    lines += re.findall(r"^\$ (mtl-audit .*)$", (DOCS / "json.md").read_text(), flags=re.M)
    return [shlex.split(line.partition(">")[0]) for line in lines if line.startswith("mtl-audit ")]


def test_the_example_is_a_workflow_that_runs_on_pull_requests() -> None:
    found = workflow()
    assert "pull_request" in found[True]  # YAML 1.1 reads the key "on" as true
    job = found["jobs"]["overlap"]
    assert job["runs-on"] and all("uses" in step or "run" in step for step in job["steps"])
    assert len(commands()) >= 6


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_of_the_example_can_be_typed(words: list[str]) -> None:
    command = cli.get_command(click.Context(cli), words[1])
    assert command is not None
    command.make_context(words[1], words[2:])


def test_the_example_does_what_it_says(run: Run, table: Path, tmp_path: Path) -> None:
    data = tmp_path / "here" / "data"
    data.mkdir(parents=True)
    for name in ("assays", "train", "test"):
        (data / f"{name}.csv").write_text(table.read_text())
    codes = {words[1]: run(*words[1:]).code for words in commands() if words[1] in ("overlap", "leakage")}
    audited = next(words for words in commands() if "--fail-under" in words and "--check" in words)
    report = tmp_path / "here" / "report.html"
    assert report.exists() and "html" in report.read_text()[:20]
    assert codes["leakage"] == 3, "the same table on both sides"
    assert run(*audited[1:], "--force").code == 3


def test_the_settings_of_the_page_are_settings(run: Run, table: Path, tmp_path: Path) -> None:
    text = re.search(r"```toml\n(.*?)```", (DOCS / "ci.md").read_text(), flags=re.S)
    assert text is not None
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mtl-audit.toml").write_text(text[1])
    outcome = run("overlap", table, "--tasks", "alpha,beta", "--format", "json")
    assert outcome.code == 0, outcome.err
    added = json.loads(outcome.out)["meta"]["command"].partition("#")[2]
    assert "--identity skeleton" in added and "--fail-under 80" in added and "--tasks" not in added
