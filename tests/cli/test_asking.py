"""The command that a document tells: what was asked, whatever else was typed."""

from __future__ import annotations

import shlex

import click
import pytest

from auditor.cli import cli
from auditor.cli.asking import asking


def told(text: str) -> str:
    """Return what is left of a command line of the real commands."""
    root = click.Context(cli, info_name="mtl-audit")
    words = shlex.split(text)
    name = next(word for word in words if word in cli.list_commands(root))
    command = cli.get_command(root, name)
    assert command is not None
    return shlex.join(asking(words, click.Context(command, info_name=name, parent=root)))


@pytest.mark.parametrize(
    "typed",
    [
        "overlap tox21 --format json --output x.json --force",
        "-q --no-progress overlap tox21 -o x.json",
        "-qq --color overlap --cache-dir=/somewhere tox21 -ox.json --offline",
    ],
)
def test_where_it_runs_and_where_the_answer_goes_is_left_out(typed: str) -> None:
    assert told(typed) == "overlap tox21"


def test_what_decides_the_answer_is_kept() -> None:
    kept = "analyze tox21 --epochs 3 --analysis-option benefit.seeds=2 --tasks --output --ignore-gate --threads 1"
    assert told(f"{kept} --analysis-option benefit.workers=2") == kept
    assert told(f"{kept} --analysis-option=benefit.scheduler=tcp://h:1 -o y") == kept
    assert told(f"{kept} --analysis-option 'benefit. scheduler =tcp://h:1'") == kept
    assert told("recommend a.csv --budget 6 --workers 4") == "recommend a.csv --budget 6"
    assert told("overlap -- --format") == "overlap -- --format"
