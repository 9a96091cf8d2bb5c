"""Tensors of a file in the format safetensors, which holds numbers and no code.

Eight bytes say how long a header of JSON is; it names each tensor's type, shape and place in the bytes
that follow.

Reference: https://github.com/huggingface/safetensors, "Format".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from auditor.cache.bounded import TooLarge, read_bounded
from auditor.errors import DataError

MOST_BYTES = 8 << 30
TYPES: Mapping[str, torch.dtype] = MappingProxyType(
    {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
)
"""Types that weights have; tensors of other types, such as position numbers, are left out."""


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a file by name, in single precision.

    Raises
    ------
    DataError
        It cannot be read, is damaged, or holds a number that is not finite.
    """
    try:
        data = read_bounded(path, MOST_BYTES)
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint=HINT) from error
    except TooLarge as error:
        raise DataError(f"{path} is too large: {error.strerror}", hint="take a smaller model") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be opened: {error.strerror}", hint="check its permissions"
        ) from error
    start = 8 + int.from_bytes(data[:8], "little")
    try:
        header: dict[str, Any] = json.loads(data[8:start])
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        return {
            name: _tensor(path, name, entry, memoryview(data)[start:])
            for name, entry in entries.items()
            if entry["dtype"] in TYPES
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(f"{path} is no file of safetensors, or damaged", hint="fetch it again") from error


HINT = (
    "a folder with config.json, model.safetensors, vocab.json and merges.txt, as save_pretrained writes it"
)


def _tensor(path: Path, name: str, entry: Mapping[str, Any], data: memoryview) -> torch.Tensor:
    kind, shape, (first, last) = TYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
    count = math.prod(shape)
    if not all(isinstance(size, int) and size >= 0 for size in (*shape, first)) or last > len(data):
        raise ValueError(name)
    if last - first != count * kind.itemsize:
        raise ValueError(name)
    if not count:
        return torch.zeros(shape)
    found = torch.frombuffer(bytearray(data[first:last]), dtype=kind).reshape(shape).float()
    if not bool(torch.isfinite(found).all()):
        raise DataError(f"'{name}' of {path} holds numbers that are not finite", hint="fetch it again")
    return found
