"""The plugins command: what it lists, and the packages that it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.plugin.hooks import API_VERSION
from auditor.testing.starter.write import KINDS
from tests.cli.conftest import Run
from tests.installing import install

OLD = "MTL_AUDIT_API = {api}\nimport time\nfrom auditor import hookimpl\ntime.sleep(0.6)\n\n\n@hookimpl\ndef register_encoders(register):\n    register('mine', 'x:y', summary='s')\n"


def test_plugins_are_listed_with_version_owner_and_time(run: Run, tmp_path: Path) -> None:
    path = install(tmp_path / "path", "my-plugin", OLD.format(api=API_VERSION))
    outcome = run("plugins", PYTHONPATH=str(path))
    assert outcome.code == 0 and outcome.out.startswith(f"plugin API version {API_VERSION}\n")
    line = next(line for line in outcome.out.splitlines() if line.startswith("my-plugin (my-plugin 1.2)"))
    assert line.endswith("ms, slow to load: mine")


def test_a_plugin_of_a_newer_interface_is_listed_as_a_problem(run: Run, tmp_path: Path) -> None:
    path = install(tmp_path / "path", "my-plugin", OLD.format(api=API_VERSION + 1))
    outcome = run("plugins", "--check", "--format", "json", PYTHONPATH=str(path))
    assert outcome.code == 5
    (problem,) = json.loads(outcome.out)["problems"]
    assert problem["plugin"] == "my-plugin" and problem["stage"] == "API version"


def test_the_document_tells_the_declared_version_and_the_load_time(run: Run, tmp_path: Path) -> None:
    path = install(tmp_path / "path", "my-plugin", OLD.format(api=API_VERSION))
    found = json.loads(run("plugins", "--format", "json", PYTHONPATH=str(path)).out)
    (mine,) = [plugin for plugin in found["plugins"] if plugin["plugin"] == "my-plugin"]
    assert mine["api"] == API_VERSION and mine["note"] == "" and mine["load_s"] >= 0.6
    assert mine["components"] == ["encoder:mine"] and mine["hooks"] == ["register_encoders"]


def test_new_writes_a_package_and_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    first = run("plugins", "new", "my-lab", "--kind", "encoder", "--folder", tmp_path)
    assert first.code == 0 and "python -m pytest" in first.err
    written = [Path(line) for line in first.out.splitlines()]
    home = tmp_path / "mtl-audit-my-lab"
    assert set(written) == {path for path in home.rglob("*") if path.is_file()}
    assert all("$" not in path.read_text() for path in written)
    home.joinpath("README.md").write_text("mine")
    again = run("plugins", "new", "my-lab", "--kind", "dataset", "--folder", tmp_path)
    assert again.code == 2 and "exists" in again.err
    assert home.joinpath("README.md").read_text() == "mine"


def test_new_says_in_one_line_that_a_folder_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    outcome = run("plugins", "new", "my-lab", "--kind", "encoder", "--folder", tmp_path / "file" / "in-it")
    assert outcome.code == 4 and "Traceback" not in outcome.err
    assert "cannot write" in outcome.err and "with --folder" in outcome.err


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("My-Lab", "encoder", "usable name"),
        ("-x", "encoder", "-x"),
        ("../escape", "encoder", "usable name"),
        ("a_b", "encoder", "usable name"),
        ("gcn", "encoder", "registered by gnn (mtl-audit"),
        ("mine", "widget", "widget"),
    ],
)
def test_a_name_or_kind_that_cannot_be_is_refused(
    run: Run, tmp_path: Path, name: str, kind: str, says: str
) -> None:
    outcome = run("plugins", "new", name, "--kind", kind, "--folder", tmp_path / "new")
    assert outcome.code == 2 and says in outcome.err and outcome.out == ""
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_written_package_passes_its_own_tests(run: Run, tmp_path: Path, kind: str) -> None:
    assert run("plugins", "new", f"my-{kind}", "--kind", kind, "--folder", tmp_path).code == 0
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / f"mtl-audit-my-{kind}",
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout.splitlines()[-1] and "failed" not in done.stdout
