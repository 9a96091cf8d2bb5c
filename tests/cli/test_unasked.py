"""What a configuration file may set that was only found in the working folder, and what it may not."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.cli import cli
from auditor.cli.config import Config, load_config, options_of
from auditor.cli.types import Pairs, Scoped, SplitName
from auditor.cli.unasked import OPTIONS, PAIRS, SCOPED
from auditor.errors import UsageError
from auditor.plugin.loading import load_registry
from auditor.plugin.options import call_options
from tests.cli.conftest import Run

REFUSED = frozenset(
    "cache-dir features gradients-from mirror open output plan rejects scheduler stock threads workers write".split()
)
"""Options that a file must be named for. A new option stands here or in ``OPTIONS``: decide."""
REFUSED_PAIRS = {"dataset-option": {"url"}, "encoder-option": {"file", "weights"}}
REFUSED_SCOPED = {
    ("analysis", "benefit"): {"scheduler", "workers"},
    ("analysis", "clusters"): {"annotations"},
    ("analysis", "measurement-plan"): {"stock"},
    ("analysis", "recommendation"): {"scheduler", "workers"},
    ("analysis", "transfer-gain"): {"target"},
}
TYPED = ("affinity-option", "analysis-option", "dataset-option", "encoder-option", "long")
"""Options whose values are looked into."""
ADDRESS = "tcp://127.0.0.1:18786"
BLANKS = ("", " ", "  ", "\t", "\u00a0", "\u2003", "\v", "\x1f")


def commands() -> Mapping[str, Mapping[str, click.Option]]:
    ctx = click.Context(cli)
    found = {name: cli.get_command(ctx, name) for name in cli.list_commands(ctx)}
    return {name: options_of(command) for name, command in found.items() if command is not None}


COMMANDS = commands()
EVERY = sorted({(command, name) for command, options in COMMANDS.items() for name in options})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with no other file asked for."""
    monkeypatch.delenv("MTL_AUDIT_CONFIG", raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def read(here: Path, text: str, *, name: str = "mtl-audit.toml") -> Config:
    """Read a file as one that was found."""
    path = here / name
    path.write_text(text, encoding="utf-8")
    try:
        return load_config(cli, click.Context(cli), None)
    finally:
        path.unlink()


def refusal(here: Path, text: str) -> UsageError | None:
    try:
        read(here, text)
    except UsageError as error:
        return error
    return None


def components(kind: str) -> Iterator[tuple[str, set[str]]]:
    """The options of every component of this package, by component."""
    for component in load_registry().all(kind):
        if component.owner.distribution != "mtl-audit" or component.missing():
            continue
        reserved = ("seed", "inputs") if kind == "encoder" else ()
        names = set(call_options(component.load(), {}, component.name, reserved=reserved))
        yield component.name, names


def test_it_is_decided_for_every_option_of_every_command() -> None:
    names = {name for _, name in EVERY}
    assert names == OPTIONS | REFUSED | set(TYPED)
    assert not OPTIONS & REFUSED


@pytest.mark.parametrize(("command", "name"), EVERY)
def test_what_is_looked_into_is_what_the_types_say(command: str, name: str) -> None:
    assert isinstance(COMMANDS[command][name].type, Pairs | Scoped) == (name in TYPED)


@pytest.mark.parametrize("kind", ["dataset", "encoder"])
def test_it_is_decided_for_every_option_of_a_dataset_or_an_encoder(kind: str) -> None:
    names = set[str]().union(*(options for _, options in components(kind)))
    assert names, "no component was read"
    option = f"{kind}-option"
    assert names <= PAIRS[option] | REFUSED_PAIRS[option]
    assert not PAIRS[option] & REFUSED_PAIRS[option]


@pytest.mark.parametrize("kind", ["affinity", "analysis"])
def test_it_is_decided_for_every_option_of_an_estimator_or_an_analysis(kind: str) -> None:
    found = {name: options for name, options in components(kind) if options}
    allowed = SCOPED[f"{kind}-option"]
    assert set(allowed) == set(found)
    for name, options in found.items():
        refused = REFUSED_SCOPED.get((kind, name), set())
        assert options == allowed[name] | refused and not allowed[name] & refused, name


def value_of(option: click.Option) -> Any:
    """A value that the option accepts, as TOML has it."""
    if option.is_flag:
        return True
    if isinstance(option.type, click.Choice):
        return option.type.choices[0]
    if isinstance(option.type, SplitName):
        return "random"
    if isinstance(option.type, click.types.FloatRange | click.types.IntRange):
        return option.type.max or max(option.type.min or 0, 1)
    return "name"


def as_toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True).replace("\\u007f", "\\u007F")


@pytest.mark.parametrize(("command", "name"), [pair for pair in EVERY if pair[1] in OPTIONS])
def test_a_harmless_option_is_taken(here: Path, command: str, name: str) -> None:
    option = COMMANDS[command][name]
    for key in (name, name.replace("-", "_")):
        text = f"[{command}]\n{key} = {as_toml(value_of(option))}\n"
        assert option.name in read(here, text).defaults[command]


@pytest.mark.parametrize("split", ["files:/etc", "files:here", "column:fold"])
def test_a_split_that_reads_a_file_must_be_asked_for(here: Path, split: str) -> None:
    error = refusal(here, f"[analyze]\nsplit = '{split}'\n")
    assert error is not None and "sets split," in error.message


@pytest.mark.parametrize("option", sorted(SCOPED))
def test_a_harmless_option_of_a_component_is_taken(here: Path, option: str) -> None:
    for component, names in SCOPED[option].items():
        for name in names:
            assert refusal(here, f"[analyze]\n{option} = ['{component}.{name}=1,a']\n") is None
            assert refusal(here, f"[analyze.{option}.{component}]\n{name} = 1\n") is None


@pytest.mark.parametrize("option", sorted(PAIRS))
def test_a_harmless_option_of_a_dataset_or_an_encoder_is_taken(here: Path, option: str) -> None:
    for name in PAIRS[option]:
        assert refusal(here, f"[analyze]\n{option} = ['{name.replace('_', '-')}=1']\n") is None
        assert refusal(here, f"[analyze.{option}]\n{name} = 1\n") is None


@pytest.mark.parametrize(("command", "name"), [pair for pair in EVERY if pair[1] in REFUSED])
def test_an_option_that_could_harm_is_refused_in_every_spelling(
    here: Path, command: str, name: str
) -> None:
    value = as_toml(value_of(COMMANDS[command][name]))
    for key in {name, name.replace("-", "_"), f'"{name}"'}:
        for text in (
            f"[{command}]\n{key} = {value}\n",
            f"{key} = {value}\n",
            f"{command}.{key} = {value}\n",
            f"{command} = {{{key} = {value}}}\n",
        ):
            error = refusal(here, text)
            assert error is not None and f"sets {name}," in error.message, text
            assert "--config mtl-audit.toml" in error.hint


@pytest.mark.parametrize("key", ["scheduler ", " scheduler", "Scheduler", "SCHEDULER", "sched-uler", "s"])
def test_another_spelling_of_an_option_is_no_option(here: Path, key: str) -> None:
    for text in (f"[recommend]\n'{key}' = '{ADDRESS}'\n", f"'{key}' = '{ADDRESS}'\n"):
        error = refusal(here, text)
        assert error is not None and "no" in error.message and "option" in error.message


def spellings(component: str, name: str) -> Iterator[str]:
    """Files that set an option of an analysis, in the forms that TOML and the option's parser know."""
    for a, b, c in itertools.product(BLANKS, repeat=3):
        typed = f"{a}{component}{b}.{c}{name}{a}={b}{ADDRESS}"
        yield f"[analyze]\nanalysis-option = {as_toml([typed])}\n"
        yield f"[overlap]\nanalysis_option = {as_toml(typed)}\n"
        yield f"analysis-option = [{as_toml('agreement.permutations=9')}, {as_toml(typed)}]\n"
        yield f"[recommend.analysis-option.{as_toml(a + component + b)}]\n{as_toml(c + name)} = '{ADDRESS}'\n"
        yield f"[analyze.analysis-option]\n{as_toml(f'{component}{a}.{b}{name}{c}')} = '{ADDRESS}'\n"
        yield f"[analyze]\nanalysis-option = {{{as_toml(component)} = {{{as_toml(name + c)} = 'x'}}}}\n"
        yield f"[analyze.analysis-option.{component}]\n{as_toml(f'{name}{a}=tcp:')} = 'x'\n"
    yield f"analyze.analysis-option.{component}.{name} = 'x'\n"
    yield f"[analyze]\nanalysis-option = ['{component}.{name}=']\n"
    yield f"[analyze]\nanalysis-option = [['{component}.{name}=x']]\n"
    yield f"[analyze]\nanalysis-option = [{{{component} = {{{name} = 'x=y'}}}}]\n"
    yield f"[[analyze.analysis-option]]\n'x.y={component}.{name}' = 'x'\n"


@pytest.mark.parametrize(
    "name", ["scheduler", "workers", "SCHEDULER", "Scheduler", "sched-uler", "no-such"]
)
def test_an_option_of_an_analysis_is_refused_in_every_spelling(here: Path, name: str) -> None:
    seen = 0
    for text in spellings("benefit", name):
        error = refusal(here, text)
        assert error is not None, text
        told = "--config mtl-audit.toml" in error.hint and ADDRESS not in error.message
        assert told or "is not of the form" in error.message, text
        seen += 1
    assert seen > 3_000


@pytest.mark.parametrize("component", ["Benefit", "BENEFIT", "someone-elses", "benefit.x", "clusters"])
def test_an_option_of_no_known_analysis_is_refused(here: Path, component: str) -> None:
    error = refusal(here, f"[analyze]\nanalysis-option = '{component}.epochs=1'\n")
    assert error is not None and "--config" in error.hint


@pytest.mark.parametrize(
    "text",
    [
        "[overlap]\ndataset-option = ['url = https://elsewhere']\n",
        "[overlap.dataset-option]\n'url ' = 'x'\n",
        "[overlap.dataset-option]\n'-url' = 'x'\n",
        "[overlap.dataset-option]\ntypes = 'https://elsewhere'\n",
        "[overlap.dataset-option]\ntypes = '../../x'\n",
        "[overlap.dataset-option]\ntypes = '~'\n",
        "[overlap.dataset-option]\ntypes = 'c:x'\n",
        "[overlap.dataset-option]\ntypes = '\\\\host\\x'\n",
        "[overlap.dataset-option.kind]\nx = 1\n",
        "[analyze.encoder-option]\nweights = 'x'\n",
        "[analyze]\nanalysis-option = 'clusters.annotations=levels.csv'\n",
        "[analyze]\nanalysis-option = 'benefit.groups=/x'\n",
        "[analyze]\naffinity-option = 'chemical-correlation.scheduler=x'\n",
    ],
)
def test_what_names_a_place_or_is_not_known_is_refused(here: Path, text: str) -> None:
    error = refusal(here, text)
    assert error is not None and "only found" in error.message and "--config" in error.hint


KEYS = st.text(st.sampled_from(" \t\n\u00a0.=-_'\"[]sS") | st.characters(codec="utf-8"), max_size=8)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(KEYS, KEYS, KEYS, st.booleans())
def test_no_spelling_reaches_the_command_as_a_scheduler(
    here: Path, before: str, within: str, after: str, as_table: bool
) -> None:
    component, name = f"{before}benefit{within}", f"{within}scheduler{after}"
    if as_table:
        text = f"[analyze.analysis-option.{as_toml(component)}]\n{as_toml(name)} = 'x'\n"
    else:
        text = f"[analyze]\nanalysis-option = {as_toml(f'{component}.{name}=x')}\n"
    found: Mapping[str, Any] = {}
    with contextlib.suppress(UsageError):
        found = read(here, text).defaults.get("analyze", {})
    for component, name, _ in (
        Scoped().convert(typed, None, None) for typed in found.get("analysis_options", [])
    ):
        assert name in SCOPED["analysis-option"][component]


@pytest.mark.parametrize("name", ["mtl-audit.toml", "pyproject.toml"])
@pytest.mark.parametrize(
    ("key", "says"),
    [
        (
            "analysis-option = ['benefit.scheduler =tcp://127.0.0.1:18786']",
            "analysis-option benefit.scheduler",
        ),
        (
            'analysis-option = ["be\\nnefit.sche\\u001bduler=x"]',
            "analysis-option be\\x0anefit.sche\\x1bduler",
        ),
        ("workers = 9", "workers"),
        ("output = 'x.html'", "output"),
    ],
)
def test_the_refusal_is_one_line_and_a_hint_and_naming_the_file_lifts_it(
    within: Run, table: Path, here: Path, name: str, key: str, says: str
) -> None:
    head = "[recommend]" if name == "mtl-audit.toml" else "[tool.mtl-audit.recommend]"
    (here / name).write_text(f"{head}\n{key}\n")
    outcome = within("overlap", table)
    assert outcome.code == 2 and outcome.out == "" and len(outcome.said) == 2, outcome.err
    assert f"{name} sets {says}, and a file that was only found may not" in outcome.said[0]
    assert f"--config {name}" in outcome.said[1] and "--no-config" in outcome.said[1]
    assert within("--no-config", "overlap", table, "--quiet").code == 0
    assert within("--config", name, "overlap", table, "--quiet").code == 0
    assert within("overlap", table, "--quiet", MTL_AUDIT_CONFIG=name).code == 0


def test_a_named_file_sets_what_a_found_one_may_not(here: Path) -> None:
    text = (
        f"[recommend]\nscheduler = '{ADDRESS}'\n[recommend.analysis-option.benefit]\n'scheduler ' = 'x'\n"
    )
    (here / "mine.toml").write_text(text)
    found = load_config(cli, click.Context(cli), Path("mine.toml")).defaults["recommend"]
    assert found == {"scheduler": ADDRESS, "analysis_options": ["benefit.scheduler =x"]}
