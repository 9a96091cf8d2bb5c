"""mtl-audit doctor: what it finds, and what it does not touch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.requirements import requirement_of, requirements, within
from tests.cli.conftest import Run


def diagnosed(run: Run, *arguments: object, **environment: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("doctor", "--format", "json", *arguments, **environment).out)
    return found


def plugin(folder: Path, body: str) -> dict[str, str]:
    """Return the environment in which a plugin of this body is installed."""
    info = folder / "odd_plugin-1.dist-info"
    info.mkdir(parents=True)
    (folder / "odd_plugin.py").write_text(body)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\nodd = odd_plugin\n")
    return {"PYTHONPATH": str(folder)}


def test_an_installation_is_told_with_versions_sources_and_cache(run: Run, tmp_path: Path) -> None:
    run("overlap", "synthetic", "--dataset-option", "compounds=120")
    found = diagnosed(run)
    assert {one["name"] for one in found["core"]} >= {"click", "numpy", "rdkit"}
    status = {one["name"]: one["status"] for one in found["sources"]}
    assert status["synthetic"] == "read before" and status["tox21"] != "read before"
    cache = found["cache"]
    assert cache["writable"] and cache["path"] == str(tmp_path / "cache") and cache["bytes"] > 0
    assert cache["bytes"] == sum(part["bytes"] for part in cache["parts"])
    text = run("doctor")
    assert text.code == 0 and text.err == ""
    for said in ("core", "extra tdc", "sources", "plugins", "cache", "settings", "not asked (--gpu"):
        assert said in text.out


def test_a_missing_distribution_is_named_with_its_pip_line_and_strict_exits_4(
    run: Run, tmp_path: Path
) -> None:
    body = "from auditor import hookimpl\n\n\n@hookimpl\ndef register_datasets(register):\n"
    body += "    register('far', 'm:f', summary='s', needs=('not-here',), extra='tdc')\n"
    environment = plugin(tmp_path / "path", body)
    found = diagnosed(run, **environment)
    far = next(one for one in found["sources"] if one["name"] == "far")
    assert far["status"] == "not installed" and far["missing"] == ["not-here"]
    assert {"what": "dataset far: needs not-here", "hint": "pip install 'mtl-audit[tdc]'"} in found[
        "problems"
    ]
    assert run("doctor", **environment).code == 0
    strict = run("doctor", "--strict", **environment)
    assert strict.code == 4 and "pip install 'mtl-audit[tdc]'" in strict.out


def test_a_broken_plugin_is_a_problem(run: Run, tmp_path: Path) -> None:
    found = diagnosed(run, **plugin(tmp_path / "path", "raise RuntimeError('no driver')"))
    assert any("no driver" in one["what"] for one in found["problems"])


def test_a_cache_that_cannot_be_written_and_a_mirror_that_is_not_there_are_problems(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    found = diagnosed(run, "--cache-dir", tmp_path / "file" / "cache", "--mirror", tmp_path / "nowhere")
    said = " ".join(one["what"] for one in found["problems"])
    assert "cannot be written" in said and "is not a folder" in said
    assert not found["cache"]["writable"]


def test_nothing_is_made_where_there_is_no_cache_yet(run: Run, tmp_path: Path) -> None:
    found = diagnosed(run, "--cache-dir", tmp_path / "new" / "cache")
    assert found["cache"]["writable"] and not found["cache"]["exists"] and not (tmp_path / "new").exists()


def test_settings_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mtl-audit.toml").write_text("offline = true\n")
    settings = diagnosed(run, "--mirror", tmp_path, OMP_NUM_THREADS="1")["settings"]
    assert settings["offline"] is True and settings["mirror"] == str(tmp_path)
    assert settings["config"] == "mtl-audit.toml"


def test_torch_is_imported_where_it_is_asked_for_alone() -> None:
    heavy = "{'torch', 'numpy', 'pandas', 'scipy', 'rdkit', 'sklearn', 'pyarrow'}"
    code = f"import sys; from auditor.cli import run; run(['doctor']); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.slow
def test_threads_and_devices_are_asked_of_torch(run: Run) -> None:
    found = diagnosed(run, "--gpu", OMP_NUM_THREADS="1")
    assert found["threads"]["torch"] == 1 and isinstance(found["gpu"]["devices"], list)


@pytest.mark.parametrize(
    ("line", "name", "wanted", "extra"),
    [
        ("numpy>=1.26", "numpy", ">=1.26", ""),
        ("pytdc>=1.1.15; extra == 'tdc'", "pytdc", ">=1.1.15", "tdc"),
        ("a[b]<3,>=2 ; (python_version < '3.12') and extra == \"x-y\"", "a", "<3,>=2", "x-y"),
        ("ruff; extra == 'dev'", "ruff", "", "dev"),
    ],
)
def test_a_line_of_metadata_is_understood(line: str, name: str, wanted: str, extra: str) -> None:
    found = requirement_of(line)
    assert (found.name, found.wanted, found.extra) == (name, wanted, extra)


def test_what_is_not_asked_for_on_this_python_is_not_missing() -> None:
    found = requirement_of("surely-not-installed; python_version < '3.0' and extra == 'old'")
    assert found.status == "not for this Python"
    assert requirement_of("surely-not-installed; extra == 'new'").status == "missing"
    assert requirement_of("click<1").status == "another version"


@pytest.mark.parametrize(
    ("version", "wanted", "keeps"),
    [
        ("1.26.4", ">=1.26", True),
        ("1.9", ">=1.26", False),
        ("2.0", "<2", False),
        ("2", ">=2.0.0", True),
        ("2.13.0+cpu", ">=2.4,<3", True),
        ("1.4.7", "~=1.4.2", True),
        ("1.5", "~=1.4.2", False),
        ("80.1", "<81", True),
        ("3", "", True),
    ],
)
def test_versions_are_compared_by_number(version: str, wanted: str, keeps: bool) -> None:
    assert within(version, wanted) is keeps


def test_the_installed_package_asks_for_what_it_imports() -> None:
    found = {one.name.lower(): one for one in requirements() if not one.extra}
    assert {"click", "pluggy", "numpy", "rdkit"} <= set(found) and "torch" not in set(found)
    assert all(one.status == "ok" for one in found.values())
