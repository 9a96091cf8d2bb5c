"""Training is repeatable to the byte, can be interrupted, and its gradients show related tasks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from auditor.affinity.gradient.cosine import mean_cosine
from auditor.errors import DataError, UsageError
from auditor.training import checkpoint as checkpoints
from auditor.training.config import LOG_BYTES, PRESETS, TrainingConfig, within_memory
from auditor.training.features import pack_features
from auditor.training.identity import code_identity
from auditor.training.network import Network
from auditor.training.splits import Split
from auditor.training.trace import Trace
from auditor.training.train import steps_per_epoch, train
from auditor.training.trainer import Trainer
from tests.networks import SMALL, benchmark_of, random_table, split_of

FOUR = TrainingConfig(epochs=4, batch_size=8, log_every=3)
TINY = benchmark_of(random_table(60, 3, seed=0))
ENCODERS = pytest.mark.parametrize("name", SMALL)


class Stopped(Exception):
    """Stands for whatever ends a process."""


def run(name: str = "ecfp", config: TrainingConfig = FOUR, **options: Any) -> Trace:
    given = {"seed": 0, **options}
    benchmark = given.pop("benchmark", TINY)
    split = given.pop("split", split_of(benchmark))
    return train(benchmark, split, SMALL[name], config, **given).trace()


def stop_after(steps: int) -> Callable[[int], None]:
    """Return an `advance` that ends the training in the step after some steps."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if done > steps:
            raise Stopped

    return advance


def assert_same(found: Trace, expected: Trace) -> None:
    """Compare everything but the wall time, bit for bit."""
    for field in dataclasses.fields(Trace):
        first, second = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(second, np.ndarray):
            assert first.dtype == second.dtype
            assert first.tobytes() == second.tobytes(), field.name
        elif field.name != "duration_s":
            assert first == second, field.name


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a checkpoint after every epoch."""
    monkeypatch.setattr(checkpoints, "INTERVAL_S", 0.0)
    monkeypatch.setattr(checkpoints, "SHARE", 1e9)


@ENCODERS
def test_one_seed_gives_the_same_bytes_and_another_seed_others(name: str) -> None:
    first = run(name)
    assert_same(run(name), first)
    assert not np.array_equal(run(name, seed=1).gram, first.gram, equal_nan=True)


def test_the_global_random_state_neither_matters_nor_changes() -> None:
    first = run("gcn")
    torch.manual_seed(99)
    before = torch.get_rng_state()
    assert_same(run("gcn"), first)
    assert torch.equal(torch.get_rng_state(), before)


@ENCODERS
@pytest.mark.usefixtures("eager")
def test_a_training_that_was_interrupted_ends_with_the_same_bytes(name: str, tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    uninterrupted = run(name)
    steps = steps_per_epoch(split_of(TINY), FOUR)
    for epochs in (2, 3):
        with pytest.raises(Stopped):
            run(name, checkpoint=file, advance=stop_after(epochs * steps + 1))
    seen: list[int] = []
    resumed = run(name, checkpoint=file, advance=seen.append)
    assert_same(resumed, uninterrupted)
    assert seen[0] == 3 * steps  # it did go on from there
    assert sum(seen) == 4 * steps


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"seed": 1}, "seed"),
        ({"config": dataclasses.replace(FOUR, lr=2e-3)}, "another lr"),
        ({"benchmark": benchmark_of(random_table(60, 3, seed=1))}, "labels"),
        ({"name": "gcn"}, "network"),
    ],
)
def test_a_checkpoint_of_another_training_is_ignored_and_said_so(
    change: dict[str, Any], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.pt"
    with pytest.raises(Stopped):
        run(checkpoint=file, advance=stop_after(8))
    assert file.exists()
    found = run(checkpoint=file, **change)
    said = capsys.readouterr().err
    assert "another" in said
    assert why in said
    assert_same(found, run(**change))


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("part", ["training code", "encoder code", "libraries", "features"])
def test_a_checkpoint_of_another_identity_is_not_taken(
    part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, packed = tmp_path / "run.pt", pack_features(SMALL["ecfp"](seed=0), TINY.smiles)
    with pytest.raises(Stopped):
        run(checkpoint=file, advance=stop_after(8), packed=packed)
    if part == "features":
        packed = pack_features(SMALL["ecfp"](seed=0), TINY.smiles[::-1])
    else:
        code = {**code_identity(SMALL["ecfp"]), part: "of yesterday"}
        monkeypatch.setattr("auditor.training.train.code_identity", lambda factory: code)
    found = run(checkpoint=file, packed=packed)
    assert f"with another {part};" in capsys.readouterr().err
    assert_same(found, run(packed=packed))


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("damage", [b"", b"nonsense", b"PK\x03\x04 nonsense", None])
def test_a_damaged_checkpoint_is_ignored_and_said_so(
    damage: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.pt"
    if damage is None:
        run(checkpoint=file)
        damage = file.read_bytes()[:-1000]
    file.write_bytes(damage)
    assert_same(run(checkpoint=file), run())
    assert "damaged" in capsys.readouterr().err


def test_checkpoints_are_not_written_more_often_than_worth_it(tmp_path: Path) -> None:
    run(checkpoint=tmp_path / "run.pt")
    assert not (tmp_path / "run.pt").exists()


def test_every_tenth_step_is_logged_with_its_labels() -> None:
    trace = run(config=TrainingConfig(epochs=5, batch_size=8))
    assert trace.steps.tolist() == list(range(0, 30, 10))
    assert trace.epochs.tolist() == [0, 1, 3]
    assert trace.gram.shape == (3, 3, 3)
    assert trace.labels.shape == (3, 3)
    assert (trace.labels <= 8).all()
    assert np.array_equal(np.isnan(trace.gram[:, [0, 1, 2], [0, 1, 2]]), trace.labels == 0)


def test_a_last_batch_of_one_compound_is_left_out() -> None:
    for compounds, steps in ((16, 2), (17, 2), (18, 3)):
        split = Split(np.arange(compounds), np.arange(40, 50), np.arange(50, 60))
        seen: list[int] = []
        run(config=dataclasses.replace(FOUR, epochs=1), split=split, advance=seen.append)
        assert steps_per_epoch(split, FOUR) == sum(seen) == steps


def test_training_learns() -> None:
    related = np.array([[float("OC(" in text)] for text in TINY.smiles])
    trace = run(config=dataclasses.replace(FOUR, epochs=30), benchmark=benchmark_of(related))
    assert trace.training_loss[-1] < 0.5 * trace.training_loss[0]


def test_it_stops_when_the_validation_loss_no_longer_falls() -> None:
    config = TrainingConfig(epochs=200, batch_size=8, patience=3, lr=0.01)
    seen: list[int] = []
    trace = run(config=config, advance=seen.append)
    losses = trace.validation_loss
    assert len(losses) < 200
    assert trace.best_epoch == int(np.argmin(losses)) == len(losses) - 1 - 3
    assert sum(seen) == 200 * steps_per_epoch(split_of(TINY), config)


def test_without_validation_labels_all_epochs_are_trained() -> None:
    table = random_table(60, 3, seed=0)
    table[split_of(TINY).validation] = np.nan
    trace = run(benchmark=benchmark_of(table), config=dataclasses.replace(FOUR, patience=1))
    assert np.isnan(trace.validation_loss).all()
    assert len(trace.validation_loss) == 4
    assert trace.best_epoch == 3


def test_features_may_be_shared_between_seeds() -> None:
    packed = pack_features(SMALL["gat"](seed=7), TINY.smiles)
    assert_same(run("gat", packed=packed), run("gat"))


def test_kinds_of_task_may_be_mixed() -> None:
    table = random_table(60, 2, seed=0)
    table[:, 1] = np.arange(60) * 1e6
    trace = run(benchmark=benchmark_of(table, ["classification", "regression"]))
    assert max(trace.training_loss) < 10


def test_a_loss_that_is_no_number_stops_the_training() -> None:
    with pytest.raises(DataError, match="loss is"):
        run(config=dataclasses.replace(FOUR, lr=1e38))


def test_too_few_compounds_are_refused() -> None:
    one = Split(np.arange(1), np.arange(1, 5), np.arange(5, 10))
    with pytest.raises(DataError, match="1 training compounds"):
        run(split=one)


@pytest.mark.parametrize(
    "change", [{"epochs": 0}, {"batch_size": 1}, {"log_every": 0}, {"patience": 0}, {"lr": 0.0},
               {"clip": -1.0}, {"weight_decay": float("nan")}]
)  # fmt: skip
def test_impossible_settings_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(change))):
        dataclasses.replace(FOUR, **change)


def test_the_paper_s_settings() -> None:
    paper = PRESETS["paper"]
    settings = (paper.epochs, paper.batch_size, paper.lr, paper.weight_decay, paper.clip)
    assert settings == (100, 32, 1e-3, 1e-2, 1.0)
    assert (paper.patience, paper.log_every, paper.log_window) == (25, 10, 1.0)
    assert dataclasses.replace(PRESETS["quick"], epochs=100) == paper


def test_the_gradient_of_all_parameters_is_clipped() -> None:
    config = dataclasses.replace(FOUR, clip=1e-3)
    network = Network(SMALL["ecfp"], 3, seed=0)
    packed = pack_features(network.encoder, TINY.smiles)
    trainer = Trainer(network, packed, TINY, split_of(TINY), config, seed=0, device="cpu")
    trainer.epoch(lambda _: None)
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    norm = torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()
    assert float(norm) == pytest.approx(1e-3, rel=1e-2)


@pytest.mark.slow
@ENCODERS
def test_gradients_of_equal_tasks_agree_whatever_their_sign_and_of_others_do_not(name: str) -> None:
    rng = np.random.default_rng(0)
    first, independent = rng.integers(0, 2, (2, 400)).astype(float)
    config = TrainingConfig(epochs=20, batch_size=16, log_every=1)
    found = {}
    for sign, second in {"equal": first, "negated": 1 - first}.items():
        benchmark = benchmark_of(np.stack([first, second, independent], axis=1))
        trace = run(name, config=config, benchmark=benchmark)
        found[sign] = mean_cosine([trace], window=0.5)
    for cosine in found.values():
        error = np.hypot(cosine.standard_error[0, 1], cosine.standard_error[0, 2])
        assert cosine.values[0, 1] - cosine.values[0, 2] > 5 * error
    # With heads of their own, tasks agree on the encoder whether their labels agree or oppose.
    equal, negated = found["equal"].values[0, 1], found["negated"].values[0, 1]
    assert 1 / 3 < negated / equal < 3


@given(tasks=st.integers(1, 2000), steps=st.integers(1, 100_000), window=st.floats(0.05, 1))
def test_logs_fit_into_memory_and_few_are_given_up_only_where_they_do_not(
    tasks: int, steps: int, window: float
) -> None:
    config = TrainingConfig(log_window=window)
    found = within_memory(config, tasks=tasks, steps=steps)
    matrix = tasks**2 * (8 if tasks <= 200 else 4)
    if -(-steps // config.log_every) * 2 * matrix <= LOG_BYTES:
        assert found == config
    else:
        logs = found.log_window * steps / found.log_every
        assert (logs - 1) * 2 * matrix <= LOG_BYTES
        assert found.log_window <= 0.2 or window <= 0.2
