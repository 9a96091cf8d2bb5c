"""Train one group of tasks together and predict its test compounds."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.compute.jobs import Job, Outcome
from auditor.errors import DataError, PluginError
from auditor.training.config import TrainingConfig
from auditor.training.features import digest_of_encoder, pack_features
from auditor.training.groups.fit_loop import fitted, one_thread
from auditor.training.groups.study import decode_study
from auditor.training.identity import code_identity
from auditor.training.network import Network
from auditor.training.trainer import Trainer

if TYPE_CHECKING:
    from auditor.training.encoder import Packed

FUNCTION = "auditor.training.groups.fit:fit_group"
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
    needs: Sequence[str] = (),
    content: str = "",
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
    needs
        Distributions that the encoder needs.
    content
        `Trainings.content`: of what the encoder reads, empty for one that reads nothing.
    """
    encoder = import_path(factory)
    arguments = {
        "tasks": sorted(tasks),
        "encoder": encoder,
        "options": dict(options),
        "config": {name: config[name] for name in DECISIVE},
        "seed": seed,
        "device": device,
        "code": code_identity(factory, needs),
        "content": content,
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
    code: Mapping[str, Any],
    content: str,
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
        What `code_identity` gave where the job was made.
    content
        What the encoder has read there; empty for one that reads nothing.

    Returns
    -------
    ``compounds`` (m,), the places of the test compounds; ``outputs`` and ``own`` (m, t of the
    group), logits of classifications and values in the labels' unit of regressions;
    ``validation`` (epochs, t of the group), the loss of each task.

    Raises
    ------
    DataError
        The code here, or what the encoder reads, is not that of whoever asks, or fewer than two
        compounds are to train on.
    """
    factory = functools.partial(_imported(encoder), **options)
    _check_code(factory, code)
    study = decode_study(data).group(tasks)
    if len(study.split.train) < 2:
        raise DataError(f"{len(study.split.train)} training compounds", hint="training needs at least two")
    with one_thread():
        packed, found = _packed(
            data, encoder, json.dumps(dict(options), sort_keys=True), device, bool(content)
        )
        if found != content:
            raise DataError(
                f"the encoder {encoder} reads something else on this worker",
                hint="give every worker the files that the encoder reads",
            )
        network = Network(factory, len(tasks), seed=seed).to(device)
        trainer = Trainer(
            network,
            packed,
            study.benchmark,
            study.split,
            TrainingConfig(**config, log_every=NEVER),
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


def _check_code(factory: Callable[..., Any], code: Mapping[str, Any]) -> None:
    try:
        here = code_identity(factory, set(code["libraries"]))
    except importlib.metadata.PackageNotFoundError as error:
        raise DataError(
            f"this worker has no {error.name}", hint="install the same versions on every worker"
        ) from error
    other = sorted(name for name in here if here[name] != code.get(name))
    if other:
        raise DataError(
            f"this worker has another version of mtl-audit, of the encoder or of a library: another "
            f"{', '.join(other)}",
            hint="install the same versions on every worker",
        )


def _imported(path: str) -> Callable[..., Any]:
    module, _, attribute = path.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


@functools.lru_cache(maxsize=2)
def _packed(data: bytes, encoder: str, options: str, device: str, reads: bool) -> tuple[Packed, str]:
    """Return the features of all compounds, shared by the trainings of a process, and their digest.

    There is no digest of an encoder that reads nothing.
    """
    build = functools.partial(_imported(encoder), **json.loads(options))
    packed = pack_features(build(seed=0).to(device), decode_study(data).benchmark.inputs)
    return packed, digest_of_encoder(build, packed) if reads else ""
