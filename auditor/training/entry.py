"""Finished trainings on disk, and why the next one cannot be one of them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.cache.store import key_of, save_entry
from auditor.cache.writing import write_atomic
from auditor.training.trace import Trace

if TYPE_CHECKING:
    from auditor.cache.store import Entry

ARRAYS = (
    "steps", "epochs", "gram", "errors", "losses", "labels", "pooled", "pooled_epochs", "lookahead",
)  # fmt: skip
NETWORK = "network.pt"


def save_training(folder: Path, trace: Trace, network: Mapping[str, Any]) -> None:
    """Write a finished training as an entry of the store: what it logged, and its network's state."""
    import torch

    arrays, state = io.BytesIO(), io.BytesIO()
    np.savez_compressed(arrays, **{name: getattr(trace, name) for name in ARRAYS})
    torch.save(dict(network), state)
    about = {f.name: getattr(trace, f.name) for f in fields(trace) if f.name not in ARRAYS}
    save_entry(folder, {"trace.npz": arrays.getvalue(), NETWORK: state.getvalue()}, about)


def checkpoint_of(folder: Path) -> Path:
    """Return the file that holds the training of an entry as long as it is not finished."""
    return folder.with_suffix(".checkpoint")


def forget_checkpoint(folder: Path) -> None:
    """Delete what a finished training needs no more; a killed process may have left it."""
    with contextlib.suppress(OSError):  # a folder that can only be read keeps it
        checkpoint_of(folder).unlink()


def read_trace(entry: Entry) -> Trace:
    """Return what the training that `save_training` wrote has logged; nothing is unpickled."""
    with np.load(entry.files["trace.npz"], allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in ARRAYS}
    about: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.about.items()
    }
    return Trace(**about, **kept)


def say_what_changed(folder: Path, about: object, identity: Mapping[str, Any]) -> None:
    """Say why a training starts anew, if there was one of the same name with other parts before.

    Parameters
    ----------
    folder
        Where the last identity of each name is kept.
    about
        The name, JSON-able: benchmark, encoder and seed.
    identity
        Everything that the training depends on, by the name that the message gives it.
    """
    parts = {name: key_of([part]) for name, part in identity.items()}
    file = folder / f"last-{key_of(about)}.json"
    before = _known(file)
    changed = sorted(name for name, part in parts.items() if before.get(name, part) != part)
    if changed:
        console.say(f"a new training, because of another {', '.join(changed).replace('_', ' ')}")
    write_atomic(file, json.dumps(parts, indent=1).encode())


def _known(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return dict(found) if isinstance(found, dict) else {}
