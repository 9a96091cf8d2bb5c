"""What is recorded in a plain loop gives the affinities that the built-in training gives."""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import distributed

import auditor
from auditor.affinity.gradient.cosine import affinity_of
from auditor.errors import DataError, UsageError
from auditor.plugin.loading import load_registry
from auditor.training.config import TrainingConfig
from auditor.training.features import pack_features
from auditor.training.loss import masked_losses, output_errors, total_loss
from auditor.training.network import Network
from auditor.training.trace import Trace
from auditor.training.train import train
from auditor.training.trainer import Trainer
from tests.networks import SMALL, benchmark_of, random_table, split_of

SHORT = TrainingConfig(epochs=3, batch_size=8, log_every=2)
TINY = benchmark_of(random_table(60, 4, seed=0, measured=0.3))
READABLE = ("gradient-cosine", "error-cosine", "accumulated-cosine", "split-half", "tag-linear")


class Context:
    """An audit that has a training."""

    trainings = None

    def __init__(self, trace: Trace, window: float) -> None:
        self.window, self._trace = window, trace

    def traces(self) -> tuple[Trace, ...]:
        return (self._trace,)


@cache
def built_in(name: str = "ecfp") -> Trace:
    return train(TINY, split_of(TINY), SMALL[name], SHORT, seed=0).trace()


@cache
def recorded(name: str = "ecfp") -> auditor.TaskGradients:
    """Train on the batches of the built-in training, in a loop as a user writes it."""
    network = Network(SMALL[name], TINY.t, seed=0)
    packed: Any = pack_features(network.encoder, TINY.smiles)
    source = Trainer(network, packed, TINY, split_of(TINY), SHORT, seed=0, device="cpu")
    log = auditor.TaskGradients(network.shared, TINY.task_names, every=2, pool=True)
    network.train()
    for _ in range(SHORT.epochs):
        for compounds in source._batches():
            source.optimiser.zero_grad()
            targets = source.targets.batch(compounds)
            outputs = network(packed.batch(compounds))
            losses, counts = masked_losses(outputs, targets)
            log.record(losses, counts=counts, errors=output_errors(outputs, targets))
            total_loss(losses, counts).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), SHORT.clip)
            source.optimiser.step()
        log.end_epoch()
        source.progress.epoch += 1
    return log


@pytest.mark.parametrize("name", ["ecfp", "gcn"])
def test_a_plain_loop_logs_what_the_built_in_training_logs(name: str) -> None:
    (found,), expected = recorded(name).traces(), built_in(name)
    assert np.array_equal(found.steps, expected.steps)
    assert np.array_equal(found.epochs, expected.epochs)
    assert np.array_equal(found.labels, expected.labels)
    assert (expected.labels == 0).any()
    np.testing.assert_allclose(found.gram[0], expected.gram[0], rtol=1e-4, atol=1e-8)
    for part in ("gram", "errors", "losses", "pooled"):  # rounding differs from step to step and adds up
        ours, theirs = getattr(found, part), getattr(expected, part)
        np.testing.assert_allclose(ours, theirs, rtol=1e-2, atol=1e-3 * np.nanmax(np.abs(theirs)))


@pytest.mark.parametrize("estimator", READABLE)
def test_every_estimator_of_logs_gives_what_the_audit_gives(estimator: str) -> None:
    window = 1.0 if estimator == "split-half" else 0.5
    estimate: Any = load_registry().get("affinity", estimator).load()
    expected = estimate(Context(built_in(), window))
    found = recorded().affinity(estimator, window=window)
    assert found.estimator == estimator and found.tasks == TINY.task_names
    assert np.array_equal(found.count, expected.count)
    reach = np.nanmax(np.abs(expected.values))
    np.testing.assert_allclose(found.values, expected.values, atol=5e-3 * reach)
    if estimator != "split-half":  # its error is a jackknife over three epochs
        np.testing.assert_allclose(found.standard_error, expected.standard_error, atol=5e-3 * reach)
    assert found.about["recordings"] == 1 and "seeds" not in found.about


def test_the_default_window_is_the_last_fifth() -> None:
    expected = affinity_of(recorded().traces(), window=0.2)
    np.testing.assert_array_equal(recorded().affinity().values, expected.values)
    table = recorded().frame()
    assert tuple(table.index) == tuple(table.columns) == TINY.task_names
    np.testing.assert_array_equal(table.to_numpy(), expected.values)


def test_logs_are_the_same_from_a_file(tmp_path: Path) -> None:
    recorded().save(tmp_path / "log.npz")
    again = auditor.TaskGradients.load(tmp_path / "log.npz")
    for estimator in READABLE:
        ours, theirs = (log.affinity(estimator, window=1.0).values for log in (again, recorded()))
        np.testing.assert_array_equal(ours, theirs)


def test_a_window_without_a_whole_epoch_is_refused_in_the_words_of_python() -> None:
    with pytest.raises(UsageError, match="accumulated-cosine: no epoch") as caught:
        recorded().affinity("accumulated-cosine", window=0.2)
    assert "window=" in caught.value.hint and "--" not in caught.value.hint
    with pytest.raises(UsageError, match="a window of 2"):
        recorded().affinity(window=2)


def test_a_file_that_holds_no_logs_is_refused_and_runs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "log.npz"
    for content in (b"", b"no zip", b"PK\x03\x04 damaged"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"log\.npz"):
            auditor.TaskGradients.load(path)
    np.savez(path, tasks=np.array([Path()], dtype=object))
    with pytest.raises(DataError, match=r"log\.npz"):
        auditor.TaskGradients.load(path)
    np.savez(path, tasks=np.array(["a"]))
    with pytest.raises(DataError, match="not logs"):
        auditor.TaskGradients.load(path)
    with pytest.raises(DataError, match=r"missing\.npz"):
        auditor.TaskGradients.load(tmp_path / "missing.npz")


def bare(*, losses: float = 1.0, record: bool = True) -> auditor.TaskGradients:
    weight = torch.nn.Parameter(torch.ones(2))
    log = auditor.TaskGradients([weight], ["a", "b"])
    if record:
        log.record([weight.sum() * losses, weight[0] * losses])
    return log


@pytest.mark.parametrize(
    ("estimator", "hint"),
    [("error-cosine", "errors=errors"), ("split-half", "pool=True"), ("accumulated-cosine", "end_epoch")],
)
def test_an_estimator_that_needs_more_than_was_recorded_is_refused(estimator: str, hint: str) -> None:
    with pytest.raises(UsageError, match="nothing was recorded for it") as caught:
        bare().affinity(estimator)
    assert hint in caught.value.hint


def test_an_estimator_that_reads_no_logs_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="'tag' cannot be read") as caught:
        bare().affinity("tag")
    assert all(name in caught.value.hint for name in READABLE)


def test_no_log_at_all_is_refused_and_told_from_logs_that_were_skipped() -> None:
    with pytest.raises(UsageError, match=r"nothing was recorded for it$"):
        bare(record=False).affinity()
    with pytest.raises(UsageError, match="1 logs skipped"):
        bare(losses=float("inf")).affinity()


def rank(number: int, world: int, folder: str) -> None:
    """Train as one process of two on its own half of the data; the first merges what all logged."""
    store = distributed.FileStore(f"{folder}/store", world)
    distributed.init_process_group("gloo", store=store, rank=number, world_size=world)
    plain, _ = parallel(number, record=False)
    weights, log = parallel(number, record=True)
    apart = [lacking(number, record=record)[0] for record in (False, True)]
    assert torch.equal(*apart)
    absent: list[Any] = [None] * world
    distributed.all_gather_object(absent, lacking(number, record=True)[1].state_dict())
    states: list[Any] = [None] * world
    distributed.all_gather_object(states, log.state_dict())
    if number == 0:
        for state in states[1:]:
            log.merge(state)
        log.save(f"{folder}/log.npz")
        few = auditor.TaskGradients([torch.nn.Parameter(torch.ones(1))], ["a", "b"])
        for state in absent:
            few.merge(state)
        few.save(f"{folder}/absent.npz")
        np.save(f"{folder}/weights.npy", torch.stack([plain, weights]).numpy())
    distributed.destroy_process_group()


def parallel(number: int, *, record: bool) -> tuple[torch.Tensor, auditor.TaskGradients]:
    """Train a few steps; return the weights and the log."""
    torch.manual_seed(0)
    trunk, heads = torch.nn.Linear(5, 4), torch.nn.Linear(4, 2)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Sequential(trunk, torch.nn.Tanh(), heads))
    log = auditor.TaskGradients(trunk.parameters(), ["a", "b"])
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    for step in range(4):
        x = torch.randn(8, 5, generator=torch.Generator().manual_seed(10 * step + number))
        losses = (model(x) - x[:, :2]).square().mean(dim=0)
        if record:
            log.record(losses)
        optimiser.zero_grad()
        losses.mean().backward()
        optimiser.step()
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()]), log


def lacking(number: int, *, record: bool) -> tuple[torch.Tensor, auditor.TaskGradients]:
    """Train with micro-batches that are not synchronised; the second process has no label of task b."""
    torch.manual_seed(0)
    trunk = torch.nn.Linear(5, 4)
    heads = torch.nn.ModuleDict({name: torch.nn.Linear(4, 1) for name in "ab"})
    log = auditor.TaskGradients(trunk.parameters(), ["a", "b"])

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.trunk, self.heads = trunk, heads

        def forward(self, x: torch.Tensor, tasks: str) -> dict[str, torch.Tensor]:
            z = torch.tanh(self.trunk(x))
            return {name: (self.heads[name](z)[:, 0] - x[:, 0]).square().mean() for name in tasks}

    model = torch.nn.parallel.DistributedDataParallel(Model(), find_unused_parameters=True)
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    for step in range(4):
        x = torch.randn(8, 5, generator=torch.Generator().manual_seed(10 * step + number))
        with contextlib.nullcontext() if step % 2 else model.no_sync():
            losses = model(x, "a" if number else "ab")
            if record:
                log.record(losses)
            (sum(losses.values()) / 2).backward()
        if step % 2:
            optimiser.step()
            optimiser.zero_grad()
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()]), log


def test_two_processes_log_apart_and_are_pooled(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(rank, args=(2, str(tmp_path)), nprocs=2)
    assert np.array_equal(*np.load(tmp_path / "weights.npy"))
    log = auditor.TaskGradients.load(tmp_path / "log.npz")
    first, second = log.traces()
    assert not np.allclose(first.gram, second.gram)
    found = log.affinity(window=1.0)
    assert found.about["recordings"] == 2 and (found.count == 8).all()
    cosines = [g[:, 0, 1] / np.sqrt(g[:, 0, 0] * g[:, 1, 1]) for g in (first.gram, second.gram)]
    assert found.values[0, 1] == pytest.approx(np.concatenate(cosines).mean())
    some = auditor.TaskGradients.load(tmp_path / "absent.npz").affinity(window=1.0)
    assert some.count.tolist() == [[8, 4], [4, 4]]
