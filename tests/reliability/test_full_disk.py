"""A disk that is full for a while loses no finished job, and one that is full from the start runs none."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from auditor.cache.writing import parts_of
from auditor.compute.execute import execute
from auditor.compute.jobs import in_process, load_outcome
from auditor.compute.keeping import Keeping
from auditor.errors import StorageError
from tests.compute.jobs_for_tests import DATA, job


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where jobs leave a trace of having been run."""
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


class Disk:
    """A disk that refuses everything from one writing to another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self.sync = False, os.fsync
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, handle: int) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.sync(handle)


def test_what_a_full_disk_refused_is_written_when_there_is_space_again(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk, store = Disk(monkeypatch), tmp_path / "store"
    jobs = [job(number, folder) for number in range(4)]

    def filling(some, data):
        for number, done in enumerate(in_process(some, data)):
            disk.full = number in (1, 2)
            yield done

    found = execute(jobs, DATA, store=store, backend=filling, label="drawing")
    assert len(found.outcomes) == 4 and not found.failures
    said = capsys.readouterr().err
    assert "No space left on device" in said and "held in memory" in said
    for one in jobs:
        kept = load_outcome(store, one)
        assert kept is not None
        assert np.array_equal(kept[0].arrays["values"], found.outcomes[one.key].arrays["values"])


def test_nothing_is_run_where_nothing_can_be_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Disk(monkeypatch).full = True
    with pytest.raises(StorageError, match="No space left on device") as caught:
        execute([job(1, folder)], DATA, store=tmp_path / "store", label="drawing")
    assert "free some space" in caught.value.hint
    assert not list(folder.iterdir())


def test_a_probe_whose_process_was_killed_is_swept_by_the_next(tmp_path: Path, folder: Path) -> None:
    store = tmp_path / "store"
    pid = os.fork()
    if pid == 0:
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        try:
            Keeping(store).check()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert len(parts_of(store / "probe")) == 1
    execute([job(1, folder)], DATA, store=store, label="drawing")
    assert not parts_of(store / "probe")
