"""A real Dask scheduler and two workers: the same numbers, also when a worker is killed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from auditor.compute.cluster import on_cluster
from auditor.compute.execute import Execution, execute
from auditor.compute.jobs import Backend, in_process
from auditor.errors import DataError, UsageError
from auditor.transfer.measured.plan import measure, plan_benefit
from tests.compute.clusters import Cluster
from tests.compute.jobs_for_tests import DATA, executions, job
from tests.compute.studies import small_study, trainings_of
from tests.compute.test_execute import assert_same

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, workers=2)
    yield cluster
    cluster.end()


def run(store: Path, folder: Path, backend: Backend, **arguments: object) -> Execution:
    jobs = [job(number, folder, **arguments) for number in range(8)]
    return execute(jobs, DATA, store=store, backend=backend, label="running jobs")


def test_a_killed_worker_costs_its_job_only_and_the_numbers_are_those_of_one_process(
    cluster: Cluster, tmp_path: Path
) -> None:
    folder, reference = tmp_path / "executions", tmp_path / "reference"
    folder.mkdir()
    reference.mkdir()
    backend = partial(on_cluster, address=cluster.address)

    def kill_one() -> None:
        while len(list(folder.iterdir())) < 3:
            time.sleep(0.02)
        cluster.workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = run(tmp_path / "store", folder, backend, sleep_s=0.4)
    killer.join()
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert len(done.outcomes) == 8 and not done.failures
    started = executions(folder)
    assert sum(started.values()) <= 10  # at most what the dead worker had in hand is run again
    again = run(tmp_path / "store", folder, backend, sleep_s=0.4)
    assert again.ran == 0 and executions(folder) == started
    alone = execute(
        [job(number, folder, sleep_s=0.4) for number in range(8)],
        DATA,
        store=tmp_path / "alone",
        backend=in_process,
        label="running jobs",
    )
    assert_same(done, alone)


def test_a_failing_job_is_named_and_the_others_are_kept(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "executions"
    folder.mkdir()
    jobs = [job(0, folder), job(1, folder, "refuse"), job(2, folder)]
    backend = partial(on_cluster, address=cluster.address)
    done = execute(jobs, DATA, store=tmp_path / "store", backend=backend, label="running jobs")
    assert done.failures[jobs[1].key].error == "ValueError: nothing to learn from in 1"
    assert set(done.outcomes) == {jobs[0].key, jobs[2].key}


def test_a_lost_scheduler_is_one_clear_error_and_what_is_finished_is_kept(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "executions"
    folder.mkdir()

    def kill_scheduler() -> None:
        while not list((tmp_path / "store").glob("[0-9a-f]*")):
            time.sleep(0.02)
        cluster.processes[0].kill()

    killer = threading.Thread(target=kill_scheduler)
    killer.start()
    with pytest.raises(DataError, match="was lost") as caught:
        run(tmp_path / "store", folder, partial(on_cluster, address=cluster.address), sleep_s=0.5)
    killer.join()
    assert "what is finished is kept" in caught.value.hint
    assert "distributed" not in capfd.readouterr().err
    again = run(tmp_path / "store", folder, in_process, sleep_s=0.5)
    assert again.reused > 0 and len(again.outcomes) == 8


@pytest.mark.slow
def test_trainings_on_a_cluster_give_the_bytes_of_this_process(cluster: Cluster, tmp_path: Path) -> None:
    study = small_study()
    trainings = trainings_of(study.benchmark, study.split, tmp_path / "here")
    here, _ = measure(plan_benefit(trainings, seeds=1))
    trainings.cache = tmp_path / "there"
    there, failures = measure(
        plan_benefit(trainings, seeds=1), backend=partial(on_cluster, address=cluster.address)
    )
    assert not failures and here.keys() == there.keys()
    for place, outcome in here.items():
        assert there[place].facts == outcome.facts
        for name, values in outcome.arrays.items():
            assert there[place].arrays[name].tobytes() == values.tobytes()


def test_an_address_without_a_scheduler_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.compute.cluster.CONNECT_S", 1)
    with pytest.raises(UsageError, match="no Dask scheduler") as caught:
        run(tmp_path / "store", tmp_path, partial(on_cluster, address="tcp://127.0.0.1:9"))
    assert "dask scheduler" in caught.value.hint
