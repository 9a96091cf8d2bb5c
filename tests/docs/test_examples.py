"""The datasets that the pages show are plugins that work as they stand, and the calls do what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = "mtl_audit_mylab"


def blocks(page: str, heading: str) -> list[str]:
    """Return the Python blocks below a heading of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```python\n(.*?)```", section, flags=re.S)


def install(folder: Path, modules: dict[str, str]) -> None:
    """Write a distribution with one entry point into a folder of the import path."""
    for name, text in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    facts = folder / "my_lab-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: my-lab\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[mtl_audit]\nmylab = {PACKAGE}\n")


@pytest.mark.parametrize(
    ("page", "heading", "names"),
    [
        ("README.md", "Add your own", [f"{PACKAGE}.py"]),
        ("docs/plugins.md", "A dataset in ten lines", [f"{PACKAGE}/__init__.py", f"{PACKAGE}/source.py"]),
    ],
)
def test_the_dataset_that_a_page_shows_is_audited(
    page: str, heading: str, names: list[str], tmp_path: Path
) -> None:
    install(tmp_path / "site", dict(zip(names, blocks(page, heading), strict=True)))
    table = tmp_path / "mirror" / "mylab" / "2026-01.csv"
    table.parent.mkdir(parents=True)
    rows = [f"{'C' * (n + 1)}O,{n / 7},{n % 2}" for n in range(30)]
    table.write_text("\n".join(["smiles,logD,hERG", *rows]) + "\n")
    command = (
        *("-m", "auditor", "overlap", "mylab"),
        *("--mirror", tmp_path / "mirror", "--format", "json"),
    )
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT), str(ROOT / "plugins")])
    environment = {**os.environ, "PYTHONPATH": path, "MTL_AUDIT_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)["data"]
    assert [task["name"] for task in data["tasks"]] == ["logD", "hERG"]
    assert data["overlap"]["summary"]["jaccard"]["median"] == 1.0


def test_the_calls_that_the_page_of_python_shows_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    said: dict[str, object] = {}
    for block in shown:
        exec(block, said)
    assert len(shown) == 6 and {path.name for path in tmp_path.iterdir()} == {"report.html", "run"}
    assert repr(said["study"]).startswith("<Study of synthetic: PASS")
    assert repr(said["advice"]).startswith("<Recommendation of synthetic: ")
