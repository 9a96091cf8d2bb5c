"""Which training is this: all that decides a training is in its key, and nothing else is."""

from __future__ import annotations

import importlib.metadata
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import auditor
from auditor.cache import code
from auditor.compute.jobs import run_job
from auditor.plugin.component import Encoder, Owner
from auditor.training.config import TrainingConfig
from auditor.training.features import pack_features
from auditor.training.groups.study import encode_study
from auditor.training.identity import code_identity, training_modules
from auditor.training.train import train
from auditor.training.trainings import Trainings
from auditor.transfer.measured.plan import group_job
from mtl_audit_ecfp.model import ecfp
from tests.compute.studies import SMALL, small_study, trainings_of
from tests.networks import MOLECULES
from tests.networks import SMALL as ENCODERS
from tests.training import vectors

STUDY = small_study()
OTHERS = Owner("vectors", "a-plugin", "1")


def of_file(cache: Path, name: str, **options: Any) -> Trainings:
    """Return the trainings of an encoder of another's, which reads a file."""
    encoder = Encoder(name, f"tests.training.vectors:{name}", "reads", OTHERS)
    planned = trainings_of(STUDY.benchmark, STUDY.split, cache)
    return replace(planned, encoder=encoder, encoder_options=options)


def write(file: Path, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(STUDY.benchmark.n, 4)).astype(np.float32)
    np.save(file, values)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "vectors.npy"
    monkeypatch.setenv(vectors.HIDDEN_FILE, str(path))
    write(path, 0)
    return path


@pytest.mark.parametrize("name", ["told", "knowing", "pretrained"])
def test_a_file_with_other_values_is_another_training_and_the_same_file_is_not(
    name: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"path": str(file)} if name == "told" else {}
    (first,) = of_file(tmp_path / "cache", name, **options).run()
    write(file, 0)
    same = of_file(tmp_path / "cache", name, **options)
    same.run()
    assert same.reused == [0]
    capsys.readouterr()
    write(file, 1)
    noise = of_file(tmp_path / "cache", name, **options)
    (other,) = noise.run()
    assert noise.reused == [] and other.training_loss != first.training_loss
    assert "because of another features" in capsys.readouterr().err


def test_a_file_with_other_values_is_another_job(file: Path, tmp_path: Path) -> None:
    keys = set()
    for seed in (0, 0, 1):
        write(file, seed)
        keys.add(group_job(of_file(tmp_path, "knowing"), STUDY.digest(), (0, 1), 0).key)
    assert len(keys) == 2


@pytest.mark.parametrize("name", ENCODERS)
def test_our_own_encoders_open_no_file(name: str) -> None:
    """So that their features follow from their code, and need not be computed to be compared."""
    pack_features(ENCODERS[name](seed=0), MOLECULES)  # what is imported is read now
    opened: list[str] = []
    watching = [True]
    sys.addaudithook(lambda event, args: opened.append(str(args)) if event == "open" and watching else None)
    try:
        pack_features(ENCODERS[name](seed=0), MOLECULES)
    finally:
        watching.clear()  # a hook stays until the process ends
    assert not opened


def test_the_features_of_our_own_encoders_are_not_computed_to_find_a_training(tmp_path: Path) -> None:
    planned = trainings_of(STUDY.benchmark, STUDY.split, tmp_path)
    assert planned.stored() == {} and "_features" not in vars(planned)


@pytest.mark.parametrize("library", ["rdkit", "torch", "torch-geometric"])
def test_another_version_of_a_library_is_another_training(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key() -> tuple[dict[str, Any], str]:
        planned = trainings_of(STUDY.benchmark, STUDY.split, tmp_path)
        planned = replace(planned, encoder=replace(planned.encoder, needs=("torch-geometric",)))
        return planned._identity, group_job(planned, "", (0, 1), 0).key

    before = key()
    real = importlib.metadata.version
    monkeypatch.setattr(
        code.importlib.metadata, "version", lambda name: "99" if name == library else real(name)
    )
    after = key()
    assert before[0]["libraries"] != after[0]["libraries"] and before[1] != after[1]
    assert {name for name in before[0] if before[0][name] != after[0][name]} == {"libraries"}


def test_an_encoder_with_bound_options_has_the_code_of_its_factory() -> None:
    assert code_identity(partial(partial(ecfp, width=8), hidden=8)) == code_identity(ecfp)


def test_what_a_training_runs_is_in_its_identity() -> None:
    """Each of our modules that runs while networks are trained is listed, or gives no number."""
    home = Path(auditor.__file__).parent
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(home / "training"):
            seen.add(".".join(("auditor", *path.relative_to(home).with_suffix("").parts)))

    config = TrainingConfig(epochs=1, batch_size=8, log_every=2, measures="lookahead")
    trainings = trainings_of(STUDY.benchmark, STUDY.split, Path())
    job = group_job(trainings, STUDY.digest(), (0, 1), 0)
    data = encode_study(STUDY)
    sys.setprofile(note)
    try:
        train(STUDY.benchmark, STUDY.split, partial(ecfp, **SMALL), config, seed=0)
        run_job(job, data)
    finally:
        sys.setprofile(None)
    assert len(seen) > 12
    assert seen <= {*training_modules()}
