"""Which training is this: the one answer that entries, checkpoints, jobs and projections share.

A training is decided by its data, its configuration and its code: ours, the encoder's, and that of the
libraries. What an encoder reads besides, a file of vectors or pretrained weights, no list of code can
show. Our own encoders read nothing but what an option names, and a number names no file: without an
option of text, their features follow from code, options, compounds and versions. Of any other encoder
the features and the state that it is built with are computed, and their content is part of the answer:
that costs the time of the features (1 to 2 s for 8,000 compounds) each time a finished training is asked
for, which is little beside reading a result that is another's.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.cache.code import digest_of_modules, digest_of_package, modules_behind, versions_of

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.plugin.component import Component
    from auditor.training.config import TrainingConfig
    from auditor.training.splits import Split

LOOPS = ("auditor.training.train", "auditor.training.groups.fit")
"""Where trainings start; what they import decides what a training gives."""
ROOMS = ("auditor.training", "auditor.seeding", "auditor.benchmark.labels")
"""Where import lines are followed: all else is data by the time a training sees it."""
LIBRARIES = ("numpy", "rdkit", "torch")
OURS = "mtl-audit"
"""The distribution whose encoders read nothing but molecules and the files that an option names."""


def training_modules() -> tuple[str, ...]:
    """Return the modules that decide what a training gives, besides the encoder's own package."""
    return modules_behind(LOOPS, ROOMS)


def code_identity(factory: Callable[..., Any], needs: Iterable[str] = ()) -> dict[str, Any]:
    """Return the code that decides what a training gives, by the name that a message gives it.

    Parameters
    ----------
    factory
        Of the encoder, its options bound or not.
    needs
        Distributions that the encoder needs.
    """
    while isinstance(factory, functools.partial):
        factory = factory.func
    return {
        "version": __version__,
        "training code": _training_digest(),
        "encoder code": _package_digest(factory),
        "libraries": versions_of((*LIBRARIES, *needs)),
    }


def data_identity(benchmark: Benchmark, split: Split, config: TrainingConfig) -> dict[str, Any]:
    """Return the data and the configuration of a training, by the name that a message gives them."""
    sides = [getattr(split, side.name).astype("<i8").tobytes() for side in fields(split)]
    return {
        "labels": benchmark.labels.digest(),
        "compounds": hashlib.sha256(benchmark.bytes_of_inputs()).hexdigest(),
        "split": hashlib.sha256(b"|".join(sides)).hexdigest(),
        "tasks": [[task.name, task.kind] for task in benchmark.tasks],
        **asdict(config),
    }


def reads_nothing(encoder: Component, options: Mapping[str, Any]) -> bool:
    """Return whether an encoder's features follow from its code, options, compounds and versions."""
    named = any(isinstance(value, str) and value for value in options.values())
    return encoder.owner.distribution == OURS and not named


@functools.cache
def _training_digest() -> str:
    """Return the digest of our code as this process found it first: that is what it runs."""
    return digest_of_modules(training_modules())


@functools.cache
def _package_digest(factory: Callable[..., Any]) -> str:
    return digest_of_package(factory)
