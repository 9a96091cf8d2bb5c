"""Many jobs: each outcome is kept at once, none is made twice, and a dead process costs one job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from auditor import console
from auditor.compute.execute import Execution, backend_of, execute
from auditor.compute.jobs import MAX_DEATHS, Backend, Job, in_process, in_processes, load_outcome
from auditor.errors import MissingExtra, UsageError
from tests.compute.jobs_for_tests import DATA, executions, job
from tests.compute.living import pool_of

PROCESSES = partial(in_processes, workers=2)
BACKENDS = pytest.mark.parametrize("backend", [in_process, PROCESSES], ids=["in-process", "processes"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where jobs leave a file for each execution."""
    (tmp_path / "executions").mkdir()
    return tmp_path / "executions"


def run(jobs: list[Job], store: Path, backend: Backend = in_process) -> Execution:
    return execute(jobs, DATA, store=store, backend=backend, label="running jobs")


def assert_same(first: Execution, second: Execution) -> None:
    assert first.outcomes.keys() == second.outcomes.keys()
    for key, outcome in first.outcomes.items():
        assert outcome.facts == second.outcomes[key].facts
        for name, values in outcome.arrays.items():
            assert values.tobytes() == second.outcomes[key].arrays[name].tobytes()


def test_processes_give_what_this_process_gives(tmp_path: Path, folder: Path) -> None:
    jobs = [job(number, folder) for number in range(6)]
    assert_same(run(jobs, tmp_path / "one"), run(jobs, tmp_path / "two", PROCESSES))


@BACKENDS
def test_a_second_call_runs_nothing(backend: Backend, tmp_path: Path, folder: Path) -> None:
    jobs = [job(number, folder) for number in range(4)]
    first = run(jobs, tmp_path / "store", backend)
    second = run(jobs, tmp_path / "store", backend)
    assert (first.ran, first.reused) == (4, 0)
    assert (second.ran, second.reused) == (0, 4)
    assert executions(folder) == dict.fromkeys(range(4), 1)
    assert_same(first, second)


def test_the_same_job_twice_in_a_list_is_run_once(tmp_path: Path, folder: Path) -> None:
    assert run([job(1, folder), job(1, folder)], tmp_path / "store").ran == 1
    assert executions(folder) == {1: 1}


def test_other_data_is_another_job(tmp_path: Path, folder: Path) -> None:
    first = job(1, folder)
    assert first.key != Job(first.function, first.arguments, "another digest").key
    assert first.key != job(1, folder, sleep_s=0.0).key


@BACKENDS
def test_a_failing_job_is_named_and_the_others_are_kept(
    backend: Backend, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [job(1, folder), job(2, folder, "refuse"), job(3, folder)]
    done = run(jobs, tmp_path / "store", backend)
    assert done.outcomes.keys() == {jobs[0].key, jobs[2].key}
    assert done.failures[jobs[1].key].error == "ValueError: nothing to learn from in 2"
    assert "refuse" in done.failures[jobs[1].key].traceback
    assert "job 2 failed: ValueError: nothing to learn from in 2" in capsys.readouterr().err


def test_a_process_that_is_killed_costs_its_own_job_only(tmp_path: Path, folder: Path) -> None:
    jobs = [job(number, folder, "die_once" if number == 2 else "draw") for number in range(6)]
    done = run(jobs, tmp_path / "store", PROCESSES)
    assert len(done.outcomes) == 6 and not done.failures
    assert executions(folder) == {0: 1, 1: 1, 2: 2, 3: 1, 4: 1, 5: 1}
    again = run([job(2, folder)], tmp_path / "plain").outcomes[job(2, folder).key]
    assert np.array_equal(again.arrays["values"], done.outcomes[jobs[2].key].arrays["values"])


def test_a_job_that_ends_every_process_is_given_up(tmp_path: Path, folder: Path) -> None:
    jobs = [job(0, folder, "die"), job(1, folder), job(2, folder)]
    done = run(jobs, tmp_path / "store", PROCESSES)
    assert done.failures[jobs[0].key].error == f"ended its process {MAX_DEATHS} times, at last by SIGKILL"
    assert len(done.outcomes) == 2
    assert executions(folder)[0] == MAX_DEATHS


def test_an_outcome_that_was_damaged_on_disk_is_made_anew(tmp_path: Path, folder: Path) -> None:
    one, store = job(1, folder), tmp_path / "store"
    first = run([one], store)
    file = store / one.key / "arrays.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert load_outcome(store, one) is None
    assert_same(run([one], store), first)
    assert executions(folder) == {1: 2}


def test_no_process_is_left_when_the_loop_ends_early(folder: Path) -> None:
    running = in_processes([job(number, folder, sleep_s=30) for number in range(2)], DATA, workers=2)
    generator = iter(running)
    import threading

    threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(generator)
    assert time.monotonic() - started < 15
    assert not pool_of()


SCRIPT = """
from pathlib import Path
import sys
from tests.compute.jobs_for_tests import DATA, job
from auditor.compute.execute import backend_of, execute

if __name__ == "__main__":
    store, folder, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    jobs = [job(number, folder, sleep_s=0.5) for number in range(8)]
    execute(jobs, DATA, store=store, backend=backend_of(workers=workers), label="running jobs")
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_a_run_that_goes_on_where_it_was(workers: int, tmp_path: Path, folder: Path) -> None:
    store, script = tmp_path / "store", tmp_path / "script.py"
    script.write_text(SCRIPT)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, script, store, folder, str(workers)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(store.glob("[0-9a-f]*")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to parent and workers alike
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0 and b"KeyboardInterrupt" in errors
    kept = len(list(store.glob("[0-9a-f]*")))
    assert 0 < kept < 8
    done = run([job(number, folder, sleep_s=0.5) for number in range(8)], store)
    assert (done.reused, done.ran) == (kept, 8 - kept)


def test_progress_counts_the_jobs(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console.settings, "progress", False)
    run([job(number, folder, sleep_s=0.6) for number in range(3)], tmp_path / "store")
    assert "running jobs (3 steps)" in capsys.readouterr().err


def test_a_back_end_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backend_of() is in_process
    with pytest.raises(UsageError):
        backend_of(workers=0)
    with pytest.raises(UsageError, match="both"):
        backend_of(workers=2, scheduler="tcp://127.0.0.1:1")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match="distributed"):
        backend_of(scheduler="tcp://127.0.0.1:1")


def test_a_reason_that_many_jobs_share_is_said_once_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [
        Job("tests.compute.jobs_for_tests:nothing_of_that_name", {"n": n}, "data", f"job {n}")
        for n in range(5)
    ]
    done = execute(jobs, DATA, store=tmp_path / "store", label="running jobs")
    said = [line for line in capsys.readouterr().err.splitlines() if "failed" in line]
    assert len(done.failures) == 5 and len(said) == 2
    assert "job 0 failed: AttributeError" in said[0] and "5 jobs failed in the same way" in said[1]
