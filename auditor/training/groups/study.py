"""What many trainings of one benchmark share: its compounds, its labels and one split of them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from auditor.benchmark.benchmark import Benchmark
from auditor.benchmark.labels import Labels
from auditor.source.rows import Task
from auditor.training.splits import Split


@dataclass(frozen=True)
class Study:
    """A benchmark and the one split from which every training of it takes its compounds."""

    benchmark: Benchmark
    split: Split

    def digest(self) -> str:
        """Return the SHA-256 of all that a training could depend on."""
        state = hashlib.sha256(self.benchmark.labels.digest().encode())
        state.update(json.dumps([[t.name, t.kind] for t in self.benchmark.tasks]).encode())
        state.update(self.benchmark.bytes_of_inputs())
        for side in fields(self.split):
            state.update(b"|" + getattr(self.split, side.name).astype("<i8").tobytes())
        return state.hexdigest()

    def group(self, tasks: Sequence[int]) -> Study:
        """Return the study of some tasks: the same sides, less the compounds with no label of theirs.

        A compound is on the same side in every group that holds it.
        """
        benchmark = self.benchmark
        labels = benchmark.labels.select(tasks)
        labelled = np.zeros(labels.n, dtype=bool)
        labelled[labels.rows] = True
        sides = {f.name: getattr(self.split, f.name) for f in fields(self.split)}
        own = Split(**{name: side[labelled[side]] for name, side in sides.items()})
        chosen = tuple(benchmark.tasks[task] for task in tasks)
        return Study(replace(benchmark, tasks=chosen, labels=labels, truth=None), own)


def encode_study(study: Study) -> bytes:
    """Return a study as bytes that any process can read; nothing in them is pickled."""
    benchmark, labels, split = study.benchmark, study.benchmark.labels, study.split
    about = {
        "name": benchmark.name,
        "identity": benchmark.identity,
        "n": labels.n,
        "tasks": [[task.name, task.kind] for task in benchmark.tasks],
    }
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        about=_bytes(json.dumps(about)),
        smiles=_bytes("\n".join(benchmark.smiles)),
        starts=labels.starts,
        rows=labels.rows,
        values=labels.values,
        **({} if benchmark.features is None else {"features": benchmark.features}),
        **{side.name: getattr(split, side.name) for side in fields(split)},
    )
    return buffer.getvalue()


@lru_cache(maxsize=2)
def decode_study(data: bytes) -> Study:
    """Return the study that `encode_study` wrote; its compounds are named by their SMILES."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        smiles = tuple(arrays["smiles"].tobytes().decode().split("\n"))
        labels = Labels(about["n"], arrays["starts"], arrays["rows"], arrays["values"])
        split = Split(**{side.name: arrays[side.name] for side in fields(Split)})
        features = arrays.get("features")
    tasks = tuple(Task(name, kind) for name, kind in about["tasks"])
    found = Benchmark(about["name"], tasks, smiles, smiles, labels, about["identity"], features=features)
    return Study(found, split)


def _bytes(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
