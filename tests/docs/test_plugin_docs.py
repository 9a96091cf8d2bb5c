"""docs/plugins.md names every hook, every argument of register, every setting of the checks."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from auditor.plugin import hooks as hookspecs
from auditor.plugin.component import KINDS, MEASURES, STAGES, Kind
from auditor.plugin.registration import REGISTERS
from auditor.plugin.version import ATTRIBUTE
from auditor.testing import checks_of
from auditor.testing.check import MODULES

DOCS = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()
ARGUMENTS = {
    kind: [
        name
        for name, parameter in inspect.signature(register.__call__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    for kind, register in REGISTERS.items()
}
ALL = sorted({name for names in ARGUMENTS.values() for name in names})
HOOKS = [name for name, part in vars(hookspecs).items() if name.startswith("register_") and callable(part)]


def rows() -> list[str]:
    """Return the rows of every table."""
    return [line for line in DOCS.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_has_a_row(hook: str) -> None:
    assert any(row.startswith(f"| `{hook}` |") for row in rows())


def test_the_hooks_are_those_of_the_kinds() -> None:
    assert set(HOOKS) == set(KINDS.values())


@pytest.mark.parametrize("argument", ALL)
def test_an_argument_of_register_has_a_row(argument: str) -> None:
    assert any(row.startswith(f"| `{argument}=` |") for row in rows())


@pytest.mark.parametrize("kind", KINDS)
def test_a_hook_s_own_text_names_the_arguments_that_it_takes_and_no_other(kind: Kind) -> None:
    said = inspect.getdoc(getattr(hookspecs, KINDS[kind])) or ""
    call = re.search(r"``register\(name, target, \*, ([^`]*)\)``", said, re.DOTALL)
    assert call is not None
    assert sorted(re.findall(r"(?:^|,\s+)(\w+)", call[1])) == sorted(ARGUMENTS[kind])


def test_no_argument_is_documented_that_register_does_not_take() -> None:
    named = {match[1] for row in rows() if (match := re.match(r"\| `(\w+)=` \|", row))}
    assert named == set(ALL)


@pytest.mark.parametrize("value", [*(measure for measure in MEASURES), *STAGES])
def test_the_values_of_measures_and_stage_are_named(value: str) -> None:
    assert f'`"{value}"`' in DOCS


@pytest.mark.parametrize("kind", MODULES)
def test_the_settings_of_the_checks_are_named(kind: str) -> None:
    settings = set().union(*(check.settings for check in checks_of(kind)))
    row = next(row for row in rows()[::-1] if f"`{kind}`" in row.split("|")[1])
    assert all(f"`{setting}=" in row for setting in settings)


def test_the_declaration_of_the_version_is_documented() -> None:
    assert f"{ATTRIBUTE} = {hookspecs.API_VERSION}\n" in DOCS and "OLDEST_API" in DOCS
