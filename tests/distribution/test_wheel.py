"""What is built: the wheel holds the package with its data and nothing else, and the sdist is enough to build it.

`make wheel-test` installs the wheel and runs it: tests/installed_wheel.py.
"""

from __future__ import annotations

import configparser
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = {path.name for path in (ROOT / "plugins").glob("mtl_audit_*")}


def build(source: Path, target: Path) -> None:
    """Build a tree's source distribution and wheel, with what is installed here."""
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    subprocess.run(words, cwd=source, check=True, capture_output=True, timeout=600)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel."""
    target = tmp_path_factory.mktemp("built")
    build(ROOT, target)
    return target


def contents(folder: Path) -> dict[str, int]:
    """The checksum of every file of the wheel, by its path."""
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        return {info.filename: info.CRC for info in wheel.infolist()}


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(built: Path) -> None:
    folders = {"auditor": ROOT / "auditor", **{name: ROOT / "plugins" / name for name in PLUGINS}}
    there = {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in folders.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    (about,) = {name.split("/")[0] for name in contents(built) if ".dist-info/" in name}
    assert {name for name in contents(built) if not name.startswith(about)} == there
    assert {"auditor/document/audit-1.json", "auditor/report/html/templates/report.html.j2"} <= there


def test_every_plugin_folder_is_an_entry_point_and_every_entry_point_a_plugin_folder(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
        found = configparser.ConfigParser(delimiters=("=",))
        found.read_string(wheel.read(name).decode())
    expected = {name.removeprefix("mtl_audit_"): name for name in PLUGINS} | {
        "core": "auditor.plugin.builtin"
    }
    assert dict(found["mtl_audit"]) == expected
    assert list(found["console_scripts"]) == ["mtl-audit"]


def test_the_source_distribution_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    build(tree, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(built)
