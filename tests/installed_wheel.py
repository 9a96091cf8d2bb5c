"""The wheel as users have it: installed alone, far from its source tree. `make wheel-test` runs this file twice.

MTL_AUDIT_INSTALLED names the Python of the environment, in which pytest is installed too for the starter packages;
MTL_AUDIT_LIGHT is set where the extra ``train`` is not installed there.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent
PYTHON = Path(os.environ["MTL_AUDIT_INSTALLED"]).absolute()
LIGHT = "MTL_AUDIT_LIGHT" in os.environ
TINY = ("--dataset-option", "compounds=160", "--dataset-option", "tasks=4")
Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is nowhere near the source tree, with a cache."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def call(here: Path) -> Call:
    """Return a function that runs a program of the environment there; any exit code but the stated one fails."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MTL_AUDIT_"))}
    env |= {"MTL_AUDIT_CACHE_DIR": str(here / "cache"), "OMP_NUM_THREADS": "1"}

    def program(name: str, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(PYTHON.parent / name), *map(str, arguments)],
            capture_output=True, text=True, cwd=here, env=env, timeout=600,
        )  # fmt: skip
        assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
        return done

    return program


def test_the_package_is_imported_from_the_environment_and_brings_no_other_name(call: Call) -> None:
    code = (
        "import importlib.util, json, importlib.metadata as m, auditor\n"
        "files = m.files('mtl-audit')\n"
        "found = [n for n in ('tests', 'plugins', 'reports', 'benchmarks', 'docs') if importlib.util.find_spec(n)]\n"
        "top = sorted({f.parts[0] for f in files if f.parts[0][0] != '.' and '.dist-info' not in f.parts[0]})\n"
        "print(json.dumps([auditor.__file__, found, top]))"
    )
    place, strangers, names = json.loads(call("python", "-c", code).stdout)
    assert PYTHON.parent.parent in Path(place).parents and strangers == []
    assert names == ["auditor", *sorted(path.name for path in (ROOT / "plugins").glob("mtl_audit_*"))]


def test_help_and_version_are_told_without_a_warning(call: Call) -> None:
    assert "Exit codes" in call("mtl-audit", "--help").stdout
    done = call("python", "-W", "error", "-m", "auditor", "--version")
    assert done.stdout.startswith("mtl-audit ") and done.stderr == ""


def test_every_plugin_is_found_and_none_has_a_problem(call: Call) -> None:
    found = json.loads(call("mtl-audit", "plugins", "--check", "--format", "json").stdout)
    ours = {path.name.removeprefix("mtl_audit_") for path in (ROOT / "plugins").glob("mtl_audit_*")}
    assert {plugin["plugin"] for plugin in found["plugins"]} == ours | {"core"}
    assert "tdc-admet" in call("mtl-audit", "list", "datasets").stdout


def test_doctor_finds_the_versions_that_the_package_asks_for(call: Call) -> None:
    found = json.loads(call("mtl-audit", "doctor", "--format", "json").stdout)
    assert found["core"] and {one["status"] for one in found["core"]} == {"ok"}
    assert any(one["name"] == "synthetic" for one in found["sources"])


def test_an_overlap_audit_is_rendered_in_every_format(call: Call, here: Path) -> None:
    words = ("mtl-audit", "overlap", "synthetic", *TINY)
    for suffix in ("html", "md", "csv", "json"):
        call(*words, "--output", f"overlap.{suffix}")
    assert "<!doctype html>" in (here / "overlap.html").read_text().lower()
    assert (here / "overlap.md").read_text().startswith("# ")
    assert (here / "overlap.csv").read_text().count("\n") > 4
    schema = json.loads(call("mtl-audit", "report", "--schema").stdout)
    jsonschema.validate(json.loads((here / "overlap.json").read_text()), schema)


def test_torch_is_there_where_it_was_asked_for_alone(call: Call) -> None:
    call("python", "-c", "import torch, torch_geometric", code=1 if LIGHT else 0)


def test_tasks_are_compared_over_similar_compounds_with_or_without_torch(call: Call, here: Path) -> None:
    words = ("--affinity", "chemical-correlation", "--output", "similar")
    call("mtl-audit", "analyze", "synthetic", *TINY, *words)
    document = json.loads((here / "similar" / "audit.json").read_text())
    assert len(document["data"]["affinity"]["chemical-correlation"]) == 4
    assert all(finding["status"] != "error" for finding in document["data"]["findings"])


@pytest.mark.skipif(not LIGHT, reason="torch is installed: the training itself is tested below")
@pytest.mark.parametrize("command", ["analyze", "recommend"])
def test_without_torch_a_training_is_one_line_that_says_how_to_get_it(call: Call, command: str) -> None:
    said = call("mtl-audit", command, "synthetic", *TINY, code=4).stderr.splitlines()[-2:]
    assert said == [
        "mtl-audit: error: encoder 'gcn' needs torch, torch-geometric, which is not installed",
        "  hint: pip install 'mtl-audit[train]'",
    ]
    doctor = json.loads(call("mtl-audit", "doctor", "--format", "json").stdout)
    (train,) = [extra for extra in doctor["extras"] if extra["name"] == "train"]
    assert train["hint"] == "pip install 'mtl-audit[train]'"


@pytest.mark.skipif(LIGHT, reason="without torch the refusal is tested above")
def test_an_audit_trains_and_is_rendered_again_from_its_document(call: Call, here: Path) -> None:
    words = ("--encoder", "gcn", "--encoder-option", "width=16", "--epochs", "2", "--skip", "controls")
    call("mtl-audit", "analyze", "synthetic", *TINY, *words, "--output", "audit")
    document = json.loads((here / "audit" / "audit.json").read_text())
    assert len(document["data"]["affinity"]["gradient-cosine"]) == 4
    assert all(finding["status"] != "error" for finding in document["data"]["findings"])
    assert "gradient-cosine" in call("mtl-audit", "report", "audit", "--format", "markdown").stdout


@pytest.mark.parametrize(
    "kind", ["dataset", "analysis"] if LIGHT else ["dataset", "encoder", "affinity", "analysis"]
)
def test_a_starter_package_passes_its_own_tests(call: Call, here: Path, kind: str) -> None:
    call("mtl-audit", "plugins", "new", f"my-{kind}", "--kind", kind)
    done = call("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", here / f"mtl-audit-my-{kind}")
    assert " passed" in done.stdout.splitlines()[-1]
