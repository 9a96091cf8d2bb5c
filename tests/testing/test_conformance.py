"""Every built-in component keeps the contract of its kind: one test per component and check."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.context import AuditContext
from auditor.errors import MissingExtra
from auditor.plugin.loading import DISTRIBUTION, load_registry
from auditor.testing import checks_of, small_audit
from auditor.testing.check import Check
from tests.auditing import audited
from tests.networks import SMALL

REGISTRY = load_registry()
OURS = [p.owner.plugin for p in REGISTRY.plugins if p.owner.distribution == DISTRIBUTION]
PLUGINS = ["auditor.plugin.builtin" if name == "core" else f"mtl_audit_{name}" for name in OURS]
PUBLISHED = {
    "esol": {"measured log solubility in mols per litre": 1128},
    "sider": {"Hepatobiliary disorders": 1427},
    "tdc-caco2_wang": {"caco2_wang": 910},
}
"""Rows as the published files have them."""
DEAR: dict[str, dict[str, Any]] = {
    "benefit": {"seeds": 1, "pairs": 2, "epochs": 1, "patience": 1},
    "architectures": {"encoders": "ecfp,cnn", "seeds": 1},
    "controls": {"tasks": 1, "epochs": 2},
}
"""Analyses that train, made small."""
DEGRADING: dict[str, dict[str, Any]] = {
    "threshold": {
        "steps": "1,0.4,0", "seeds": 1, "epochs": 2, "logs": 6, "labels": 110, "assignment": "random"
    },
    "sparse-settings": {"seeds": 1, "epochs": 2, "logs": 6, "labels": 110},
}  # fmt: skip
"""Analyses that take overlap away, and so need a table that has it."""


def ours(kind: str) -> list[str]:
    """Return the names of the built-in components of a kind."""
    return [c.name for c in REGISTRY.all(kind) if c.owner.distribution == DISTRIBUTION]


def each(kind: str, names: Any, field: str = "name") -> Any:
    """Parametrise by component and check, one test id for both."""
    cases = [pytest.param(name, check, id=f"{name}-{check}") for name in names for check in checks_of(kind)]
    return pytest.mark.parametrize((field, "check"), cases)


def loaded(kind: str, name: str) -> Any:
    return REGISTRY.get(kind, name).load()


@each("plugin", PLUGINS, "module")
def test_plugin(module: str, check: Check) -> None:
    check(module)


@each("encoder", SMALL)
def test_encoder(name: str, check: Check) -> None:
    check(SMALL[name])


@each("identity", ours("identity"))
def test_identity(name: str, check: Check) -> None:
    check(loaded("identity", name), by_structure=name != "as-written")


@each("format", ours("format"))
def test_format(name: str, check: Check) -> None:
    check(loaded("format", name), media_type=REGISTRY.get("format", name).media_type)


@each("plan", ours("plan"))
def test_plan(name: str, check: Check) -> None:
    check(loaded("plan", name))


@each("affinity", ours("affinity"))
def test_affinity(name: str, check: Check) -> None:
    check(loaded("affinity", name))


@each("analysis", [name for name in ours("analysis") if name not in {*DEAR, *DEGRADING}])
def test_analysis(name: str, check: Check) -> None:
    data = REGISTRY.get("analysis", name).stage == "data"
    check(loaded("analysis", name), audit=small_audit(trained=not data))


@functools.cache
def smaller(name: str) -> Any:
    """Return an analysis with options that make it small; the same object for all its checks."""
    return functools.partial(loaded("analysis", name), **{**DEAR, **DEGRADING}[name])


@pytest.mark.slow
@each("analysis", DEAR)
def test_analysis_that_trains(name: str, check: Check) -> None:
    check(smaller(name), audit=small_audit())


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditContext]:
    """An audit in which every compound is measured in every task."""
    affinities = ("gradient-cosine", "chemical-correlation")
    options = {"labels_per_task": "300", "tasks": "6"}
    yield audited(tmp_path_factory.mktemp("dense"), options=options, affinities=affinities)


@pytest.mark.slow
@each("analysis", DEGRADING)
def test_analysis_that_degrades(name: str, check: Check, dense: AuditContext) -> None:
    check(smaller(name), audit=dense)


@each("dataset", ["synthetic"])
def test_dataset(name: str, check: Check) -> None:
    check(loaded("dataset", name))


@pytest.mark.parametrize("name", ours("dataset"))
def test_a_dataset_has_typed_options_and_opens_no_socket_offline(name: str) -> None:
    missing = REGISTRY.get("dataset", name).missing()
    if missing:  # an environment without its extra, where all that it can do is to say so
        with pytest.raises(MissingExtra, match=missing[0]):
            loaded("dataset", name)
        return
    for check in checks_of("dataset")[:2]:
        check(loaded("dataset", name))


@pytest.mark.published
@each("dataset", PUBLISHED)
def test_published_dataset(name: str, check: Check, mirror: Path) -> None:
    check(loaded("dataset", name), mirror=mirror, published=PUBLISHED[name])
