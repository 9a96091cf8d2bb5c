"""What a release says of itself: version, citation, metadata."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import auditor
from tests.distribution.test_wheel import build

ROOT = Path(__file__).parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


def test_the_version_is_the_newest_of_the_changelog_and_that_of_the_citation() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0].removeprefix("## ").split(",")[0] == auditor.__version__ == CITATION["version"]


def test_the_citation_has_what_its_format_requires() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "license"} <= CITATION.keys()
    assert all({"type", "title", "authors", "url"} <= one.keys() for one in CITATION["references"])


def test_every_python_that_is_tested_is_named() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {line.split(":: ")[-1] for line in told["classifiers"] if "Python :: 3." in line}
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["shelf"]
    tested = {job["python"] for job in jobs["strategy"]["matrix"]["include"]}
    assert named <= tested
    assert told["requires-python"] == f">={min(named)}"


def test_an_index_of_packages_would_take_what_is_built(tmp_path: Path) -> None:
    pytest.importorskip("twine")
    build(ROOT, tmp_path)
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2
