"""The root command and the small ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditor import __version__
from auditor.cli import COMMANDS
from tests.cli.conftest import Run

LIGHT = "click pluggy auditor importlib typing".split()


def test_help_lists_every_command_and_the_exit_codes(run: Run) -> None:
    outcome = run("--help")
    assert outcome.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in outcome.out
    assert "3 gate failed" in " ".join(outcome.out.split())
    assert "..." not in outcome.out[outcome.out.index("Commands:") :]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, name: str) -> None:
    outcome = run(name, "--help")
    assert outcome.code == 0 and f"Example: mtl-audit {name}" in " ".join(outcome.out.split())


@pytest.mark.parametrize(
    "arguments", [["--help"], ["overlap", "--help"], ["plugins"], ["list", "encoders"]]
)
def test_the_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    heavy = "{'torch', 'numpy', 'pandas', 'scipy', 'rdkit', 'sklearn', 'rich', 'jinja2', 'pyarrow'}"
    code = f"import sys; from auditor.cli import run; run({arguments!r}); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_is_the_package_s(run: Run) -> None:
    assert run("--version").out == f"mtl-audit {__version__}\n"


def test_wrong_usage_is_one_line_and_a_hint(run: Run) -> None:
    for arguments in (["frobnicate"], ["overlap"], ["overlap", "x", "--nope"], ["list", "widgets"]):
        outcome = run(*arguments)
        assert outcome.code == 2 and outcome.out == "", arguments
        assert outcome.said[0].startswith("mtl-audit: error:") and "--help" in outcome.said[-1]


def test_list_and_plugins_give_json(run: Run) -> None:
    listed = json.loads(run("list", "encoders", "--format", "json").out)
    assert {"gcn", "gat", "cnn", "ecfp"} <= {c["name"] for c in listed["components"]}
    plugins = json.loads(run("plugins", "--format", "json").out)
    assert "affinity:gradient-cosine" in [c for p in plugins["plugins"] for c in p["components"]]


def test_a_broken_plugin_is_one_line_on_stderr_and_the_answer_stands(run: Run, tmp_path: Path) -> None:
    info = tmp_path / "path" / "bad_plugin-1.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "path" / "bad_plugin.py").write_text("raise RuntimeError('no driver\\nreally')")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\nbad = bad_plugin\n")
    environment = {"PYTHONPATH": str(tmp_path / "path")}
    outcome = run("list", "encoders", **environment)
    assert outcome.code == 0 and "gcn" in outcome.out
    assert len(outcome.said) == 1 and "bad-plugin" in outcome.said[0] and "no driver" in outcome.said[0]
    assert run("plugins", "--check", **environment).code == 5
    assert run("plugins", **environment).code == 0


def test_output_into_a_closed_pipe_is_no_error(table: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m auditor overlap {table} | head -1"
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr and done.stdout


def test_no_color_gives_no_escape_sequence_even_when_colour_is_forced_by_rich(
    run: Run, table: Path
) -> None:
    assert "\x1b" not in run("overlap", table, NO_COLOR="1", FORCE_COLOR="1").out
    assert "\x1b" in run("--color", "overlap", table).out


def test_ctrl_c_ends_with_130_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    rows = "\n".join(f"{'C' * (i % 60 + 1)}N{'C' * (i // 60 + 1)},{i % 2}" for i in range(6_000))
    path = tmp_path / "large.csv"
    path.write_text(f"smiles,a\n{rows}\n")
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(tmp_path / "cache")}
    target = tmp_path / "report.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "auditor", "overlap", str(path), "-o", str(target)],
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job's shell may ignore it
    )
    memory = tmp_path / "cache" / "identity"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(memory.glob("*.sqlite")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted" in said and "Traceback" not in said and not target.exists()
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "overlap", str(path), "-o", str(target)],
        env=env,
        capture_output=True,
    )
    assert done.returncode == 0 and target.exists()


def test_cache_lists_and_clears_its_parts(run: Run, table: Path) -> None:
    run("overlap", table)
    listed = run("cache", "list").out
    assert "identity" in listed and " 0 files" not in next(
        x for x in listed.splitlines() if "identity" in x
    )
    assert run("cache", "clear", "--yes").code == 0
    assert " 0 files" in next(x for x in run("cache", "list").out.splitlines() if "identity" in x)


def test_no_command_prints_the_help(run: Run) -> None:
    outcome = run()
    assert outcome.code == 2
    assert "Commands:" in outcome.out and "\\x0a" not in outcome.out + outcome.err


def test_a_choice_that_is_missing_is_one_line(run: Run) -> None:
    outcome = run("plugins", "new", "x")
    assert outcome.code == 2
    assert "Choose from: dataset, encoder" in outcome.err and "\\x0" not in outcome.err
