"""Real commands, killed: a few repetitions of what ``python -m benchmarks.faults`` does in hundreds."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from auditor.training import checkpoint
from benchmarks.faults import kill, locks
from benchmarks.faults.cases import OVERLAP
from benchmarks.faults.child import run
from benchmarks.faults.holds import finished, kept
from benchmarks.faults.tally import Tally

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows forks no process")


def test_an_overlap_that_is_killed_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    plain = kill.undisturbed(OVERLAP, tmp_path / "plain")
    rng = random.Random(0)
    found = kill._kills(OVERLAP, plain, 3, tmp_path / "operation", kill._at_operation(rng, plain))
    assert found.clean and found.times == 3, found.examples


def test_two_processes_write_one_report(tmp_path: Path) -> None:
    plain = kill.undisturbed(OVERLAP, tmp_path / "plain")
    folder = locks._fresh(OVERLAP, tmp_path / "together")
    tally = Tally("two at once")
    locks._all_end(OVERLAP, folder, [locks._start(OVERLAP, folder, n) for n in range(2)], plain, tally)
    assert tally.clean, tally.examples


def test_an_entry_that_is_gone_is_blamed(tmp_path: Path) -> None:
    from auditor.cache.store import save_entry

    save_entry(tmp_path / "jobs" / "a", {"x": b"1"}, {})
    before, tally = finished(tmp_path), Tally("gone")
    (tmp_path / "jobs" / "a" / "x").write_bytes(b"2")
    kept(before, tmp_path, tally)
    assert tally.lost == 1


def test_a_refusal_is_clear_and_a_traceback_is_not(tmp_path: Path) -> None:
    refused = run(("overlap", "nowhere.csv"), tmp_path)
    assert (refused.is_clear(4) and not refused.is_clear(0)) or refused.is_clear(2)
    assert checkpoint.INTERVAL_S > 0
