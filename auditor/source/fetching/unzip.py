"""Unpack gzip within stated limits; nothing else is ever unpacked, and nothing onto the disk."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 4 << 30
"""Most bytes that a file may unpack to."""
FREE_BYTES = 64 << 20
"""Bytes that any file may unpack to, however well it is packed."""
MOST_RATIO = 200
"""Beyond `FREE_BYTES`, most bytes per packed byte: published tables have up to 26, deflate allows 1,032."""
MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20


class UnzipError(ValueError):
    """A gzip file that is damaged, truncated, or unpacks to more than is allowed."""


def unzipped(path: Path) -> bytes:
    """Return the content of a gzip file.

    Raises
    ------
    UnzipError
        It is damaged, truncated, or too large.
    """
    return b"".join(pieces(path))


def pieces(path: Path) -> Iterator[bytes]:
    """Yield the content of a gzip file, a megabyte at most at a time; raises UnzipError."""
    packed_bytes, unpacked_bytes, decoder = 0, 0, zlib.decompressobj(wbits=31)
    with path.open("rb") as stream:
        waiting = b""
        while waiting or (waiting := stream.read(_PIECE)):
            if decoder.eof:  # another member, or the padding that tapes and disks add
                waiting = waiting.lstrip(b"\0")
                if not waiting:
                    continue
                decoder = zlib.decompressobj(wbits=31)
            piece, rest = _decompressed(decoder, waiting)
            packed_bytes, waiting = packed_bytes + len(waiting) - len(rest), rest
            unpacked_bytes += len(piece)
            _refuse_bomb(unpacked_bytes, packed_bytes)
            yield piece
    if not decoder.eof:
        raise UnzipError("it is a truncated gzip file")


def _decompressed(decoder: zlib._Decompress, packed: bytes) -> tuple[bytes, bytes]:
    """Return a megabyte at most, and what is still packed."""
    try:
        piece = decoder.decompress(packed, _PIECE)
    except zlib.error as error:
        raise UnzipError(f"it is a damaged gzip file ({error})") from error
    return piece, decoder.unused_data if decoder.eof else decoder.unconsumed_tail


def _refuse_bomb(unpacked_bytes: int, packed_bytes: int) -> None:
    if unpacked_bytes > MOST_BYTES:
        raise UnzipError(f"it unpacks to more than {MOST_BYTES >> 30} GiB")
    if unpacked_bytes > FREE_BYTES and unpacked_bytes > MOST_RATIO * packed_bytes:
        raise UnzipError(f"it unpacks to more than {MOST_RATIO} times its size")
