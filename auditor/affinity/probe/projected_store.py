"""Projected gradients in the cache: they cost minutes on a large benchmark."""

from __future__ import annotations

import functools
import hashlib
import io
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor import console
from auditor.affinity.probe.projection import Projected, Route, project
from auditor.cache.code import digest_of_modules, modules_behind
from auditor.cache.locks import locked
from auditor.cache.store import key_of, load_entry, save_entry
from auditor.seeding import derive
from auditor.training.content import digest_of_content
from auditor.training.identity import code_identity

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.affinity.probe.per_sample import Cells
    from auditor.training.trained import Trained

PROBES = ("auditor.affinity.probe.per_sample", "auditor.affinity.probe.projection")
"""What makes a projection of a trained network, with all of the probes' rooms that these import."""


def projected_gradients(
    trained: Trained,
    cells: Cells,
    *,
    directions: int,
    purpose: str,
    route: Literal["auto", "labels", "directions"] = "auto",
    cache: Path,
) -> Projected:
    """Return the projected gradients of some labels, from the cache where they are there already.

    Parameters
    ----------
    purpose
        Names the directions, with the training's seed: other purposes have independent ones.
    """
    way: Route | None = None if route == "auto" else route
    code = code_identity(type(trained.network.encoder)), _digest_of_probes()
    network = digest_of_network(trained), digest_of_content(trained.packed)
    key = [code, network, _digest(cells), directions, purpose, route]
    folder = cache / "projections" / key_of([*key, trained.benchmark.labels.digest(), trained.seed])
    with locked(folder):
        entry = load_entry(folder)
        if entry is not None:
            with np.load(entry.files["projected.npz"], allow_pickle=False) as kept:
                return Projected(kept["outputs"], kept["gradients"])
        label = f"gradients of {len(cells):,} labels in {directions} directions, seed {trained.seed}"
        with console.progress(label, len(np.unique(cells.compounds))) as advance:
            seed = derive(trained.seed, purpose, "directions")
            made = project(trained, cells, directions=directions, seed=seed, route=way, advance=advance)
        buffer = io.BytesIO()
        np.savez(buffer, outputs=made.outputs, gradients=made.gradients)
        save_entry(folder, {"projected.npz": buffer.getvalue()}, {"labels": len(cells)})
    return made


@functools.cache
def _digest_of_probes() -> str:
    return digest_of_modules(modules_behind(PROBES, ("auditor.affinity.probe",)))


def digest_of_network(trained: Trained) -> str:
    """Return the SHA-256 of a network's layers, parameters and running statistics."""
    import torch

    digest = hashlib.sha256(repr(trained.network).encode())
    for name, value in trained.network.state_dict().items():
        if isinstance(value, torch.Tensor):
            digest.update(name.encode() + value.detach().cpu().contiguous().numpy().tobytes())
    digest.update(trained.benchmark.bytes_of_inputs())
    return digest.hexdigest()


def _digest(cells: Cells) -> str:
    digest = hashlib.sha256()
    for array in (cells.compounds.astype("<i8"), cells.tasks.astype("<i8"), cells.labels.astype("<f8")):
        digest.update(array.tobytes())
    return digest.hexdigest()
