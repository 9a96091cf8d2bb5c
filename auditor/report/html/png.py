"""A paletted PNG, one pixel per cell: the smallest picture of a very large matrix."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(rows: Sequence[Sequence[int]], palette: Sequence[str]) -> bytes:
    """Return a picture of colour indices; index ``len(palette)`` is transparent.

    Parameters
    ----------
    rows
        Indices (height, width), each at most ``len(palette)``; at most 15 colours.
    palette
        Colours as ``#rrggbb``.
    """
    width, height = len(rows[0]), len(rows)
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    colors = b"".join(bytes.fromhex(color[1:]) for color in palette) + b"\0\0\0"
    alpha = b"\xff" * len(palette) + b"\0"
    pixels = zlib.compress(b"".join(b"\0" + _packed(row) for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", colors), (b"tRNS", alpha), (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def data_uri(picture: bytes) -> str:
    """Return a picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _packed(row: Sequence[int]) -> bytes:
    """Return a row with two 4-bit indices to the byte."""
    even = [*row, 0] if len(row) % 2 else row
    return bytes(high << 4 | low for high, low in zip(even[::2], even[1::2], strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
