"""`import auditor` is light, and its calls take what the commands take, with the same defaults."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest

import auditor
from auditor.api.requests import CHOICES, RANGES
from auditor.cli import cli

CALLS: dict[str, Callable[..., Any]] = {
    name: getattr(auditor, name) for name in ("overlap", "analyze", "recommend")
}
RENAMED = {"smiles_column": "smiles", "engine": "gradients", "most": "groups"}
OF_RESULTS = {
    "quiet",
    "format_name",
    "output",
    "outputs",
    "opened",
    "force",
    "full",
    "rejects",
    "plan",
    "check",
    "fail_under",
}
"""What Python does with a result (`save`, `rejects`, `plan`, a look at the verdict), and how often -q is typed."""
OLD_NAMES = {"repeats"}
OF_PLANS = {"budget", "pairs", "stock"}
"""What `--plan` of `overlap` needs: options of the analysis in Python."""


def options(name: str) -> dict[str, click.Parameter]:
    """Return the parameters of a command by the keyword that they have in Python."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    left_out = OLD_NAMES | OF_RESULTS | (OF_PLANS if name == "overlap" else set())
    return {RENAMED.get(str(p.name), str(p.name)): p for p in command.params if p.name not in left_out}


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("library", ["numpy", "pandas", "torch", "rdkit", "rich", "click"])
def test_importing_the_package_imports_no_library(library: str) -> None:
    assert run(f"import auditor, sys; print({library!r} in sys.modules)") == "False"


def test_an_audit_of_overlap_imports_no_torch(tmp_path: Any) -> None:
    code = f"auditor.overlap('synthetic', cache_dir={str(tmp_path)!r}, quiet=True).pairs"
    assert run(f"import auditor, sys; {code}; print('torch' in sys.modules)") == "False"


@pytest.mark.parametrize("first", ["auditor", "auditor.overlap.overlap", "auditor.overlap"])
def test_overlap_is_a_call_and_a_package_whichever_is_imported_first(first: str) -> None:
    code = f"import {first}; from auditor.overlap.overlap import MEASURES; import auditor as a; import auditor.overlap.overlap as o; print(callable(a.overlap), o.MEASURES == a.overlap.overlap.MEASURES)"
    assert run(code) == "True True"


def test_everything_that_is_listed_is_there() -> None:
    for name in auditor.__all__:
        assert getattr(auditor, name) is not None and name in dir(auditor)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        auditor.nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", CALLS)
def test_a_call_has_the_keywords_of_its_command_with_their_defaults(name: str) -> None:
    keywords = dict(inspect.signature(CALLS[name]).parameters)
    del keywords["quiet"]
    typed = options(name)
    assert keywords.keys() == typed.keys()
    empty = (None, (), False, click.core.UNSET)
    for key, option in typed.items():
        if key in ("benchmark", "offline"):  # offline=None asks the environment, as the option does
            continue
        default, theirs = keywords[key].default, option.default
        assert default == theirs or (default in empty and theirs in empty), key


@pytest.mark.parametrize("name", CALLS)
def test_a_call_refuses_what_its_command_refuses(name: str) -> None:
    for key, option in options(name).items():
        if isinstance(option.type, click.Choice):
            assert set(CHOICES[key]) == set(option.type.choices), key
        if isinstance(option.type, click.IntRange | click.FloatRange):
            kind, ours = option.type, RANGES[key]
            assert (ours.low, ours.above) == (kind.min, kind.min_open), key
            assert ours.high == (float("inf") if kind.max is None else kind.max), key
            assert ours.whole == isinstance(kind, click.IntRange), key
