"""Unfinished trainings on disk: written whole or not at all, and used only where they belong."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from auditor import console
from auditor.cache.store import sha256_bytes
from auditor.cache.writing import write_atomic

if TYPE_CHECKING:
    from torch import nn

INTERVAL_S = float(os.environ.get("MTL_AUDIT_CHECKPOINT_S") or 10)
"""Least time between two writings, from the environment where it is set there."""
SHARE = 0.05  # of the training time that writing may take
_TITLE = b"mtl-audit checkpoint 2 "
"""Starts a file, followed by the checksum of what follows: torch verifies none of what it reads."""
_UNREADABLE = (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError)


@dataclass
class CheckpointFile:
    """A file that holds a training's state after its last finished epoch.

    Parameters
    ----------
    path
        The file; None keeps nothing.
    key
        What the training depends on, by name: a state under any other key is not this training's.
    """

    path: Path | None
    key: Mapping[str, str]
    due: float = field(default_factory=lambda: time.monotonic() + INTERVAL_S)

    def save(self, state: Callable[[], Mapping[str, Any]]) -> None:
        """Write what ``state`` returns, unless the last writing was too short a time ago."""
        started = time.monotonic()
        if self.path is None or started < self.due:
            return
        buffer = io.BytesIO()
        torch.save({"key": dict(self.key), "state": dict(state())}, buffer)
        write_atomic(self.path, sealed(buffer.getvalue()))
        ended = time.monotonic()
        self.due = ended + max(INTERVAL_S, (ended - started) / SHARE)

    def load(self) -> dict[str, Any] | None:
        """Return the saved state; None, and a warning that says why, where it cannot be used."""
        if self.path is None or not self.path.exists():
            return None
        try:
            body = io.BytesIO(unsealed(self.path.read_bytes()))
            saved = torch.load(body, map_location="cpu", weights_only=True)
            key, state = saved["key"], saved["state"]
        except _UNREADABLE:
            console.warn(f"checkpoint {self.path} is damaged or of another version; training starts anew")
            return None
        other = sorted(name for name in {*key, *self.key} if key.get(name) != self.key.get(name))
        if other:
            console.warn(
                f"checkpoint {self.path} is of a training with another {', '.join(other)}; "
                "training starts anew"
            )
            return None
        return dict(state)


def sealed(body: bytes) -> bytes:
    """Return the bytes of a file whose title holds the version and the checksum of its body."""
    return _TITLE + sha256_bytes(body).encode() + b"\n" + body


def unsealed(data: bytes) -> bytes:
    """Return the body of a file that `sealed` made.

    Raises
    ------
    ValueError
        It is of another version, truncated or changed.
    """
    title, _, body = data.partition(b"\n")
    if title != _TITLE + sha256_bytes(body).encode():
        raise ValueError("the checksum in the title is not that of the body")
    return body


def digest_of(module: nn.Module) -> str:
    """Return the SHA-256 of a network's layers, options and parameters."""
    digest = hashlib.sha256(repr(module).encode())
    for name, parameter in module.named_parameters():
        digest.update(name.encode())
        digest.update(parameter.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
