"""The example plugin of version 0.1, to the letter, still loads and runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "release_0_1" / "mtl_audit_example"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that Python takes for installed packages, with the plugin of that release in it."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name)
    about = tmp_path / "mtl_audit_example-0.1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mtl-audit-example\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text("[mtl_audit]\nexample = mtl_audit_example\n")
    return tmp_path


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return subprocess.run(
        [sys.executable, "-W", "always::DeprecationWarning:mtl_audit_example.amines", "-m", "auditor", *arguments],
        capture_output=True, text=True, cwd=site, timeout=300,
        env={**os.environ, "PYTHONPATH": path, "MTL_AUDIT_CACHE_DIR": str(site / "cache")},
    )  # fmt: skip


def test_every_component_of_the_old_example_is_used_end_to_end(installed: Path) -> None:
    done = run(
        installed, "analyze", "example-amines", "--encoder", "example-letters", "--encoder-option", "width=16",
        "--affinity", "example-conflict", "--only", "example-extremes", "--epochs", "30", "--split", "random",
        "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    findings = {one["name"]: one for one in json.loads(done.stdout)["data"]["findings"]}
    assert findings["example-extremes"]["status"] == "ok"
    assert all(one["status"] != "error" for one in findings.values())


def test_its_imports_say_where_the_names_are_now(installed: Path) -> None:
    said = run(installed, "overlap", "example-amines", "--format", "json").stderr
    assert "auditor.dataset is auditor.source.rows now" in said
