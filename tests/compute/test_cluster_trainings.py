"""Real trainings on a real cluster: the finding of one process, whatever is killed on the way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from auditor.analyses.benefit.analysis import analyse, plan_of
from auditor.compute.jobs import Done, Job, in_process
from auditor.document.jsonable import plain_data
from auditor.report.json import dump
from tests.analyses.benefit.test_analysis import context_of
from tests.compute.clusters import ROOT, Cluster

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow
WORK: dict[str, Any] = {
    "epochs": 40, "batch_size": 8, "patience": 40, "seeds": 1, "split": "random", "groups": "A1+A2+A3",
}  # fmt: skip
TRAININGS = 4 + 6 + 1 + 1
SMALL = ("synthetic", "--dataset-option", "labels_per_task=150", "--dataset-option", "tasks=4", "--encoder",
         "ecfp", "--encoder-option", "width=16", "--encoder-option", "hidden=24", "--encoder-option",
         "bits=128", "--split", "random", "--epochs", "5", "--batch-size", "8")  # fmt: skip


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), workers=2)
    yield cluster
    cluster.end()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The finding of the same benefit, trained in this process."""
    return content(analyse(context_of(tmp_path_factory.mktemp("here"), tasks=4), **WORK))


def content(found: Any) -> bytes:
    """The whole content of a finding as bytes."""
    return bytes(dump(plain_data({"sentence": found.sentence, "data": dict(found.data)})))


def finished(cache: Path) -> int:
    """How many trainings a cache holds."""
    return len(written(cache))


def audit(*arguments: object, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "auditor", *map(str, arguments), "--cache-dir", str(cache)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cache.parent, timeout=900)


def written(cache: Path) -> dict[Path, int]:
    """Return the kept trainings of a cache, with the time when each was written."""
    return {path: path.stat().st_mtime_ns for path in (cache / "jobs").glob("[0-9a-f]*/manifest.json")}


def findings(document: str | bytes) -> Any:
    """What a document says, less how it came about."""
    told = json.loads(document)["data"]["findings"]
    return [{**found, "data": {**found["data"], "trainings": None}} for found in told]


def test_a_worker_killed_at_a_training_changes_no_byte_and_repeats_no_finished_training(
    cluster: Cluster, here: bytes, tmp_path: Path
) -> None:
    held: list[str] = []

    def kill() -> None:
        held.extend(cluster.kill_at_work(0, after=lambda: finished(tmp_path) >= 2))

    killer = threading.Thread(target=kill)
    killer.start()
    found = analyse(context_of(tmp_path, tasks=4), scheduler=cluster.address, **WORK)
    killer.join()
    assert held, "the worker held no training when it was killed"
    assert content(found) == here
    assert found.data["trainings"]["in_all"] == TRAININGS and not found.data["trainings"]["failures"]
    ended, lost = cluster.transitions("processing", "memory"), cluster.transitions("processing", "released")
    assert len(ended) == TRAININGS and set(ended.values()) == {1}  # none was finished twice
    assert set(lost) >= set(held)  # what the dead worker held, and was given to the other
    again = analyse(context_of(tmp_path, tasks=4), scheduler=cluster.address, **WORK)
    assert content(again) == here and cluster.transitions("processing", "memory") == ended
    cluster.workers[0] = cluster.start_worker(0)  # for the tests after this one
    cluster.wait(2)


def test_the_commands_say_the_same_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    recommend = ("recommend", *SMALL, "--budget", 6, "--seeds", 1, "--format", "json")
    analyze = ("analyze", *SMALL, "--format", "json", "--affinity", "chemical-correlation", "--only", "benefit",
               "--analysis-option", "benefit.seeds=1")  # fmt: skip
    elsewhere = {"recommend": ("--scheduler", cluster.address),
                 "analyze": ("--analysis-option", f"benefit.scheduler={cluster.address}")}  # fmt: skip
    for command in (recommend, analyze):
        before = cluster.transitions("processing", "memory").total()
        there = audit(*command, *elsewhere[command[0]], cache=tmp_path / f"there-{command[0]}")
        assert there.returncode == 0, there.stderr
        trained = cluster.transitions("processing", "memory").total() - before
        assert trained == finished(tmp_path / f"there-{command[0]}") > 8  # every training was the cluster's
        alone = audit(*command, cache=tmp_path / f"here-{command[0]}")
        assert alone.returncode == 0, alone.stderr
        assert findings(there.stdout) == findings(alone.stdout)


def test_a_lost_scheduler_is_one_line_and_the_next_run_trains_the_rest(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    own, cache, ended = Cluster(tmp_path / "cluster", workers=1), tmp_path / "cache", threading.Event()

    def kill() -> None:
        while finished(cache) < 2 and not ended.wait(0.02):
            continue
        own.processes[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        done = audit(
            "recommend", *SMALL, "--budget", 6, "--seeds", 1, "--scheduler", own.address, cache=cache
        )
    finally:
        ended.set()
        killer.join()
        own.end()
    said = [line for line in done.stderr.splitlines() if line.startswith(("mtl-audit", "  hint"))]
    assert done.returncode == 4 and done.stdout == "", done.stderr
    assert "Traceback" not in done.stderr and "distributed" not in done.stderr, done.stderr
    assert said == [
        f"mtl-audit: error: the scheduler at {own.address} was lost",
        "  hint: run the same command again: what is finished is kept",
    ]
    kept = written(cache)
    again = audit("recommend", *SMALL, "--budget", 6, "--seeds", 1, "--format", "json", cache=cache)
    assert again.returncode == 0, again.stderr
    assert 2 <= len(kept) < finished(cache) == 4 + 6
    assert kept.items() <= written(cache).items()  # the rest, and nothing else, was trained


def test_a_worker_with_another_version_is_named_before_anything_is_trained(tmp_path: Path) -> None:
    other, folder = tmp_path / "other", tmp_path / "cluster"
    folder.mkdir()
    for name in ("auditor", "plugins"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    loss = other / "auditor" / "training" / "loss.py"
    loss.write_text(loss.read_text() + "\nANOTHER = 1\n")
    cluster = Cluster(folder, workers=1, code=other)
    try:
        done = audit("recommend", *SMALL, "--scheduler", cluster.address, cache=tmp_path / "cache")
        assert done.returncode == 4 and done.stderr.count("mtl-audit: error:") == 1, done.stderr
        assert "worker at tcp://127.0.0.1" in done.stderr and "install the same versions" in done.stderr
        assert not finished(tmp_path / "cache")
    finally:
        cluster.end()


def test_a_training_for_another_version_is_refused_where_it_would_run(tmp_path: Path) -> None:
    plan = plan_of(context_of(tmp_path, tasks=4), seeds=1, pairs=1, groups="", split="random",
                   epochs=2, batch_size=8, patience=2)  # fmt: skip
    first = next(iter(plan.jobs.values()))
    stale = Job(
        first.function,
        {**first.arguments, "code": {**first.arguments["code"], "training code": "another"}},
        first.data,
        first.name,
    )
    results: Sequence[Done] = list(in_process([stale], _data(plan)))
    assert "another version of mtl-audit" in getattr(results[0].result, "error", "")


def _data(plan: Any) -> bytes:
    from auditor.training.groups.study import encode_study

    return encode_study(plan.study)
