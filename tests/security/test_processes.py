"""Processes that the tool starts run its own code, whatever lies in the working folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMING = """
from auditor.plugin.loading import load_registry
from auditor.chemistry.naming_pool import name_in_workers
if __name__ == "__main__":
    level = load_registry().get("identity", "canonical")
    for named in name_in_workers(["OCC", "CCN"], level, workers=1):
        print(sorted(one.name for one in named.values()))
"""
TRAINING = """
from auditor.compute.jobs import Job, in_processes
if __name__ == "__main__":
    job = Job("tests.compute.jobs_for_tests:nothing_there", {}, "d")
    for done in in_processes([job], b"", workers=1):
        print(type(done.result).__name__)
"""


@pytest.mark.parametrize(("script", "expected"), [(NAMING, "['CCN', 'CCO']"), (TRAINING, "Failure")])
def test_no_module_of_the_working_folder_is_imported(tmp_path: Path, script: str, expected: str) -> None:
    folder = tmp_path / "somebody-elses-data"
    folder.mkdir()
    mark = tmp_path / "code-ran"
    for name in ("pickle", "signal", "multiprocessing", "contextlib", "math", "rdkit", "sitecustomize"):
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write(__name__)\nraise SystemExit\n")
    program = tmp_path / "program" / "run.py"
    program.parent.mkdir()
    program.write_text(script)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(program)], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == expected, done.stderr
    assert not mark.exists(), mark.read_text()
