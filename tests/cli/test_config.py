"""Defaults from mtl-audit.toml, pyproject.toml and --config."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli import cli
from auditor.cli.config import NEVER, options_of
from tests.cli.conftest import Run


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder in which `run` runs."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def measure_of(run: Run, table: Path, *before: object, after: tuple[object, ...] = ()) -> str:
    outcome = run(*before, "overlap", table, "--format", "json", *after)
    assert outcome.code == 0, outcome.err
    found: str = json.loads(outcome.out)["data"]["verdict"]["measure"]
    return found


def test_the_command_line_beats_the_file_and_the_file_beats_the_default(
    run: Run, table: Path, here: Path
) -> None:
    assert measure_of(run, table) == "jaccard"
    (here / "pyproject.toml").write_text("[tool.mtl-audit.overlap]\nmeasure = 'ochiai'\n")
    assert measure_of(run, table) == "ochiai"
    (here / "mtl-audit.toml").write_text("[overlap]\nmeasure = 'dice'\n")
    assert measure_of(run, table) == "dice"
    (here / "other.toml").write_text("[overlap]\nmeasure = 'containment'\n")
    assert measure_of(run, table, "--config", "other.toml") == "containment"
    assert measure_of(run, table, after=("--measure", "ochiai")) == "ochiai"
    assert measure_of(run, table, "--no-config") == "jaccard"


def test_the_environment_beats_the_file(run: Run, here: Path, tmp_path: Path) -> None:
    (here / "mine.toml").write_text(f"cache-dir = '{tmp_path / 'of-file'}'\n")
    asked, cache = ("--config", "mine.toml"), tmp_path / "of-environment"
    assert run(*asked, "cache", "path", cache=cache).out.strip() == str(cache)
    assert run(*asked, "cache", "path", MTL_AUDIT_CACHE_DIR="").out.strip() == str(tmp_path / "of-file")
    outcome = run(*asked, "cache", "path", "--cache-dir", "typed", cache=cache)
    assert outcome.out.strip() == "typed"


def test_the_variable_names_a_file(run: Run, table: Path, here: Path) -> None:
    (here / "ci.toml").write_text("[overlap]\nmeasure = 'dice'\nformat = 'json'\n")
    outcome = run("overlap", table, MTL_AUDIT_CONFIG="ci.toml")
    assert json.loads(outcome.out)["data"]["verdict"]["measure"] == "dice"


def test_what_came_from_the_file_stands_in_the_document_and_on_stderr(
    run: Run, table: Path, here: Path
) -> None:
    (here / "mtl-audit.toml").write_text("[overlap]\nmeasure = 'dice'\nmin-support = 8\n")
    outcome = run("overlap", table, "--min-support", "9", "--format", "json")
    command = json.loads(outcome.out)["meta"]["command"]
    assert command.endswith("# from the configuration file: --measure dice")
    assert "options from mtl-audit.toml: --measure dice" in outcome.err
    assert "options from" not in run("overlap", table, "--quiet").err


def test_an_option_above_the_tables_holds_for_every_command_that_has_it(
    run: Run, table: Path, here: Path
) -> None:
    (here / "mtl-audit.toml").write_text("format = 'json'\n")
    assert json.loads(run("overlap", table).out)["kind"] == "overlap"
    assert json.loads(run("list", "encoders").out)["kind"] == "encoders"


def test_lists_and_tables_are_repeated_options(run: Run, table: Path, here: Path) -> None:
    text = "[overlap]\ntasks = ['alpha', 'beta']\nalso = ['measurement-plan']\nskip = 'power'\n"
    (here / "mtl-audit.toml").write_text(text)
    data = json.loads(run("overlap", table, "--format", "json").out)["data"]
    assert [task["name"] for task in data["tasks"]] == ["alpha", "beta"]
    names = {found["name"] for found in data["findings"]}
    assert "measurement-plan" in names and "power" not in names
    (here / "mtl-audit.toml").write_text("[overlap.dataset-option]\ntasks = 4\ncompounds = 120\n")
    facts = json.loads(run("overlap", "synthetic", "--format", "json").out)["data"]["benchmark"]
    assert (facts["tasks"], facts["compounds"]) == (4, 120)


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("[overlap]\nmesure = 'dice'\n", "[overlap] has no option 'mesure'", "measure"),
        ("[overlp]\nmeasure = 'dice'\n", "no command and no option 'overlp'", "overlap"),
        ("[list]\nencoder = 'gat'\n", "[list] has no option 'encoder'", "did you mean"),
        ("[overlap]\nmeasure = 'dyce'\n", "'dyce' is not one of", "--help"),
        ("[overlap]\nmin-support = 'many'\n", "min-support", "--help"),
        ("[overlap]\noffline = 'no'\n", "give true or false", "--help"),
        ("[overlap]\nmeasure = ['dice', 'ochiai']\n", "give one value", "--help"),
        ("[overlap]\nforce = true\n", "that a file may set", "command line"),
        ("overlap = 3\n", "'overlap' is not a table", "[overlap]"),
        ("[overlap\n", "is not TOML", "--no-config"),
    ],
)
def test_what_a_file_cannot_set_is_one_clear_error(
    run: Run, table: Path, here: Path, text: str, says: str, hint: str
) -> None:
    (here / "mtl-audit.toml").write_text(text)
    outcome = run("overlap", table)
    assert outcome.code == 2 and outcome.out == "" and len(outcome.said) == 2, outcome.err
    assert says in outcome.said[0] and "mtl-audit.toml" in outcome.said[0] and hint in outcome.said[1]


def test_a_file_that_is_not_there_is_an_error_where_it_was_asked_for(run: Run, table: Path) -> None:
    outcome = run("--config", "nowhere.toml", "overlap", table)
    assert outcome.code == 2 and "nowhere.toml" in outcome.said[0]


def test_another_tools_file_is_no_concern_of_ours(run: Run, table: Path, here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    assert run("overlap", table).code == 0
    (here / "pyproject.toml").write_text("[broken\n")
    assert run("overlap", table).code == 0


def test_a_file_can_set_every_option_but_those_that_destroy() -> None:
    analyze = cli.get_command(None, "analyze")  # type: ignore[arg-type]
    assert analyze is not None
    names = set(options_of(analyze))
    assert {"encoder", "batch-size", "affinity", "ignore-gate", "quiet", "gradients"} <= names
    assert not names & NEVER
