"""Train one group of tasks together and predict its test compounds."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from auditor import __version__
from auditor.cache.code import digest_of_modules, digest_of_package
from auditor.compute.jobs import Job, Outcome
from auditor.errors import DataError, PluginError
from auditor.training.config import TrainingConfig
from auditor.training.features import pack_features
from auditor.training.groups.fit_loop import fitted, one_thread
from auditor.training.groups.study import decode_study
from auditor.training.network import Network
from auditor.training.trainer import Trainer

if TYPE_CHECKING:
    from auditor.training.encoder import Packed

FUNCTION = "auditor.training.groups.fit:fit_group"
CODE = tuple(
    f"auditor.{name}"
    for name in (
        "training.groups.fit training.groups.fit_loop training.groups.study training.trainer "
        "training.logging.recorder training.logging.gradients training.heads training.loss "
        "training.dropout seeding training.ragged training.features"
    ).split()
)
"""The modules that decide what a training predicts, besides the encoder's own package."""
DECISIVE = ("epochs", "batch_size", "lr", "weight_decay", "clip", "patience")
"""The fields of `TrainingConfig` that decide what a training predicts."""
NEVER = 10**9
"""Steps between two logs of gradients: only the first step is logged, and not used."""


def fit_job(
    digest: str,
    tasks: Sequence[int],
    *,
    factory: Callable[..., Any],
    options: Mapping[str, Any],
    config: Mapping[str, Any],
    seed: int,
    device: str,
    name: str = "",
) -> Job:
    """Return the job of one training.

    Parameters
    ----------
    digest
        Of the `Study` that the job is given.
    tasks
        Places of the group's tasks in the study's benchmark.
    factory, options
        The encoder, importable by name, and its options.
    config
        Fields of `TrainingConfig`; those about logs do not count, nothing is logged.
    """
    encoder = import_path(factory)
    arguments = {
        "tasks": sorted(tasks),
        "encoder": encoder,
        "options": dict(options),
        "config": {name: config[name] for name in DECISIVE},
        "seed": seed,
        "device": device,
        "code": code_of(factory),
    }
    return Job(FUNCTION, arguments, digest, name)


def fit_group(
    data: bytes,
    *,
    tasks: Sequence[int],
    encoder: str,
    options: Mapping[str, Any],
    config: Mapping[str, Any],
    seed: int,
    device: str,
    code: str,
) -> Outcome:
    """Train an encoder and a head per task of a group, and predict the group's test compounds.

    Training stops early on the validation compounds alone, and predictions are those of the epoch
    with the lowest mean validation loss. ``own`` holds, of the same training, each task's
    predictions from the epoch of its own lowest validation loss. One thread trains, so that the
    outcome does not depend on how many trainings run beside it.

    Parameters
    ----------
    data
        What `encode_study` gave.
    code
        What `code_of` gave where the job was made.

    Returns
    -------
    ``compounds`` (m,), the places of the test compounds; ``outputs`` and ``own`` (m, t of the
    group), logits of classifications and values in the labels' unit of regressions;
    ``validation`` (epochs, t of the group), the loss of each task.

    Raises
    ------
    DataError
        The code here is not that of whoever asks, or fewer than two compounds are to train on.
    """
    factory = functools.partial(_imported(encoder), **options)
    if code_of(factory.func) != code:
        raise DataError(
            "this worker has another version of mtl-audit, of the encoder or of torch",
            hint="install the same versions on every worker",
        )
    study = decode_study(data).group(tasks)
    if len(study.split.train) < 2:
        raise DataError(f"{len(study.split.train)} training compounds", hint="training needs at least two")
    with one_thread():
        packed = _packed(data, encoder, json.dumps(dict(options), sort_keys=True), device)
        network = Network(factory, len(tasks), seed=seed).to(device)
        trainer = Trainer(
            network,
            packed,
            study.benchmark,
            study.split,
            TrainingConfig(**config),
            seed=seed,
            device=device,
        )
        return fitted(trainer, study, device)


def import_path(factory: Callable[..., Any]) -> str:
    """Return ``"module:function"`` of a function that any process can import.

    Raises
    ------
    PluginError
        It is not found under its own name.
    """
    path = f"{factory.__module__}:{factory.__qualname__}"
    try:
        found = _imported(path)
    except (ImportError, AttributeError):
        found = None
    if found is not factory:
        raise PluginError(
            f"{path} cannot be imported by another process",
            hint="an encoder's factory must be a function of a module",
        )
    return path


@functools.cache
def code_of(factory: Callable[..., Any]) -> str:
    """Return a digest of the code that decides what a training predicts, as this process found it."""
    return "/".join((__version__, digest_of_modules(CODE), digest_of_package(factory), torch.__version__))


def _imported(path: str) -> Callable[..., Any]:
    module, _, attribute = path.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


@functools.lru_cache(maxsize=2)
def _packed(data: bytes, encoder: str, options: str, device: str) -> Packed:
    """Return the features of all compounds, shared by the trainings of a process."""
    built = _imported(encoder)(seed=0, **json.loads(options)).to(device)
    return pack_features(built, decode_study(data).benchmark.smiles)
