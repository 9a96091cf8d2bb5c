"""A finished training comes back as it was, and a new one says what is new about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from auditor.cache.store import load_entry
from auditor.training.config import TrainingConfig
from auditor.training.entry import NETWORK, read_trace, save_training, say_what_changed
from auditor.training.train import train
from tests.networks import SMALL, benchmark_of, random_table, split_of
from tests.training.test_train import assert_same


def test_a_training_is_read_back_with_every_bit(tmp_path: Path) -> None:
    benchmark = benchmark_of(random_table(40, 3, seed=0))
    config = TrainingConfig(epochs=2, batch_size=8, log_every=2, measures="lookahead")
    trainer = train(benchmark, split_of(benchmark), SMALL["ecfp"], config, seed=0)
    save_training(tmp_path / "one", trainer.trace(), trainer.best)
    entry = load_entry(tmp_path / "one")
    assert entry is not None
    assert_same(read_trace(entry), trainer.trace())
    state = torch.load(entry.files[NETWORK], weights_only=True)
    for name, value in trainer.best.items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(state[name], value), name


def test_the_kept_network_is_that_of_the_best_epoch() -> None:
    benchmark = benchmark_of(random_table(60, 3, seed=0))
    split = split_of(benchmark)
    config = TrainingConfig(epochs=12, batch_size=8, patience=12)
    whole = train(benchmark, split, SMALL["ecfp"], config, seed=0)
    best = whole.progress.best_epoch
    assert best < whole.progress.epoch - 1
    short = train(
        benchmark, split, SMALL["ecfp"], TrainingConfig(epochs=best + 1, batch_size=8, patience=12), seed=0
    )
    for name, value in short.network.state_dict().items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, whole.best[name]), name
    assert not np.isnan(whole.trace().losses).all()


def test_what_changed_is_said_once_and_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = {"labels": "a", "epochs": 30, "batch_size": 32}
    say_what_changed(tmp_path, ["tox21", "gcn", 0], first)
    assert capsys.readouterr().err == ""
    changed = {**first, "labels": "b", "batch_size": 64}
    say_what_changed(tmp_path, ["tox21", "gcn", 0], changed)
    assert "a new training, because of another batch size, labels" in capsys.readouterr().err
    say_what_changed(tmp_path, ["tox21", "gcn", 0], changed)
    say_what_changed(tmp_path, ["tox21", "gat", 0], first)
    assert capsys.readouterr().err == ""


def test_a_damaged_record_of_the_last_training_is_no_obstacle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_what_changed(tmp_path, "x", {"labels": "a"})
    for file in tmp_path.iterdir():
        file.write_bytes(b"{")
    say_what_changed(tmp_path, "x", {"labels": "b"})
    assert capsys.readouterr().err == ""
