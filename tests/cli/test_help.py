"""The help texts, held against the code."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
import pytest

from auditor.cli import COMMANDS, cli, run


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A wide terminal, no configuration file, nothing set in the environment."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def command_named(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def help_of(*arguments: str) -> str:
    """Return what --help prints, its line breaks undone."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert run([*arguments, "--help"]) == 0
    return " ".join(printed.getvalue().split())


def options(command: click.Command) -> Iterator[click.Option]:
    return (param for param in command.params if isinstance(param, click.Option))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_mentions_every_option_and_argument(name: str) -> None:
    command, text = command_named(name), help_of(name)
    for param in command.params:
        if isinstance(param, click.Option) and param.hidden:
            continue
        for option in param.opts + param.secondary_opts if isinstance(param, click.Option) else ():
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), option
        if isinstance(param, click.Argument):
            assert param.make_metavar(click.Context(command)) in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    silent = {"--seed", "--split", "--device", "--format"}  # the name and the values say it
    for option in options(command_named(name)):
        assert option.help or option.hidden or silent & set(option.opts), option.opts


@pytest.mark.parametrize("name", COMMANDS)
def test_a_default_that_holds_something_is_shown(name: str) -> None:
    text = help_of(name)
    for option in options(command_named(name)):
        default = option.get_default(click.Context(command_named(name)))
        telling = isinstance(default, str | int | float) and not isinstance(default, bool)
        if not telling or default == "" or option.is_flag or option.count:
            continue
        assert f"[default: {default}" in text, option.opts


def test_the_defaults_told_in_words_are_those_of_the_code() -> None:
    from auditor.training.config import PRESETS, TrainingConfig

    usual: dict[str, Any] = asdict(TrainingConfig())
    told = {option.name: option.help or "" for option in options(command_named("analyze"))}
    found = {name: re.search(r"\[default: ([\d.]+)", text) for name, text in told.items()}
    checked = {name for name, match in found.items() if name in usual and match}
    assert checked == {"log_window", "directions", "lookahead_lr"}
    for name in checked:
        match = found[name]
        assert match is not None and float(match[1]) == usual[name], name
    assert f"paper is {PRESETS['paper'].epochs} epochs" in told["preset"]


def test_the_gate_of_the_help_is_the_gate_of_the_code() -> None:
    from auditor.chemistry.levels import DEFAULT_IDENTITY
    from auditor.gate.gate import Thresholds
    from auditor.overlap.overlap import MEASURES

    defaults = {option.name: option.default for option in options(command_named("overlap"))}
    limits = Thresholds()
    assert defaults["measure"] == limits.measure and defaults["min_support"] == limits.min_support
    assert (defaults["reliable_at"], defaults["borderline_at"]) == (limits.reliable, limits.borderline)
    assert defaults["identity"] == DEFAULT_IDENTITY
    choice = next(o for o in options(command_named("overlap")) if o.name == "measure").type
    assert isinstance(choice, click.Choice) and set(choice.choices) == set(MEASURES)


def examples(name: str) -> list[str]:
    text = command_named(name).help or ""
    lines = [line.strip() for line in text.splitlines() if "Example: " in line]
    return [line.partition("Example: ")[2] for line in lines]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_typed(name: str) -> None:
    found = examples(name)
    assert found
    for line in found:
        program, typed, *rest = shlex.split(line)
        assert (program, typed) == ("mtl-audit", name)
        command_named(name).make_context(name, rest)


def test_the_names_in_help_are_registered() -> None:
    from auditor.audit.request import OF_FEATURES, OF_MOLECULES
    from auditor.plugin.loading import load_registry

    registry = load_registry()
    analyze = {option.name: option.default for option in options(command_named("analyze"))}
    for name in (OF_MOLECULES, OF_FEATURES):
        registry.get("encoder", name)
    for name in analyze["affinities"]:
        registry.get("affinity", name)
    names = [n for line in examples("analyze") for n in re.findall(r"--encoder (\S+)", line)]
    assert names and all(registry.get("encoder", name) for name in names)


def test_quiet_is_an_option_of_every_command() -> None:
    for name in COMMANDS:
        assert any("--quiet" in option.opts for option in options(command_named(name))), name
