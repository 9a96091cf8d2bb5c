"""The registry: isolation, names, and order. Plugins here are real distributions on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.errors import MissingExtra, PluginError, UsageError
from auditor.plugin.component import KINDS, Component, Dataset, Encoder, Kind, Owner
from auditor.plugin.loading import load_registry
from auditor.plugin.registration import REGISTERS
from auditor.plugin.registry import PLURALS

Install = Callable[..., None]
HOOK = "from auditor import hookimpl\n\n\n@hookimpl\ndef register_encoders(register):\n    "
GOOD = HOOK + "register('extra', 'somewhere:build', summary='an encoder')\n"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that puts a plugin distribution on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, code: str) -> None:
        module = name.replace("-", "_")
        monkeypatch.delitem(sys.modules, module, raising=False)
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[mtl_audit]\n{name} = {module}\n")

    return make


def test_the_built_in_components_are_registered_without_problems() -> None:
    registry = load_registry()
    assert registry.problems == ()
    assert set(registry.names("encoder")) >= {"gcn", "gat", "cnn", "ecfp"}
    assert set(registry.names("dataset")) >= {"tox21", "sider", "tdc-admet", "synthetic"}
    assert all(c.owner.distribution == "mtl-audit" for c in registry.components.values())


def test_every_kind_has_a_hook_and_a_plural() -> None:
    assert set(KINDS) == set(PLURALS.values())


def test_a_third_party_encoder_is_registered_beside_the_built_in_ones(install: Install) -> None:
    install("mtl-audit-extra", GOOD)
    registry = load_registry()
    component = registry.get("encoder", "extra")
    assert component.owner == Owner("mtl-audit-extra", "mtl-audit-extra", "1.2")
    assert "gcn" in registry.names("encoder")


@pytest.mark.parametrize(
    ("code", "stage", "says"),
    [
        ("raise RuntimeError('no driver')", "import", "no driver"),
        ("import a_module_that_is_not_there", "import", "a_module_that_is_not_there"),
        (HOOK + "register('gcn', 'x:y', summary='mine')\n", "register", "already registered by gnn"),
        (HOOK + "register('new', 'x:y', colour='red', summary='s')\n", "register", "colour"),
        (HOOK + "register('new', 'x:y')\n", "register", "summary"),
        (HOOK.replace("encoders", "encoder") + "pass\n", "hooks", "register_encoder"),
        (HOOK.replace("(register)", "(registry)") + "pass\n", "hooks", "registry"),
    ],
)
def test_a_broken_plugin_costs_only_itself(install: Install, code: str, stage: str, says: str) -> None:
    install("mtl-audit-broken", code)
    install("mtl-audit-zzz", GOOD)
    registry = load_registry()
    assert [(p.plugin, p.stage) for p in registry.problems] == [("mtl-audit-broken", stage)]
    assert says in registry.problems[0].error and "\n" not in registry.problems[0].line()
    assert {"extra", "gcn"} <= set(registry.names("encoder"))


def test_a_refused_plugin_is_rolled_back_whole(install: Install) -> None:
    twice = HOOK + "register('fine', 'x:y', summary='s')\n    register('gat', 'x:y', summary='s')\n"
    install("mtl-audit-half", twice)
    registry = load_registry()
    assert "fine" not in registry.names("encoder")
    assert registry.get("encoder", "gat").owner.plugin == "gnn"


@pytest.mark.parametrize(
    ("kind", "argument", "value"),
    [
        ("dataset", "measures", "lookahead"),
        ("dataset", "suffix", ".x"),
        ("identity", "licence", "MIT"),
        ("encoder", "after", ()),
        ("affinity", "stage", "data"),
        ("analysis", "needs_overlap", False),
        ("format", "default", False),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_its_name(
    install: Install, kind: Kind, argument: str, value: object
) -> None:
    hook = HOOK.replace("register_encoders", KINDS[kind])
    install("mtl-audit-mixed", f"{hook}register('new', 'x:y', summary='s', {argument}={value!r})\n")
    (problem,) = load_registry().problems
    assert problem.line().endswith(f"register: TypeError: {KINDS[kind]} takes no '{argument}'")


@pytest.mark.parametrize(
    ("kind", "argument"), [("affinity", "measures='weights'"), ("analysis", "stage='late'")]
)
def test_a_value_that_is_none_of_the_known_ones_is_refused(
    install: Install, kind: Kind, argument: str
) -> None:
    hook = HOOK.replace("register_encoders", KINDS[kind])
    install("mtl-audit-odd", f"{hook}register('new', 'x:y', summary='s', {argument})\n")
    (problem,) = load_registry().problems
    assert f"{argument.replace('=', ' ')} is not one of" in problem.error


def test_every_kind_has_a_registration_and_a_component_of_its_own() -> None:
    assert set(REGISTERS) == set(KINDS)
    assert {type(c) for c in load_registry().components.values()} == set(Component.__subclasses__())
    assert all(kind == c.kind for (kind, _), c in load_registry().components.items())


def test_plugins_can_be_allowed_and_blocked_by_name(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("mtl-audit-extra", GOOD)
    monkeypatch.setenv("MTL_AUDIT_PLUGINS", "")
    assert "extra" not in load_registry().names("encoder")
    monkeypatch.setenv("MTL_AUDIT_PLUGINS", "mtl-audit-extra")
    assert "extra" in load_registry().names("encoder")
    monkeypatch.setenv("MTL_AUDIT_DISABLE_PLUGINS", "mtl-audit-extra,gnn")
    assert not {"extra", "gcn"} & set(load_registry().names("encoder"))


def test_strict_mode_raises_the_plugin_s_own_error(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("mtl-audit-broken", "raise RuntimeError('no driver')")
    monkeypatch.setenv("MTL_AUDIT_STRICT_PLUGINS", "1")
    with pytest.raises(RuntimeError, match="no driver"):
        load_registry()


def test_an_unknown_name_is_answered_with_the_three_nearest() -> None:
    with pytest.raises(UsageError, match="no dataset named 'tox2'") as caught:
        load_registry().get("dataset", "tox2")
    assert "tox21" in caught.value.hint and "mtl-audit list datasets" in caught.value.hint
    assert caught.value.hint.split("?")[0].count(",") == 2


def test_a_missing_extra_is_named_with_its_install_command() -> None:
    owner = Owner("p", "d", "1")
    component = Dataset("x", "m:f", "s", owner, needs=("not-installed-anywhere",), extra="tdc")
    with pytest.raises(MissingExtra, match="needs not-installed-anywhere") as caught:
        component.load()
    assert caught.value.hint == "pip install 'mtl-audit[tdc]'"


@pytest.mark.parametrize("target", ["no_such_module:f", "auditor.errors:nothing", "auditor:__version__"])
def test_a_target_that_cannot_be_used_names_its_plugin(target: str) -> None:
    component = Encoder("x", target, "s", Owner("p", "d", "1"))
    with pytest.raises(PluginError, match=r"p \(d 1\)"):
        component.load()


def test_entry_points_packages_and_folders_agree() -> None:
    import tomllib

    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())
    listed = set(project["project"]["entry-points"]["mtl_audit"].values()) - {"auditor.plugin.builtin"}
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) - {"auditor"}
    folders = {f"plugins/{path.parent.name}" for path in (root / "plugins").glob("*/__init__.py")}
    assert {f"plugins/{name}" for name in listed} == packages == folders
