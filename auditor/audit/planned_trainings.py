"""The trainings that a request asks for, planned before any is run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.audit.request import OF_FEATURES
from auditor.chemistry.naming import identify
from auditor.errors import DataError, UsageError
from auditor.plugin.component import MEASURES, Encoder
from auditor.plugin.installing import installed
from auditor.plugin.options import call_options
from auditor.training.config import PRESETS, within_memory
from auditor.training.identity import OURS
from auditor.training.splits import Split, random_split, scaffold_split
from auditor.training.train import steps_per_epoch
from auditor.training.trainings import Trainings

if TYPE_CHECKING:
    from auditor.audit.request import AnalysisRequest
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.config import TrainingConfig


def plan_trainings(request: AnalysisRequest, benchmark: Benchmark) -> Trainings:
    """Return the trainings that a request asks for, none of them run.

    Raises
    ------
    UsageError
        An unknown encoder, encoder option, device, or a value that no training could have.
    DataError
        One of our own encoders is given a file that it cannot use.
    MissingExtra
        What the encoder needs is not installed, and an estimator needs a training.
    """
    encoder = request.data.registry.get("encoder", request.encoder)
    assert isinstance(encoder, Encoder)
    _refuse_other_inputs(encoder, benchmark)
    split = _split(request, benchmark)
    planned = Trainings(
        benchmark=benchmark,
        split=split,
        split_name=request.split,
        encoder=encoder,
        encoder_options=_encoder_options(request, encoder, benchmark),
        config=_config(request, benchmark, split),
        seeds=tuple(range(request.seed, request.seed + request.repeats)),
        device=_device(request.device),
        cache=request.data.cache,
    )
    if _trains(request) and encoder.owner.distribution == OURS:
        _refuse_unusable(planned)
    return planned


def _refuse_unusable(planned: Trainings) -> None:
    """Build the encoder and read its files once, so that what it refuses is told before any training.

    Whatever else fails is told by the step that asks for a training.
    """
    try:
        planned.factory()(seed=0)
        _ = planned.content
    except (UsageError, DataError):
        raise
    except Exception:
        return


def _trains(request: AnalysisRequest) -> bool:
    registry = request.data.registry
    return any(registry.get("affinity", name).measures for name in request.affinities)


def _refuse_other_inputs(encoder: Encoder, benchmark: Benchmark) -> None:
    """Refuse an encoder of molecules for features, and one of features for molecules."""
    if benchmark.features is not None and encoder.reads != "features":
        raise UsageError(
            f"encoder '{encoder.name}' reads molecules, and {benchmark.name} has features",
            hint=f"--encoder {OF_FEATURES}, or leave it out",
        )
    if benchmark.features is None and encoder.reads == "features":
        raise UsageError(
            f"encoder '{encoder.name}' reads features, and {benchmark.name} has molecules",
            hint="--features names the columns of a table that has features",
        )


def _encoder_options(request: AnalysisRequest, encoder: Encoder, benchmark: Benchmark) -> dict[str, Any]:
    """Return the encoder's options, checked; unchecked where it is not installed and nothing is trained."""
    if encoder.missing() and not _trains(request):
        return dict(request.encoder_options)
    known = {} if benchmark.features is None else {"inputs": benchmark.features.shape[1]}
    reserved = ("seed", *known)
    typed = call_options(
        encoder.load(), request.encoder_options, f"encoder '{encoder.name}'", reserved=reserved
    )
    return {**typed, **known}


def _config(request: AnalysisRequest, benchmark: Benchmark, split: Split) -> TrainingConfig:
    if request.preset not in PRESETS:
        raise UsageError(f"no preset named '{request.preset}'", hint=f"one of {', '.join(PRESETS)}")
    asked = [request.data.registry.get("affinity", name).measures for name in request.affinities]
    measures = max((name for name in asked if name), key=MEASURES.index, default="errors")
    overrides: dict[str, Any] = {"measures": measures, **request.overrides}
    config = replace(PRESETS[request.preset], **overrides)
    steps = config.epochs * steps_per_epoch(split, config)
    bounded = within_memory(config, tasks=benchmark.t, steps=steps)
    if bounded != config:
        console.say(
            f"{benchmark.t:,} tasks: only the last {bounded.log_window:.0%} of the training is logged, "
            f"every {bounded.log_every} steps, so that the logs fit into memory"
        )
    return bounded


def _split(request: AnalysisRequest, benchmark: Benchmark) -> Split:
    if request.split == "random":
        return random_split(benchmark.n, seed=request.seed)
    if benchmark.features is not None:
        raise UsageError("features have no scaffolds to split by", hint="--split random, or leave it out")
    level = request.data.registry.get("identity", "scaffold")
    named = identify(benchmark.smiles, level, cache=request.data.cache)
    return scaffold_split([named[text].name or text for text in benchmark.smiles])


def _device(name: str) -> str:
    if name == "auto" and not installed("torch"):
        return "cpu"
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device is available", hint="--device cpu")
    return name
