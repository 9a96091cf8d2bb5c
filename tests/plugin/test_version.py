"""The version of the plugin interface that a plugin may declare."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from auditor.errors import PluginError
from auditor.plugin import loading as plugin_loading
from auditor.plugin import version as api_version
from auditor.plugin.hooks import API_VERSION, OLDEST_API
from auditor.plugin.version import declared_by
from tests.installing import install

CODE = "MTL_AUDIT_API = {api}\nfrom auditor import hookimpl\n\n\n@hookimpl\ndef register_encoders(register):\n    register('late', 'x:y', summary='s')\n"


def plugin(version: Any) -> Any:
    return SimpleNamespace(MTL_AUDIT_API=version)


def test_without_a_declaration_there_is_nothing_to_say() -> None:
    found = declared_by(SimpleNamespace())
    assert found.version is None and found.note == ""


def test_the_current_version_needs_no_note() -> None:
    found = declared_by(plugin(API_VERSION))
    assert found.version == API_VERSION and found.note == ""
    assert 1 <= OLDEST_API <= API_VERSION


def test_an_older_version_that_is_still_spoken_is_deprecated() -> None:
    found = declared_by(plugin(2), known=3, oldest=2)
    assert "deprecated" in found.note and "3" in found.note


@pytest.mark.parametrize(
    ("version", "says"),
    [(4, "upgrade mtl-audit"), (1, "upgrade the plugin"), ("1", "whole number"), (True, "whole number")],
)
def test_a_version_that_is_not_spoken_is_refused_with_a_way_out(version: Any, says: str) -> None:
    with pytest.raises(PluginError, match=says):
        declared_by(plugin(version), known=3, oldest=2)


def test_a_plugin_of_a_newer_interface_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(install(tmp_path, "of-tomorrow", CODE.format(api=API_VERSION + 1))))
    loaded = plugin_loading.load_registry()
    (problem,) = loaded.problems
    assert problem.plugin == "of-tomorrow" and problem.stage == "API version"
    assert "pip install --upgrade mtl-audit" in problem.line() and "\n" not in problem.line()
    assert "late" not in loaded.names("encoder") and "gcn" in loaded.names("encoder")


def test_a_plugin_of_an_older_interface_is_used_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(install(tmp_path, "of-old", CODE.format(api=API_VERSION))))
    newer = API_VERSION + 1
    monkeypatch.setattr(
        plugin_loading, "declared_by", lambda module: api_version.declared_by(module, known=newer, oldest=1)
    )
    loaded = plugin_loading.load_registry()
    noted = {plugin.owner.plugin: plugin.note for plugin in loaded.plugins}
    assert "deprecated" in noted["of-old"] and noted["core"] == ""
    assert "late" in loaded.names("encoder")
