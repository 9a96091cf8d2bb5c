"""Small studies and the trainings that are planned on them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from auditor.benchmark.benchmark import Benchmark
from auditor.plugin.component import Encoder, Owner
from auditor.training.config import TrainingConfig
from auditor.training.groups.study import Study
from auditor.training.splits import Split
from auditor.training.trainings import Trainings
from tests.networks import benchmark_of, random_table, split_of

OWNER = Owner("ecfp", "mtl-audit", "test")
ECFP = Encoder("ecfp", "mtl_audit_ecfp.model:ecfp", "an encoder", OWNER)
SMALL = {"width": 16, "hidden": 24, "bits": 128}
SHORT = TrainingConfig(epochs=3, batch_size=8)


def small_study(t: int = 3, *, n: int = 80, seed: int = 0, measured: float = 0.7) -> Study:
    """Return a study of random labels."""
    benchmark = benchmark_of(random_table(n, t, seed=seed, measured=measured))
    return Study(benchmark, split_of(benchmark))


def trainings_of(
    benchmark: Benchmark, split: Split, cache: Path, config: TrainingConfig = SHORT, **options: Any
) -> Trainings:
    """Return planned trainings of the fingerprint encoder."""
    return Trainings(
        benchmark=benchmark,
        split=split,
        split_name="random",
        encoder=ECFP,
        encoder_options={**SMALL, **options},
        config=config,
        seeds=(0,),
        device="cpu",
        cache=cache,
    )


def every_group(t: int) -> list[tuple[int, ...]]:
    """Return every set of tasks but the empty one."""
    return [group for size in range(1, t + 1) for group in itertools.combinations(range(t), size)]
