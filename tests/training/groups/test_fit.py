"""One training of a group: the same split for all, early stopping on validation, the same bytes anywhere."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from auditor.compute.jobs import Failure, Job, Outcome, in_processes, run_job
from auditor.errors import PluginError
from auditor.training.config import TrainingConfig
from auditor.training.features import digest_of_encoder, pack_features
from auditor.training.groups.fit import NEVER, fit_group, fit_job, import_path
from auditor.training.groups.fit_loop import predict, task_losses
from auditor.training.groups.study import Study, decode_study, encode_study
from auditor.training.logging.gradients import logged_backward
from auditor.training.network import Network
from auditor.training.splits import Split
from auditor.training.trainer import Trainer
from mtl_audit_ecfp.model import ecfp
from tests.compute.studies import SHORT, SMALL, every_group, small_study
from tests.networks import benchmark_of

STUDY = small_study()
DATA = encode_study(STUDY)


def job_of(*tasks: int, study: Study = STUDY, seed: int = 0, config: TrainingConfig = SHORT) -> Job:
    return fit_job(
        study.digest(), tasks, factory=ecfp, options=SMALL, config=asdict(config), seed=seed, device="cpu"
    )


def outcome_of(job: Job, data: bytes = DATA) -> Outcome:
    result = run_job(job, data).result
    assert isinstance(result, Outcome), result
    return result


def test_a_study_survives_its_encoding() -> None:
    again = decode_study(DATA)
    assert again.digest() == STUDY.digest()
    assert again.benchmark.smiles == STUDY.benchmark.smiles
    assert again.benchmark.tasks == STUDY.benchmark.tasks


def test_the_digest_of_a_study_knows_labels_compounds_split_and_tasks() -> None:
    other_split = Study(STUDY.benchmark, Split(STUDY.split.train, STUDY.split.test, STUDY.split.validation))
    digests = {STUDY.digest(), other_split.digest(), small_study(seed=1).digest(), small_study(2).digest()}
    assert len(digests) == 4


def test_no_test_compound_of_a_group_is_trained_on_by_another() -> None:
    groups = [STUDY.group(group) for group in every_group(3)]
    trained = set(np.concatenate([group.split.train for group in groups]))
    stopped = set(np.concatenate([group.split.validation for group in groups]))
    tested = set(np.concatenate([group.split.test for group in groups]))
    assert not tested & trained and not tested & stopped and not stopped & trained
    for group in groups:
        labelled = np.flatnonzero(group.benchmark.labels.mask.sum(axis=1))
        sides = [group.split.train, group.split.validation, group.split.test]
        assert np.array_equal(np.sort(np.concatenate(sides)), labelled)


def test_a_task_is_tested_on_the_same_compounds_in_every_group() -> None:
    alone, pair = (outcome_of(job_of(*tasks)) for tasks in ((1,), (0, 1)))
    labels = STUDY.benchmark.labels
    for found in (alone, pair):
        known = np.intersect1d(found.arrays["compounds"], labels.column(1)[0])
        assert np.array_equal(known, alone.arrays["compounds"])


def test_a_training_gives_the_same_bytes_in_any_process_and_with_any_threads() -> None:
    jobs = [job_of(0), job_of(0, 1), job_of(0, 1, 2)]
    here = {job.key: outcome_of(job) for job in jobs}
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        again = {job.key: outcome_of(job) for job in jobs}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    there = {done.job.key: done.result for done in partial(in_processes, workers=2)(jobs, DATA)}
    for key, expected in here.items():
        for found in (again[key], there[key]):
            assert isinstance(found, Outcome)
            assert found.facts == expected.facts
            for name, values in expected.arrays.items():
                assert found.arrays[name].tobytes() == values.tobytes(), name


def test_predictions_are_those_of_the_epoch_with_the_lowest_validation_loss() -> None:
    config = TrainingConfig(epochs=12, batch_size=8, lr=0.02, patience=4)
    outcome = outcome_of(job_of(0, 2, config=config))
    group = STUDY.group((0, 2))
    network = Network(partial(ecfp, **SMALL), 2, seed=0)
    packed = pack_features(network.encoder, group.benchmark.smiles)
    settings = TrainingConfig(**{**asdict(config), "log_every": NEVER})
    trainer = Trainer(network, packed, group.benchmark, group.split, settings, seed=0, device="cpu")
    while not trainer.finished():
        trainer.epoch(lambda _: None)
    network.load_state_dict(trainer.best)
    assert np.array_equal(predict(trainer, group.split.test, "cpu"), outcome.arrays["outputs"])
    assert outcome.facts["best_epoch"] == trainer.progress.best_epoch
    assert outcome.facts["epochs"] == trainer.progress.epoch < config.epochs
    losses = outcome.arrays["validation"]
    assert outcome.facts["own_best_epoch"] == np.argmin(losses, axis=0).tolist()
    assert int(np.argmin(trainer.progress.validation_loss)) == outcome.facts["best_epoch"]


def test_a_training_of_a_group_spends_no_time_on_gradients_after_the_first_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[int] = []

    def counted(*given: Any, **options: Any) -> Any:
        logged.append(1)
        return logged_backward(*given, **options)

    monkeypatch.setattr("auditor.training.logging.recorder.logged_backward", counted)
    assert outcome_of(job_of(0, 2)).facts["epochs"] == 3
    assert len(logged) == 1


def test_a_single_task_has_one_best_epoch() -> None:
    outcome = outcome_of(job_of(1))
    assert outcome.facts["own_best_epoch"] == [outcome.facts["best_epoch"]]
    assert np.array_equal(outcome.arrays["own"], outcome.arrays["outputs"])


def test_a_regression_is_predicted_in_the_unit_of_its_labels() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(80, 1)) + 500
    benchmark = benchmark_of(table, ("regression",))
    study = Study(benchmark, STUDY.split)
    found = outcome_of(job_of(0, study=study), encode_study(study)).arrays["outputs"]
    assert np.abs(found - 500).max() < 5


def test_the_loss_of_a_task_counts_its_own_labels_alone() -> None:
    targets = np.array([[1.0, np.nan], [0.0, np.nan]])
    group = STUDY.group((0, 1))
    loss = task_losses(np.array([[0.0, 9.0], [0.0, 9.0]]), targets, group)
    assert loss[0] == pytest.approx(np.log(2)) and np.isnan(loss[1])


def test_the_key_knows_what_decides_the_outcome_and_nothing_else() -> None:
    plain = job_of(0, 1)
    logging = TrainingConfig(epochs=3, batch_size=8, log_every=2)
    assert plain.key == job_of(1, 0).key == job_of(0, 1, config=logging).key
    others = [job_of(0), job_of(0, 1, seed=1), job_of(0, 1, config=TrainingConfig(epochs=4, batch_size=8))]
    assert len({plain.key, *(other.key for other in others)}) == 4


@pytest.mark.parametrize(
    ("part", "other"), [("training code", "of yesterday"), ("libraries", {"numpy": "0.1"})]
)
def test_other_code_on_a_worker_is_refused(part: str, other: object) -> None:
    job = job_of(0)
    stale = Job(job.function, {**job.arguments, "code": {**job.arguments["code"], part: other}}, job.data)
    result = run_job(stale, DATA).result
    assert (
        isinstance(result, Failure)
        and f"another version of mtl-audit, of the encoder or of a library: another {part}" in result.error
    )


def test_a_library_that_a_worker_has_not_is_named() -> None:
    job = job_of(0)
    code = {**job.arguments["code"], "libraries": {"no-such-thing": "1"}}
    result = run_job(Job(job.function, {**job.arguments, "code": code}, job.data), DATA).result
    assert isinstance(result, Failure) and "no no-such-thing" in result.error


def test_a_job_of_an_encoder_that_reads_something_else_here_is_refused() -> None:
    packed = pack_features(ecfp(seed=0, **SMALL), STUDY.benchmark.smiles)
    content = digest_of_encoder(partial(ecfp, **SMALL), packed)
    job = job_of(0)
    same, other = (
        run_job(Job(job.function, {**job.arguments, "content": read}, job.data), DATA).result
        for read in (content, "of yesterday")
    )
    assert isinstance(same, Outcome)
    assert isinstance(other, Failure) and "reads something else" in other.error


def test_a_group_without_training_labels_fails_by_itself() -> None:
    table = np.full((80, 2), np.nan)
    table[:, 0] = np.arange(80) % 2
    table[STUDY.split.test, 1] = 1.0
    study = Study(benchmark_of(table), STUDY.split)
    result = run_job(job_of(1, study=study), encode_study(study)).result
    assert isinstance(result, Failure) and "training compounds" in result.error


def test_an_encoder_that_no_other_process_can_import_is_refused() -> None:
    with pytest.raises(PluginError, match="cannot be imported"):
        import_path(lambda *, seed: None)
    assert import_path(ecfp) == "mtl_audit_ecfp.model:ecfp"
    assert callable(fit_group)
