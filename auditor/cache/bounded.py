"""A file of somebody else's, read within a size that is stated beforehand."""

from __future__ import annotations

import errno
import os
from pathlib import Path

SMALL_BYTES = 64 << 20
"""Most bytes of a file that people write by hand: options, names, annotations, a manifest."""


class TooLarge(OSError):
    """A file that is not read because of its size; ``strerror`` says it."""


def read_bounded(path: Path, most: int = SMALL_BYTES) -> bytes:
    """Return what a file holds, of at most so many bytes; a larger one is not read, whatever it is.

    Raises
    ------
    TooLarge
        It has more; a pipe is read until then.
    OSError
        It cannot be opened or read.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        data = b"" if size > most else stream.read(most + 1)
    if size > most or len(data) > most:
        has = f"{size:,} bytes" if size > most else f"more than {most:,} bytes"
        allowed = f"{most >> 30} GiB" if most >> 30 else f"{most >> 20} MiB"
        raise TooLarge(errno.EFBIG, f"it has {has}, and at most {allowed} are taken")
    return data
