"""What a document tells of its making: also the libraries that only a plugin's component needs."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.audit.making import LIBRARIES, audit_meta
from tests.auditing import audited


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("dataset", "synthetic", True),
        ("identity", "parent-inchikey", True),
        ("encoder", "ecfp", True),
        ("affinity", "chemical-correlation", True),
        ("encoder", "gat", False),
        ("affinity", "gradient-cosine", False),
    ],
)
def test_the_libraries_of_what_was_used_are_told_and_no_others(
    kind: str, name: str, told: bool, tmp_path: Path
) -> None:
    options = {"compounds": "240", "tasks": "4"}
    context = audited(tmp_path, options=options, affinities=("chemical-correlation",))
    components = dict(context.request.registry.components)
    components[kind, name] = replace(components[kind, name], needs=("pluggy", "torch"))
    registry = replace(context.request.registry, components=components)
    context.request = replace(context.request, registry=registry)
    libraries = audit_meta(context)["libraries"]
    assert set(libraries) - {*LIBRARIES} == ({"pluggy"} if told else set())
    if told:
        assert libraries["pluggy"] == importlib.metadata.version("pluggy")
