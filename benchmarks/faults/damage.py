"""Ways to damage a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[bytes, random.Random], bytes]


def truncated(data: bytes, rng: random.Random) -> bytes:
    """Return the beginning of a file."""
    return data[: rng.randrange(len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Return a file with one bit changed."""
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]


def scribbled(data: bytes, rng: random.Random) -> bytes:
    """Return a file with up to 64 bytes of noise in it."""
    place, noise = rng.randrange(len(data)), rng.randbytes(rng.randint(1, 64))
    return (data[:place] + noise + data[place + len(noise) :])[: len(data)]


def zeroed(data: bytes, rng: random.Random) -> bytes:
    """Return a file whose end was never written."""
    place = rng.randrange(len(data))
    return data[:place] + bytes(len(data) - place)


def lengthened(data: bytes, rng: random.Random) -> bytes:
    """Return a file with something after its end."""
    return data + rng.randbytes(rng.randint(1, 4_096))


DAMAGES: tuple[Damage, ...] = (truncated, flipped, scribbled, zeroed, lengthened)


def damage(path: Path, rng: random.Random) -> str:
    """Damage a file and return how; a damage that changes nothing is made again."""
    data = path.read_bytes()
    while True:
        how = rng.choice(DAMAGES)
        changed = how(data, rng) if data else rng.randbytes(8)
        if changed != data:
            path.write_bytes(changed)
            return how.__name__
