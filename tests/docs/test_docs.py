"""The documentation says what the code does: pages, options with their defaults, commands, links."""

from __future__ import annotations

import inspect
import itertools
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from auditor.cli import COMMANDS, cli
from auditor.cli.requests import component_options
from auditor.plugin.component import Component
from auditor.plugin.loading import DISTRIBUTION, load_registry
from auditor.plugin.options import call_options
from auditor.plugin.registry import Registry

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
PARTS = (
    "Asks", "Formula", "How to read it", "The null and the interval", "When not to trust it",
    "What would change the verdict", "Options", "Example",
)  # fmt: skip
OPTION = re.compile(r"(?<![\w/-])([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z_]+)=([^`\s]*)")
OPTION_ROW = re.compile(r"^\| `([a-z0-9-]+)\.([a-z_]+)=([^`]*)` \|", re.MULTILINE)
LINE = re.compile(r"^\s*(?:\$ )?(mtl-audit .+)$", re.MULTILINE)
INLINE = re.compile(r"`(mtl-audit [^`]+)`")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@cache
def registry() -> Registry:
    """Everything that is registered."""
    return load_registry()


def ours(kind: str) -> list[Component]:
    """The project's own components of a kind."""
    return [c for c in registry().all(kind) if c.owner.distribution == DISTRIBUTION]


def components() -> dict[str, Component]:
    """Analyses and estimators by name: what takes options of the form NAME.OPTION=VALUE."""
    return {c.name: c for kind in ("analysis", "affinity") for c in registry().all(kind)}


def options_of(component: Component) -> dict[str, object]:
    """The defaults of a component's options."""
    parameters = inspect.signature(component.load()).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def section(name: str) -> str:
    """What is said of an estimator."""
    parts = re.split(r"^## ", (DOCS / "estimators.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return next((part for part in parts if part.splitlines()[0] == name), "")


def described() -> dict[str, str]:
    """The text that has to name the options of each component."""
    analyses = {c.name: DOCS / "analyses" / f"{c.name}.md" for c in ours("analysis")}
    pages = {name: path.read_text(encoding="utf-8") for name, path in analyses.items() if path.exists()}
    return {**pages, **{c.name: section(c.name) for c in ours("affinity")}}


def commands(text: str, pattern: re.Pattern[str]) -> Iterator[list[str]]:
    """The arguments of every mtl-audit command of a page, up to what is the shell's."""
    for line in pattern.findall(text.replace("\\\n", " ")):
        words = shlex.shlex(line, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        yield list(itertools.takewhile(lambda word: not set(word) <= set("();<>|&"), words))[1:]


def parsed(arguments: list[str]) -> click.Context:
    """A command parsed as it would be, and not run."""
    root = click.Context(cli, info_name="mtl-audit")
    name, command, rest = cli.resolve_command(root, list(arguments))
    assert name is not None and command is not None
    return command.make_context(name, rest, parent=root)


def slugs(path: Path) -> set[str]:
    """The anchors of a page's headings."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_analysis_has_a_page_of_its_own_and_no_page_is_left_over() -> None:
    pages = {path.stem for path in (DOCS / "analyses").glob("*.md")}
    assert pages == {c.name for c in ours("analysis")}


@pytest.mark.parametrize("path", sorted((DOCS / "analyses").glob("*.md")), ids=lambda path: path.stem)
def test_every_page_of_an_analysis_has_the_same_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == f"# {path.stem}"
    assert tuple(re.findall(r"^\*\*([^*]+?)[:.]?\*\*", text, flags=re.MULTILINE)) == PARTS
    assert "```sh\nmtl-audit " in text


def test_every_estimator_has_a_section_and_a_row() -> None:
    text = (DOCS / "estimators.md").read_text(encoding="utf-8")
    for component in ours("affinity"):
        assert section(component.name), component.name
        assert f"| [`{component.name}`](#{component.name})" in text


def test_the_index_leads_to_every_page() -> None:
    index = DOCS / "index.md"
    linked = {(DOCS / target).resolve() for target in _links(index)}
    assert {page for page in PAGES if page.parent != ROOT and page != index} <= linked


def test_every_option_is_described_with_its_default() -> None:
    for name, text in described().items():
        component = components()[name]
        told = {option: value for owner, option, value in OPTION_ROW.findall(text) if owner == name}
        real = options_of(component)
        assert told.keys() == real.keys(), name
        assert call_options(component.load(), told, name) == real, name
        assert real or re.search("(None|No options) of its own", text), name


@each_page
def test_every_option_that_is_named_exists_and_takes_the_value(page: Path) -> None:
    for name, option, value in OPTION.findall(page.read_text(encoding="utf-8")):
        assert name in components(), f"{name}.{option}"
        call_options(components()[name].load(), {option: value.rstrip(".,;)")}, name)


@each_page
def test_every_command_parses(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for arguments in (*commands(text, LINE), *commands(text, INLINE)):
        if len(arguments) == 1:  # a mention of the command, not a call
            assert arguments[0] in COMMANDS
            continue
        context = parsed(arguments)
        for kind, typed in (("analysis", "analysis_options"), ("affinity", "affinity_options")):
            component_options(registry(), kind, context.params.get(typed) or ())


@each_page
def test_every_command_names_what_is_registered(page: Path) -> None:
    for arguments in commands(page.read_text(encoding="utf-8"), LINE):
        given = parsed(arguments).params
        named = [("analysis", name) for role in ("only", "skip", "also") for name in given.get(role) or ()]
        named += [("affinity", name) for name in given.get("affinities") or ()]
        named += [("encoder", given["encoder"])] if given.get("encoder") else []
        benchmarks = given.get("benchmark", ())
        named += [("dataset", benchmark) for benchmark in benchmarks if not Path(benchmark).suffix]
        for kind, name in named:
            registry().get(kind, name)


DOCKER = {"--build-arg", "--detach", "--rm", "--scale", "--tag", "--user", "--volume"}
"""Options of another program, which docs/containers.md names."""


@each_page
def test_every_option_of_the_command_line_that_is_named_exists(page: Path) -> None:
    root = click.Context(cli)
    known = {"--help", "--minutes", *DOCKER}  # the second is of `python -m benchmarks fuzz`
    commands = [cli, *(cli.get_command(root, name) for name in COMMANDS)]
    for command in commands:
        assert command is not None
        if isinstance(command, click.Group) and command is not cli:
            commands += command.commands.values()
        known.update(text for p in command.params for text in (*p.opts, *p.secondary_opts))
    named = re.findall(r"(?<![\w-])--[a-z][a-z-]*", page.read_text(encoding="utf-8"))
    assert set(named) <= known


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in _links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in slugs(file), target


@each_page
def test_every_file_and_benchmark_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:auditor|tests|benchmarks|docs|plugins)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"python -m\s+benchmarks\s+(\w+)", text):
        assert any((ROOT / "benchmarks" / place).exists() for place in (f"{name}.py", name)), name


def _links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target for target in found if "://" not in target]
