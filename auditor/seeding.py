"""Seeds: independent streams from one number, without touching the global random state."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator


def derive(seed: int, *parts: str | int) -> int:
    """Return a seed of 63 bits for one purpose, so that streams of one run do not repeat each other.

    ``parts`` name the purpose: ``derive(0, "batches", 3)`` is the same number on every machine.
    """
    text = "/".join(str(part) for part in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Initialise parameters from a seed; the global random state is the same afterwards."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
