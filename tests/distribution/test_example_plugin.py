"""A complete third-party package, installed by pip into an environment of its own, works end to end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "example_plugin"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, for building writes into its folder."""
    place = tmp_path_factory.mktemp("example")
    return Path(shutil.copytree(EXAMPLE, place / "package"))


@pytest.fixture(scope="module")
def run(package: Path) -> Run:
    """Return a function that runs the Python of a fresh environment in which the package is installed.

    The environment sees what is installed here, and nothing is fetched from anywhere.
    """
    pytest.importorskip("hatchling")
    environment = package.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    here = sysconfig.get_path("purelib")
    (site / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    variables = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(package.parent / "cache"), "PIP_NO_INDEX": "1"}
    variables.pop("PYTHONPATH", None)

    def python(*arguments: str, cwd: Path = package.parent) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(environment / "bin" / "python"), *arguments],
            capture_output=True, text=True, cwd=cwd, env=variables, timeout=600,
        )  # fmt: skip

    words = "-m pip install --no-deps --no-build-isolation --no-index --quiet --disable-pip-version-check"
    done = python(*words.split(), str(package))
    assert done.returncode == 0, done.stderr
    return python


def audit(run: Run, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = run("-m", "auditor", *arguments)
    assert done.returncode == 0, done.stderr
    return done


def test_the_package_is_listed_with_all_that_it_offers(run: Run) -> None:
    found = json.loads(audit(run, "plugins", "--check", "--format", "json").stdout)
    (mine,) = [plugin for plugin in found["plugins"] if plugin["plugin"] == "example"]
    assert (mine["distribution"], mine["version"], mine["api"]) == ("mtl-audit-example", "0.3.0", 1)
    assert mine["components"] == [
        "affinity:example-conflict",
        "analysis:example-extremes",
        "dataset:example-amines",
        "encoder:example-letters",
    ]
    for plural in ("datasets", "encoders", "affinities", "analyses"):
        assert "example-" in audit(run, "list", plural).stdout


def test_its_dataset_encoder_affinity_and_analysis_run_end_to_end(run: Run) -> None:
    done = audit(
        run, "analyze", "example-amines", "--encoder", "example-letters", "--encoder-option", "width=16",
        "--affinity", "example-conflict", "--affinity-option", "example-conflict.window=0.5",
        "--analysis-option", "example-extremes.most=1", "--epochs", "30", "--split", "random",
        "--skip", "controls", "--format", "json",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert "example (mtl-audit-example 0.3.0)" in document["meta"]["plugins"]
    data = document["data"]
    assert data["training"]["encoder"] == "example-letters"
    assert data["affinity_about"]["example-conflict"]["window"] == 0.5
    found = {finding["name"]: finding for finding in data["findings"]}
    pairs = found["example-extremes"]["data"]["pairs"]
    assert found["example-extremes"]["status"] == "ok" and 1 <= len(pairs) <= 2
    assert all(finding["status"] != "error" for finding in data["findings"])
    assert "computed from the structures" in json.dumps(data["benchmark"])


def test_its_dataset_takes_its_option(run: Run) -> None:
    words = ("overlap", "example-amines", "--format", "json", "--dataset-option", "sparse=yes")
    data = json.loads(audit(run, *words).stdout)["data"]
    assert [task["rows"] for task in data["tasks"]] == [56, 56, 56, 84]


def test_its_own_tests_pass(run: Run, package: Path) -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout.splitlines()[-1] and "failed" not in done.stdout
