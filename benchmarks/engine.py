"""The training loop and its logs against the plain way of writing them, and against the machine."""

from __future__ import annotations

import math
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditor import console
from auditor.audit.reading import read_benchmark
from auditor.training.splits import Split, random_split
from benchmarks.overlap import request
from benchmarks.support import has_mirror, table

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.trainer import Trainer

BATCHES = 8
"""Per timed epoch."""
REPEATS = 5
EPOCHS, LOG_EVERY, WINDOW = 30, 10, 0.2
NEVER = 10**9


THREADS = int(os.environ.get("MTL_AUDIT_BENCH_THREADS") or 1)
"""One thread is timed by the processor, which other programs disturb less; more by the clock."""


@dataclass(frozen=True)
class Cost:
    """Seconds of a training step and, on top of it, of a log."""

    step_s: float
    log_s: float

    def run_s(self, steps: int, logs: int) -> float:
        """Return the seconds of a run."""
        return steps * self.step_s + logs * self.log_s


def main() -> None:
    """Print the tables."""
    if not has_mirror():
        return
    import torch

    torch.set_num_threads(THREADS)
    console.settings.level = -1
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    with tempfile.TemporaryDirectory() as cache:
        found = {name: read_benchmark(request(name, Path(cache))).benchmark for name in ("tox21", "sider")}
    print(
        f"GCN 3 x 256, batch 32, {THREADS} thread(s); medians of {REPEATS} interleaved epochs of {BATCHES} "
        f"steps, in {'processor time' if THREADS == 1 else 'time of the clock'}. A run is "
        f"{EPOCHS} epochs of 80 % of the compounds with a log every {LOG_EVERY} steps, throughout or in "
        f"the final {WINDOW:.0%} of the steps, computed from the costs of a step and of a log.\n"
    )
    compare(found)
    print()
    for name, benchmark in found.items():
        machine(name, benchmark)


def compare(found: dict[str, Benchmark]) -> None:
    """Time both on the same compounds."""
    rows = []
    for name, benchmark in found.items():
        ours, plain = measure(benchmark)
        steps = EPOCHS * math.ceil(0.8 * benchmark.n / 32)
        logs = math.ceil(steps / LOG_EVERY)
        windowed = math.ceil(WINDOW * logs)
        rows.append(
            (
                name,
                f"{1e3 * plain.step_s:.1f} / {1e3 * ours.step_s:.1f}",
                f"{plain.step_s / ours.step_s:.1f}",
                f"{1e3 * plain.log_s:.1f} / {1e3 * ours.log_s:.1f}",
                f"{plain.log_s / ours.log_s:.1f}",
                f"{steps:,} / {logs:,}",
                f"{plain.run_s(steps, logs):.0f} / {ours.run_s(steps, logs):.0f}",
                f"{plain.run_s(steps, logs) / ours.run_s(steps, logs):.2f}",
                f"{plain.run_s(steps, windowed) / ours.run_s(steps, windowed):.2f}",
                f"{plain.run_s(steps, logs) / ours.run_s(steps, windowed):.2f}",
            )
        )
    columns = (
        "benchmark", "step, plain / ours, ms", "ratio", "log, plain / ours, ms", "ratio", "steps / logs",
        "run, plain / ours, s", "ratio, logs throughout", f"ratio, both in the final {WINDOW:.0%}",
        f"ratio, plain throughout, ours in the final {WINDOW:.0%}",
    )  # fmt: skip
    table(columns, rows)


def measure(benchmark: Benchmark) -> tuple[Cost, Cost]:
    """Return our costs and the plain ones, from epochs run in turn."""
    from benchmarks.plain_reference import Reference

    compounds = np.sort(np.random.default_rng(0).permutation(benchmark.n)[: 32 * BATCHES])
    smiles = [benchmark.smiles[i] for i in compounds]
    reference = Reference(smiles, dense(benchmark)[compounds], seed=0)
    silent, logging = (trainer_of(benchmark, compounds, every) for every in (NEVER, 1))
    works: tuple[Callable[[], object], ...] = (
        lambda: silent.epoch(_ignore),
        lambda: reference.epoch(log=False),
        lambda: logging.epoch(_ignore),
        lambda: reference.epoch(log=True),
    )
    for work in works:
        work()
    times = np.array([[_seconds(work) for work in works] for _ in range(REPEATS)]) / BATCHES
    step, plain_step = np.median(times[:, :2], axis=0)
    log, plain_log = np.median(times[:, 2:] - times[:, :2], axis=0)
    return Cost(float(step), float(log)), Cost(float(plain_step), float(plain_log))


def machine(name: str, benchmark: Benchmark) -> None:
    """Say how much of the machine's matrix product a step and a log reach, and where the rest goes."""
    compounds = random_split(benchmark.n, seed=0).train[: 32 * BATCHES]
    peak = peak_flops()
    rows, groups = [], {}
    for label, every in (("step", NEVER), ("step with a log", 1)):
        trainer = trainer_of(benchmark, compounds, every)
        trainer.epoch(_ignore)
        times = [_seconds(lambda: trainer.epoch(_ignore)) for _ in range(REPEATS)]  # noqa: B023
        seconds = statistics.median(times) / BATCHES
        flops = counted_flops(trainer) / BATCHES
        rows.append(
            (
                label,
                f"{1e3 * seconds:.1f}",
                f"{flops / 1e9:.2f}",
                f"{flops / seconds / 1e9:.1f}",
                f"{flops / seconds / peak:.0%}",
            )
        )
        groups[label] = profiled(trainer)
    print(f"{name}: of {peak / 1e9:.0f} GFLOP/s measured for (1,651 x 256) (256 x 256), single precision\n")
    table(("", "ms", "GFLOP of products", "GFLOP/s", "of the peak"), rows)
    print()
    kinds = list(groups["step"])
    table(
        ("share of the time", *groups),
        [(kind, *(f"{group[kind]:.0%}" for group in groups.values())) for kind in kinds],
    )
    print()


def peak_flops() -> float:
    """Return the rate of one large product, in floating-point operations per second."""
    import torch

    a, b = torch.randn(1_651, 256), torch.randn(256, 256)
    times = [_seconds(lambda: [a @ b for _ in range(20)]) for _ in range(9)]
    return 2 * 1_651 * 256 * 256 * 20 / min(times)


def counted_flops(trainer: Trainer) -> int:
    """Return the operations of the dense matrix products in an epoch."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Products(TorchDispatchMode):
        flops = 0

        def __torch_dispatch__(
            self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
        ) -> Any:
            name = func.overloadpacket.__name__
            if name in ("mm", "bmm", "addmm", "addmm_"):
                first, second = args[-2:]
                if first.layout == torch.strided and second.layout == torch.strided:
                    self.flops += 2 * first.numel() * second.shape[-1]
            return func(*args, **(kwargs or {}))

    with Products() as counter:
        trainer.epoch(_ignore)
    return counter.flops


KINDS = {
    "matrix products, dense and sparse": ("mm", "addmm", "bmm", "addmm_", "baddbmm", "addbmm"),
    "batch normalisation": ("native_batch_norm", "batch_norm"),
    "optimiser and clipping": ("_fused_adamw_", "linalg_vector_norm", "_foreach"),
    "random masks": ("random_", "ge"),
    "gather and scatter": ("index", "index_add_", "repeat_interleave", "embedding", "gather"),
    "copies and conversions": ("copy_", "cat", "_to_copy", "fill_", "zero_"),
}


def profiled(trainer: Trainer) -> dict[str, float]:
    """Return the share of an epoch's time spent in operations of each kind."""
    import torch

    with torch.profiler.profile() as profile:
        trainer.epoch(_ignore)
    spent = dict.fromkeys([*KINDS, "element-wise and sums", "calls and Python"], 0.0)
    whole = 0.0
    for event in profile.key_averages():
        whole += event.self_cpu_time_total
        spent[_kind(event.key)] += event.self_cpu_time_total
    return {kind: value / whole for kind, value in spent.items()}


def _kind(key: str) -> str:
    if not key.startswith("aten::"):
        return "calls and Python"
    name = key.removeprefix("aten::")
    for kind, prefixes in KINDS.items():
        if any(name == prefix or (len(prefix) > 4 and name.startswith(prefix)) for prefix in prefixes):
            return kind
    return "element-wise and sums"


def trainer_of(benchmark: Benchmark, compounds: NDArray[np.int64], every: int) -> Trainer:
    """Return the auditor's training on some compounds, none of them for validation."""
    from auditor.training.config import TrainingConfig
    from auditor.training.features import pack_features
    from auditor.training.network import Network
    from auditor.training.trainer import Trainer
    from mtl_audit_gnn.models import gcn

    none = np.zeros(0, dtype=np.int64)
    network = Network(gcn, benchmark.t, seed=0)
    packed = pack_features(network.encoder, benchmark.smiles)
    config = TrainingConfig(epochs=1, log_every=every)
    split = Split(compounds, none, none)
    return Trainer(network, packed, benchmark, split, config, seed=0, device="cpu")


def dense(benchmark: Benchmark) -> NDArray[np.float64]:
    """Return the labels (n, t), NaN = not measured."""
    found = np.full((benchmark.n, benchmark.t), np.nan)
    for task in range(benchmark.t):
        rows, values = benchmark.labels.column(task)
        found[rows, task] = values
    return found


def _seconds(work: Callable[[], Any]) -> float:
    clock = time.process_time if THREADS == 1 else time.perf_counter
    started = clock()
    work()
    return clock() - started


def _ignore(_: int) -> None:
    return None
