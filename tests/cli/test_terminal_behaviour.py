"""The command on a terminal, in a pipe, without either, and under Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SMALL = ("--dataset-option", "compounds=240", "--dataset-option", "tasks=4", "--encoder", "ecfp")
CTRL_C = b"\x03"


def settings(cache: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command, colour left to the terminal."""
    free = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**free, "TERM": "xterm-256color", "MTL_AUDIT_CACHE_DIR": str(cache), **more}


def on_terminal(
    arguments: list[object],
    env: Mapping[str, str],
    *,
    columns: int = 100,
    interrupt_when: Callable[[], bool] = lambda: False,
    limit_s: float = 120,
) -> tuple[int, str]:
    """Run a command on a pseudo-terminal, typing Ctrl-C once when told; return its code and its screen."""
    command = [sys.executable, "-m", "auditor", *map(str, arguments)]
    child, screen = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job's shell may ignore it
        os.execve(sys.executable, command, dict(env))
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.set_blocking(screen, False)
    shown, typed, deadline = b"", False, time.monotonic() + limit_s
    try:
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                try:
                    shown += os.read(screen, 65536)
                except OSError as error:
                    if not isinstance(error, BlockingIOError):
                        break  # the other side is closed
                    raise
            if not typed and interrupt_when():
                os.write(screen, CTRL_C)
                typed = True
            time.sleep(0.01)
        else:
            os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(errors="replace")
    finally:
        os.close(screen)


def shell(line: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, `audit` standing for the command."""
    text = f'audit() {{ "{sys.executable}" -m auditor "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-c", text],
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A table whose JSON is longer than a pipe holds: 40 tasks with all compounds, 40 with none in common."""
    path = tmp_path / "wide.csv"
    names = [f"a_task_with_a_long_name_{i}" for i in range(60)]
    rows = [",".join(["smiles", *names])]
    for size in range(1, 31):
        cells = [str((size + i) % 2) if (i + size) % 3 else "" for i in range(60)]
        rows.append(",".join([f"{'C' * size}O", *cells]))
    path.write_text("\n".join(rows) + "\n")
    return path


def test_a_narrow_terminal_gets_no_line_wider_than_itself(table: Path, tmp_path: Path) -> None:
    code, screen = on_terminal(["overlap", table], settings(tmp_path / "cache"), columns=40)
    assert code == 0
    lines = [ESCAPE.sub("", line) for line in re.split(r"[\r\n]+", screen)]
    wide = [line for line in lines if len(line) > 40]
    assert not wide, wide
    assert "Overlap audit" in screen and "\x1b[" in screen


def test_no_color_on_a_terminal_gives_no_colour(table: Path, tmp_path: Path) -> None:
    for env, before in (({"NO_COLOR": "1", "FORCE_COLOR": "1"}, []), ({}, ["--no-color"])):
        code, screen = on_terminal([*before, "overlap", table], settings(tmp_path / "cache", **env))
        assert code == 0 and not re.search(r"\x1b\[[0-9;]*m", screen)


def test_a_pipe_and_a_file_get_the_same_plain_text(table: Path, tmp_path: Path) -> None:
    env = settings(tmp_path / "cache", SOURCE_DATE_EPOCH="1750000000")
    report = tmp_path / "report.txt"
    piped = shell(f"audit overlap {table} | cat", env)
    filed = shell(f"audit overlap {table} > {report}", env)
    assert piped.returncode == filed.returncode == 0
    assert "\x1b" not in piped.stdout + piped.stderr and "\r" not in piped.stdout + piped.stderr
    assert [x for x in piped.stdout.splitlines() if "command" not in x] == [
        x for x in report.read_text().splitlines() if "command" not in x
    ]


def test_a_reader_that_leaves_early_changes_neither_the_work_nor_its_code(
    wide: Path, tmp_path: Path
) -> None:
    env = settings(tmp_path / "cache")
    for format_ in ("json", "csv", "markdown"):
        line = f"audit overlap {wide} --check --format {format_} | head -1; echo ${{PIPESTATUS[0]}}"
        done = shell(line, env)
        assert done.stdout.splitlines()[-1] == "3", done.stderr
        *read, said = done.stderr.splitlines()
        assert [line.partition(":")[0] for line in read] == [
            "File",
            "SMILES",
            "Tasks",
            "Rows",
            "Not measured",
        ]
        assert said.startswith("gate failed: These tasks share too few compounds")


def test_closed_streams_are_no_error(table: Path, tmp_path: Path) -> None:
    env = settings(tmp_path / "cache")
    for line in ("audit overlap X >&-", "audit overlap X 2>&-", "audit overlap X --format json >&- 2>&-"):
        done = shell(line.replace("X", str(table)), env)
        assert done.returncode == 0, (line, done.stderr)
    closed = shell(f"audit overlap {table} --format html -o {tmp_path / 'r.html'} 2> >(exit)", env)
    assert closed.returncode == 0 and (tmp_path / "r.html").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_stdout_is_one_clear_line(table: Path, tmp_path: Path) -> None:
    for format_ in ("json", "terminal"):
        line = f"audit overlap {table} --format {format_} > /dev/full"
        done = shell(line, settings(tmp_path / "cache"))
        assert done.returncode == 4 and "Traceback" not in done.stderr, done.stderr
        assert "cannot write to stdout" in done.stderr


def test_ascii_terminals_get_ascii(table: Path, tmp_path: Path) -> None:
    env = settings(tmp_path / "cache", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    done = shell(f"audit overlap {table}", env)
    assert done.returncode == 0 and done.stdout.isascii() and "Traceback" not in done.stderr


def test_quiet_says_nothing_wherever_it_stands(run: Run, table: Path) -> None:
    for arguments in (("-q", "overlap", table), ("overlap", table, "--quiet")):
        outcome = run(*arguments)
        assert outcome.code == 0 and outcome.out and outcome.err == ""


def test_ctrl_c_while_reading_ends_with_130_at_once(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    target = tmp_path / "out"
    arguments = ["analyze", "synthetic", *SMALL, "--epochs", "2", "--output", target]
    code, screen = on_terminal(
        arguments, settings(cache), interrupt_when=lambda: (cache / "datasets").exists()
    )
    assert code == 130 and "interrupted" in screen and "Traceback" not in screen, screen
    assert not target.exists()


def test_ctrl_c_in_a_training_ends_with_130_and_the_same_command_goes_on(run: Run, tmp_path: Path) -> None:
    cache, target = tmp_path / "cache", tmp_path / "out"
    arguments = [
        "analyze",
        "synthetic",
        *SMALL,
        "--epochs",
        "40",
        "--batch-size",
        "16",
        "--skip",
        "controls",
    ]
    arguments += ["--patience", "40", "--output", target]
    trainings = cache / "trainings"
    env = settings(cache, MTL_AUDIT_CHECKPOINT_S="0.01")
    code, screen = on_terminal(
        arguments, env, interrupt_when=lambda: bool(list(trainings.glob("*.checkpoint")))
    )
    assert code == 130 and "interrupted" in screen and "Traceback" not in screen, screen
    assert "the same command goes on from there" in screen and not target.exists()
    assert re.search(r"training ecfp.*\d+/\d+", ESCAPE.sub("", screen)), "no bar was drawn"
    resumed = run(*arguments, cache=cache)
    assert resumed.code == 0, resumed.err
    runs = json.loads((target / "audit.json").read_text())["data"]["training"]["runs"]
    assert runs[0]["epochs"] == 40 and not list(trainings.glob("*.checkpoint"))
    assert "\r" not in resumed.err and "\x1b" not in resumed.err
