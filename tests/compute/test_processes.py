"""The pool: one thing at a time, deaths are told, and no process outlives what started it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
import types
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from auditor.compute.jobs import in_processes
from auditor.compute.processes import Death, Program, Ran, Worker, run_all
from tests.compute.jobs_for_tests import DATA, job
from tests.compute.living import all_gone, pool_of
from tests.compute.things_for_tests import busy, crashing, dying, echoing, failing, meddling, spinning

ROOT = Path(__file__).parents[2]


def run(things: Sequence[Any], opening: Callable[[], Any], *, workers: int = 1, **more: Any) -> list[Ran]:
    work = run_all(things, Program(opening, **more), Worker.run, workers=workers)
    return list(work)


def test_a_process_answers_each_thing_as_often_as_it_likes_and_serves_the_next() -> None:
    found = run([2, 0, 3], echoing)
    assert [[number for number, _ in ran.answers] for ran in found] == [[2, 2], [], [3, 3, 3]]
    assert len({pid for ran in found for _, pid in ran.answers}) == 1
    assert not pool_of()


@pytest.mark.parametrize(("number", "name"), [(signal.SIGSEGV, "SIGSEGV"), (0, "exit 3")])
def test_a_death_is_told_with_what_was_answered_before_it(number: int, name: str) -> None:
    first, second = run([number, number], crashing, quiet=True)
    assert first.answers == second.answers == [1]
    assert first.death is not None and (first.death.name, first.death.opened) == (name, True)
    assert second.death == first.death


def test_a_program_that_cannot_open_says_why() -> None:
    (ran,) = run([1], failing, quiet=True)
    assert ran == Ran([], Death(1, opened=False, said="ValueError: nothing here"))


def test_a_program_that_only_its_parent_knows_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("known_here_alone")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec("def opening():\n    return None", module.__dict__)
    (ran,) = run([1], module.opening, quiet=True)
    assert ran.death is not None and "No module named 'known_here_alone'" in ran.death.said


def test_processor_time_is_limited_for_each_answer_and_not_for_all_together() -> None:
    slow, quick = run([5.0, 0.8], spinning, limit_s=1)
    assert slow.death is not None and slow.death.name == "SIGXCPU" and not slow.answers
    assert quick.death is None and len(quick.answers) == 3


def test_what_a_library_reads_and_prints_is_not_between_the_answers(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert [ran.answers for ran in run([1, 2], meddling)] == [[("", b"")]] * 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("native code") == 2
    run([1], meddling, quiet=True)
    assert capfd.readouterr() == ("", "")


def test_what_the_work_raises_is_raised_and_ends_all() -> None:
    def work(worker: Worker, thing: int) -> Ran:
        if thing == 2:
            raise ValueError("two")
        return worker.run(thing)

    with pytest.raises(ValueError, match="two"):
        list(run_all([1, 2, *range(3, 200)], Program(echoing), work, workers=2))
    assert not pool_of()


def test_a_process_that_dies_while_it_waits_is_replaced() -> None:
    worker = Worker(Program(echoing))
    ((_, pid),) = worker.run(1).answers
    os.kill(pid, signal.SIGKILL)
    assert all_gone([pid], within_s=20)
    assert worker.run(1).death is None
    worker.end()


SCRIPT = """
import sys
from functools import partial
from pathlib import Path
from auditor.compute.processes import Program, Worker, run_all
from tests.compute.things_for_tests import busy

list(run_all([sys.argv[2]] * 2, Program(partial(busy, Path(sys.argv[1]))), Worker.run, workers=2))
"""


def started(folder: Path, how: str) -> tuple[subprocess.Popen[bytes], set[int]]:
    """Return a process whose two workers are in mid-work, and those."""
    folder.mkdir()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), how], env=env, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2:
        assert parent.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    return parent, {int(path.name) for path in folder.iterdir()}


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere native code that never yields cannot be ended"
)
@pytest.mark.parametrize("how", ["python", "native"])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_workers_in_mid_work_end_with_the_process_that_started_them(
    how: str, end: signal.Signals, tmp_path: Path
) -> None:
    parent, workers = started(tmp_path / "workers", how)
    assert pool_of(parent.pid) == workers
    parent.send_signal(end)
    parent.wait()
    gone = all_gone(workers, within_s=20)
    for pid in set() if gone else workers:
        os.kill(pid, signal.SIGKILL)
    assert gone


def test_without_help_from_the_kernel_a_worker_notices_that_its_parent_is_gone(tmp_path: Path) -> None:
    worker = Worker(Program(partial(unheralded, tmp_path)))
    threading.Thread(target=worker.run, args=("python",), daemon=True).start()
    while not list(tmp_path.iterdir()):
        time.sleep(0.05)
    assert worker.process is not None and worker.process.stdin is not None
    worker.process.stdin.close()  # as the death of this process would
    gone = all_gone([worker.process.pid], within_s=20)
    worker.stop()
    assert gone


def unheralded(folder: Path) -> Any:
    """Work for ever in a process that the kernel does not end with its parent."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, ctypes.c_ulong(0))
    return busy(folder)


def test_ctrl_c_on_a_terminal_ends_no_process_of_the_pool_however_young(tmp_path: Path) -> None:
    def interrupt() -> None:
        while not (pids := pool_of()):
            time.sleep(0.001)
        for _ in range(50):
            os.kill(*pids, signal.SIGINT)
            time.sleep(0.01)
        while not list(tmp_path.iterdir()):
            time.sleep(0.05)
        os.kill(*pids, signal.SIGKILL)

    threading.Thread(target=interrupt, daemon=True).start()
    (ran,) = run(["python"], partial(busy, tmp_path))
    assert ran.death == Death(-signal.SIGKILL, opened=True, said="")


def test_every_thing_ends_exactly_once_whatever_dies() -> None:
    def work(worker: Worker, number: int) -> tuple[int, int]:
        deaths = 0
        while True:
            ran = worker.run(number)
            assert set(ran.answers) <= {number}
            if ran.death is None:
                assert ran.answers == [number, number]
                return number, deaths
            deaths += 1

    found = list(run_all(range(200), Program(partial(dying, 0.15), quiet=True), work, workers=4))
    assert sorted(number for number, _ in found) == list(range(200))
    assert sum(deaths for _, deaths in found) > 20
    assert not pool_of()


def test_every_job_ends_exactly_once_while_processes_are_killed_at_random(tmp_path: Path) -> None:
    over, rng = threading.Event(), random.Random(0)
    kills = 0

    def kill() -> None:
        nonlocal kills
        while not over.wait(rng.uniform(0.02, 0.2)):
            living = sorted(pool_of())
            if living:
                os.kill(rng.choice(living), signal.SIGKILL)
                kills += 1

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        jobs = [job(number, tmp_path, sleep_s=0.02) for number in range(200)]
        ended = Counter(done.job.key for done in in_processes(jobs, DATA, workers=3))
    finally:
        over.set()
        killer.join()
    assert ended == dict.fromkeys((one.key for one in jobs), 1)
    assert kills > 5 and not pool_of()
