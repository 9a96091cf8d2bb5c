"""A plugin whose steps wait to be interrupted, each after it has left a file that says it was reached."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from auditor import hookimpl

HERE = "tests.compute.slow_steps"


@hookimpl
def register_analyses(register: Any) -> None:
    register("slow-data", f"{HERE}:data_step", summary="waits", stage="data", default=False)
    register("slow-step", f"{HERE}:analysis_step", summary="waits", default=False)


@hookimpl
def register_exporters(register: Any) -> None:
    register("slow", f"{HERE}:export", summary="waits", suffix=".slow", media_type="text/plain")


def data_step(context: Any) -> None:
    wait("data")


def analysis_step(context: Any) -> None:
    wait("analysis")


def export(report: Any) -> bytes:
    wait("report")
    return b""


def wait(name: str) -> None:
    (Path(os.environ["SLOW_STEPS"]) / name).touch()
    time.sleep(60)


def install(folder: Path) -> Path:
    """Write what makes this module an installed plugin for whoever has the folder on its path."""
    about = folder / "slow_steps-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-steps\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[mtl_audit]\nslow = {HERE}\n")
    return folder
