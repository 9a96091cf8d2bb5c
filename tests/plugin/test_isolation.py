"""What a third party's component does wrong costs its own contribution only, and its owner is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.plugin import calling as plugin_call
from auditor.plugin.calling import calling, overheard
from auditor.plugin.component import Analysis, Owner
from auditor.plugin.loading import load_registry
from tests.installing import install

ROOT = Path(__file__).parents[2]
OWNER = "hostile-lab (hostile-lab 1.2)"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs mtl-audit with the hostile plugin installed."""
    place = tmp_path_factory.mktemp("hostile")
    path = install(place / "path", "hostile-lab", "from tests.hostile_plugin import *\n")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)]),
        "MTL_AUDIT_CACHE_DIR": str(place / "cache"),
    }

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "auditor", *arguments],
            capture_output=True, text=True, cwd=place, env=environment, timeout=300,
        )  # fmt: skip

    return command


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the findings of a JSON document on stdout, which must hold nothing else."""
    return {found["name"]: found for found in json.loads(done.stdout)["data"]["findings"]}


@pytest.fixture(scope="module")
def overlap(run: Run) -> subprocess.CompletedProcess[str]:
    """An overlap audit in which every hostile analysis runs."""
    from tests.hostile_plugin import ANALYSES

    also = [word for name in ANALYSES for word in ("--also", f"hostile-{name}")]
    return run("overlap", "hostile-talker", *also, "--format", "json")


def test_stdout_holds_the_answer_alone(overlap: subprocess.CompletedProcess[str]) -> None:
    assert set(findings(overlap)) >= {"power", "hostile-talking", "hostile-raising"}


def test_what_a_plugin_prints_is_on_stderr_with_its_name(
    overlap: subprocess.CompletedProcess[str],
) -> None:
    said = overlap.stderr.splitlines()
    assert f"plugin {OWNER} says: a plugin that greets" in said
    assert f"dataset 'hostile-talker' of plugin {OWNER} says: reading 1 of 3" in said
    who = f"analysis 'hostile-talking' of plugin {OWNER} says: "
    assert {f"{who}one line", f"{who}and half of", f"{who}\\x1b[31manother"} <= set(said)
    assert "native code says so too" in said
    assert f"plugin {OWNER} says: a handler made earlier" in said, "made while the plugin was imported"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("raising", "KeyError: 'no such column'"),
        ("leaving", "FloatingPointError"),
        ("exiting", "SystemExit: 0"),
        ("closing", "GeneratorExit"),
        ("steering", "Exit: 0"),
        ("mute", "Mute: (it has no text: making it raised ValueError)"),
        ("ragged", "row 2 has 1 cells, not 2"),
        ("unwritable", "JSON cannot hold"),
        ("nameless", "without a sentence"),
        ("markup", "no block of a report"),
    ],
)
def test_a_broken_analysis_is_an_error_of_its_owner(
    overlap: subprocess.CompletedProcess[str], name: str, says: str
) -> None:
    found = findings(overlap)[f"hostile-{name}"]
    assert found["status"] == "error" and says in found["sentence"] and OWNER in found["sentence"]
    assert found["data"]["traceback"].startswith("Traceback")
    assert overlap.returncode == 5


def test_the_other_analyses_stand(overlap: subprocess.CompletedProcess[str]) -> None:
    found = findings(overlap)
    assert found["power"]["status"] == found["hostile-talking"]["status"] == "ok"


def test_a_dataset_that_breaks_its_contract_is_one_line(run: Run) -> None:
    done = run("overlap", "hostile-nan")
    assert done.returncode == 5 and done.stdout == ""
    assert OWNER in done.stderr and "not finite" in done.stderr and "Traceback" not in done.stderr


def test_a_dataset_that_ends_the_program_is_one_line(run: Run) -> None:
    done = run("overlap", "hostile-quitter")
    assert done.returncode == 5 and done.stdout == ""
    assert OWNER in done.stderr and "SystemExit: 0" in done.stderr and "Traceback" not in done.stderr


def test_an_identity_that_ends_the_program_rejects_compounds(run: Run) -> None:
    done = run("overlap", "hostile-talker", "--identity", "hostile-quitting", "--format", "json")
    assert done.returncode != 0 and done.stdout == ""
    assert "has no valid SMILES" in done.stderr or "Mute" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_a_format_that_ends_the_program_is_an_error_of_its_owner(run: Run) -> None:
    done = run("overlap", "hostile-talker", "--format", "hostile-format")
    assert done.returncode == 5 and done.stdout == ""
    assert f"format 'hostile-format' of plugin {OWNER} failed: SystemExit: 0" in done.stderr


THROWN = {
    "exit": "import sys; sys.exit(0)",
    "generator": "raise GeneratorExit",
    "base": "raise BaseException('any')",
    "group": "raise BaseExceptionGroup('some', [SystemExit(0)])",
    "mute": "class E(Exception):\n    def __str__(self): raise SystemExit(0)\nraise E",
    "click": "import click; raise click.exceptions.Exit(0)",
    "hook": "import auditor, sys\n@auditor.hookimpl\ndef register_datasets(register): sys.exit(0)",
    "recursion": "def f(): f()\nf()",
    "long": "raise ValueError('x' * 10_000_000)",
}


@pytest.mark.parametrize("name", THROWN)
def test_whatever_an_import_throws_costs_that_plugin_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, f"throws-{name}", THROWN[name])
    monkeypatch.syspath_prepend(tmp_path)
    found = load_registry()
    (problem,) = [p for p in found.problems if p.plugin == f"throws-{name}"]
    assert len(problem.line()) < 1000 and "\n" not in problem.line()
    assert found.get("dataset", "synthetic")


def test_ctrl_c_while_a_plugin_is_imported_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "throws-interrupt", "raise KeyboardInterrupt")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        load_registry()


def analyze(run: Run, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(
        "analyze", "hostile-talker", "--ignore-gate", "--epochs", "2", "--split", "random",
        "--skip", "controls", "--format", "json", *arguments,
    )  # fmt: skip


@pytest.fixture(scope="module")
def affinities(run: Run) -> subprocess.CompletedProcess[str]:
    """An affinity audit with every hostile estimator and one of ours."""
    from tests.hostile_plugin import AFFINITIES

    asked = [word for name in AFFINITIES for word in ("--affinity", f"hostile-{name}")]
    return analyze(run, *asked, "--affinity", "error-cosine", "--encoder", "hostile-chatty")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wide", "shape (2, 3)"),
        ("infinite", "infinite"),
        ("unmatched", "not the benchmark's"),
        ("untold", "JSON cannot hold"),
        ("midway", "ZeroDivisionError"),
        ("exiter", "BaseException: out of here"),
    ],
)
def test_a_broken_estimator_is_an_error_of_its_owner(
    affinities: subprocess.CompletedProcess[str], name: str, says: str
) -> None:
    found = findings(affinities)[f"hostile-{name}"]
    assert found["status"] == "error" and says in found["sentence"] and OWNER in found["sentence"]
    assert affinities.returncode == 5


@pytest.mark.slow
def test_the_other_estimators_stand(affinities: subprocess.CompletedProcess[str]) -> None:
    assert set(json.loads(affinities.stdout)["data"]["affinity"]) == {"hostile-sound", "error-cosine"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("narrow", "returned (3, 3) for a batch of 3, not (3, 4)"),
        ("undefined", "returned embeddings that are not finite"),
        ("later", "failed: MemoryError: the fourth batch"),
        ("exiting", "failed: SystemExit: 0"),
    ],
)
def test_a_broken_encoder_is_named_and_not_the_estimator_that_asked(run: Run, name: str, says: str) -> None:
    done = analyze(run, "--encoder", f"hostile-{name}")
    assert done.returncode == 5 and "Traceback" not in done.stderr
    assert f"encoder 'hostile-{name}' of plugin {OWNER} {says}" in done.stderr


def test_a_slow_component_of_a_third_party_is_said_and_ours_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_call, "SLOW_S", -1.0)
    for distribution in ("hostile-lab", "mtl-audit"):
        with calling(Analysis("x", "m:f", "s", Owner("p", distribution, "1"))):
            pass
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("analysis 'x' of plugin p (hostile-lab 1) took 0 s")


def test_stdout_is_itself_again_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with pytest.raises(ValueError, match="no"), overheard("someone"):
        print("inside")
        raise ValueError("no")
    assert sys.stdout is before
    print("outside", flush=True)
    os.write(1, b"native\n")
    out, err = capfd.readouterr()
    assert out == "outside\nnative\n" and err == "someone says: inside\n"
