"""Damage in any file is noticed, also in those whose libraries would not notice it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
import torch

from auditor.chemistry.name_memory import recall, remember
from auditor.clock import VARIABLE, now_text
from auditor.errors import UsageError
from auditor.training.checkpoint import CheckpointFile
from benchmarks.faults.damage import DAMAGES
from benchmarks.faults.tally import Tally
from benchmarks.faults.tamper import _damaged

ROWS = [(f"C{'C' * length}O", f"name-{length}", "") for length in range(40)]
TEXTS = [row[0] for row in ROWS]


def test_a_changed_bit_in_the_weights_of_a_checkpoint_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = CheckpointFile(tmp_path / "run.checkpoint", {"seed": "0"}, due=0.0)
    weights = torch.arange(4_096, dtype=torch.float32)
    file.save(lambda: {"weights": weights})
    path = tmp_path / "run.checkpoint"
    data = path.read_bytes()
    place = data.index(weights.numpy().tobytes()) + 4_001
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    assert file.load() is None
    assert "damaged" in capsys.readouterr().err
    path.write_bytes(data)
    found = file.load()
    assert found is not None and torch.equal(found["weights"], weights)


def test_a_changed_name_is_forgotten_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = tmp_path / "names.sqlite"
    remember(memory, ROWS)
    data = memory.read_bytes()
    assert data.count(b"name-17") == 1
    memory.write_bytes(data.replace(b"name-17", b"name-71"))
    found = recall(memory, TEXTS)
    assert found == {row[0]: row for row in ROWS if row[1] != "name-17"}
    assert "naming 1 compounds again" in capsys.readouterr().err


def test_names_of_another_level_are_not_taken_for_this_ones(tmp_path: Path) -> None:
    remember(tmp_path / "one.sqlite", ROWS)
    (tmp_path / "one.sqlite").rename(tmp_path / "two.sqlite")
    assert recall(tmp_path / "two.sqlite", TEXTS) == {}


def test_a_memory_that_is_busy_is_not_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = tmp_path / "names.sqlite"
    remember(memory, ROWS)
    connect = sqlite3.connect
    monkeypatch.setattr(
        "auditor.chemistry.name_memory.sqlite3.connect", lambda path, **_: connect(path, timeout=0.0)
    )
    other = connect(memory, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert recall(memory, TEXTS) == {}
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert recall(memory, TEXTS) == {row[0]: row for row in ROWS}


def test_a_memory_damaged_anywhere_tells_nothing_wrong(tmp_path: Path) -> None:
    memory = tmp_path / "names.sqlite"
    remember(memory, ROWS)
    tally = _damaged("names", [memory], lambda path: lambda: recall(path, TEXTS), 60, random.Random(0))
    assert tally.clean and tally.times == 60, tally.examples


def test_a_reader_that_checks_nothing_is_blamed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(200)))
    tally = _damaged("file", [path], lambda found: found.read_bytes, 20, random.Random(0))
    assert tally.wrong == 20 and not tally.clean


@pytest.mark.parametrize("how", DAMAGES)
def test_every_damage_is_one(how: object) -> None:
    data, rng = bytes(range(1, 256)), random.Random(0)
    changed = [how(data, rng) != data for _ in range(50)]  # type: ignore[operator]
    assert sum(changed) >= 49
    assert Tally("none").clean


@pytest.mark.parametrize("value", ["soon", "1e30", "nan", "253402300800"])
def test_a_date_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(UsageError, match="no moment"):
        now_text()


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "1970-01-01T00:00:00Z"), ("-1", "1969-12-31T23:59:59Z"), ("4102444800", "2100-01-01T00:00:00Z")],
)
def test_a_fixed_date_is_told(value: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, value)
    assert now_text() == text
