"""Ctrl-C on a terminal at every stage: one line, code 130, no process left behind, nothing finished is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import pytest

from auditor.errors import INTERRUPTED
from tests.cli.test_terminal_behaviour import ESCAPE, on_terminal, settings
from tests.compute.slow_steps import install

ROOT = Path(__file__).parents[2]
TINY = ("synthetic", "--dataset-option", "labels_per_task=120", "--dataset-option", "tasks=4", "--encoder", "ecfp",
        "--encoder-option", "width=16", "--encoder-option", "hidden=24", "--encoder-option", "bits=128",
        "--split", "random", "--batch-size", "8")  # fmt: skip
NO_TRAINING = ("--affinity", "chemical-correlation", "--only", "slow-step")
BENEFIT = (
    "--affinity",
    "chemical-correlation",
    "--only",
    "benefit",
    "--analysis-option",
    "benefit.seeds=1",
)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a command with the waiting plugin, and a mark that its processes inherit."""
    steps = folder / "steps"
    steps.mkdir()
    path = [str(ROOT), str(ROOT / "plugins"), str(install(folder / "plugin"))]
    more = {"SLOW_STEPS": str(steps), "PYTHONPATH": os.pathsep.join(path), "MTL_MARK": uuid.uuid4().hex}
    return settings(folder / "cache", **more)


def left_behind(env: Mapping[str, str]) -> list[int]:
    """The processes that still carry the mark, once those that are ending have had time to."""
    mark, until = f"MTL_MARK={env['MTL_MARK']}".encode(), time.monotonic() + 10
    found: list[int] = []
    while time.monotonic() < until:
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue
        if not found:
            return []
        time.sleep(0.1)
    return found


def assert_one_line(code: int, screen: str, env: Mapping[str, str]) -> None:
    shown = ESCAPE.sub("", screen).replace("\r", "\n").rstrip()
    said = shown[-1000:]
    assert code == 130 and "Traceback" not in shown and "bug" not in shown, said
    assert shown.count("interrupted") == 1 and shown.endswith(INTERRUPTED), said
    assert not left_behind(env)


def finished(cache: Path) -> int:
    return len(list((cache / "jobs").glob("[0-9a-f]*/manifest.json")))


@pytest.mark.parametrize(
    ("stage", "arguments"),
    [
        ("data", ("analyze", *TINY, "--also", "slow-data", "-o", "out")),
        ("analysis", ("analyze", *TINY, *NO_TRAINING, "-o", "out")),
        (
            "report",
            ("analyze", *TINY, *NO_TRAINING[:2], "--only", "power", "--format", "slow", "-o", "out"),
        ),
        ("data", ("recommend", *TINY, "--also", "slow-data")),
        (
            "report",
            ("recommend", *TINY, "--seeds", "1", "--budget", "6", "--epochs", "1", "--format", "slow"),
        ),
    ],
)
def test_ctrl_c_at_a_stage_is_one_line_and_130(
    stage: str, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = environment(tmp_path)
    reached = tmp_path / "steps" / stage
    code, screen = on_terminal(list(arguments), env, interrupt_when=reached.exists, limit_s=900)
    assert reached.exists(), screen
    assert_one_line(code, screen, env)
    assert (tmp_path / "out" / "audit.json").exists() == (stage == "report" and arguments[0] == "analyze")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "trainings"),
    [
        (("recommend", *TINY, "--seeds", "1", "--budget", "6", "--workers", "2"), 4 + 6),
        (("analyze", *TINY, *BENEFIT, "--analysis-option", "benefit.workers=2", "-o", "out"), 4 + 6 + 1),
    ],
)
def test_ctrl_c_ends_the_workers_and_the_same_command_trains_the_rest(
    arguments: tuple[str, ...], trainings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env, cache = environment(tmp_path), tmp_path / "cache"
    arguments = (*arguments, "--epochs", "20", "--patience", "20")
    code, screen = on_terminal(
        list(arguments), env, interrupt_when=lambda: finished(cache) >= 2, limit_s=900
    )
    assert_one_line(code, screen, env)
    kept = {path: path.stat().st_mtime_ns for path in (cache / "jobs").glob("[0-9a-f]*/manifest.json")}
    assert 2 <= len(kept) < trainings and not (tmp_path / "out").exists()
    command = [sys.executable, "-m", "auditor", *arguments, "--format", "json"]
    again = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["kind"] == (
        "analysis" if arguments[0] == "analyze" else "recommendation"
    )
    assert finished(cache) == trainings
    assert all(path.stat().st_mtime_ns == written for path, written in kept.items())  # none was made again


def test_ctrl_c_while_runs_are_read_for_a_comparison(tmp_path: Path) -> None:
    env, pipe = environment(tmp_path), tmp_path / "pipe"
    os.mkfifo(pipe)

    class Held:
        """Keeps the pipe open for writing once somebody reads, so that the reader waits.

        Python sees a signal that comes just before a blocking read only after it: so the reader is given
        the time to reach it.
        """

        end: int | None = None
        since = 0.0

        def __call__(self) -> bool:
            if self.end is None:
                try:
                    self.end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
                except OSError:
                    return False
                self.since = time.monotonic()
            return time.monotonic() - self.since > 1

    held = Held()
    code, screen = on_terminal(["compare", pipe, pipe], env, interrupt_when=held)
    assert held.end is not None, screen
    os.close(held.end)
    assert_one_line(code, screen, env)


@pytest.mark.parametrize("module", ["click", "pluggy", "rich"])
def test_ctrl_c_while_the_command_is_being_imported(module: str, tmp_path: Path) -> None:
    env, first = environment(tmp_path), tmp_path / "first"
    first.mkdir()
    text = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(1)\n"
    (first / f"{module}.py").write_text(text)  # imported in place of the library of that name
    env["PYTHONPATH"] = f"{first}{os.pathsep}{env['PYTHONPATH']}"
    arguments = (
        ["list", "datasets"] if module != "rich" else ["--progress", "analyze", *TINY, "--epochs", "1"]
    )
    code, screen = on_terminal(arguments, env)
    assert_one_line(code, screen, env)
