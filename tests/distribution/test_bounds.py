"""The bounds of dependencies: what pyproject.toml admits, the lowest of it, and the versions that are pinned."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
NO_LOWEST = {"torch"}
"""Its lower-bound test would need an index of its own: later builds are the ones without CUDA packages."""


def project() -> dict[str, list[str]]:
    """What pyproject.toml asks for: the core under "", and each extra."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"": told["dependencies"], **told["optional-dependencies"]}


def wanted(*, dev: bool) -> list[Requirement]:
    """Return the requirements on other distributions, with or without those of developers."""
    lines = [line for extra, lines in project().items() if dev or extra != "dev" for line in lines]
    found = [Requirement(line) for line in lines]
    return [one for one in found if canonicalize_name(one.name) != "mtl-audit"]


def pinned(name: str) -> dict[str, Version]:
    """Return the versions of a file of pins, by the names of distributions."""
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    pairs = [line.split("==") for line in lines if line]
    return {canonicalize_name(key): Version(version) for key, version in pairs}


def test_the_lower_bounds_that_are_tested_are_those_that_are_stated() -> None:
    stated = {
        canonicalize_name(one.name): Version(bound.version)
        for one in wanted(dev=False)
        for bound in one.specifier
        if bound.operator == ">="
    }
    tested = pinned("lower-bounds.txt")
    assert {name: version for name, version in tested.items() if name not in NO_LOWEST} == {
        name: version for name, version in stated.items() if name not in NO_LOWEST
    }
    assert tested["torch"] == pinned("constraints.txt")["torch"] >= stated["torch"]


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pins = pinned("constraints.txt")
    for one in wanted(dev=True):
        assert one.specifier.contains(pins[canonicalize_name(one.name)]), one


def test_every_dependency_of_users_has_a_bound() -> None:
    assert [one.name for one in wanted(dev=False) if not one.specifier] == []
