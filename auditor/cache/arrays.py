"""Arrays of an .npz file that anybody may have written: within bounds, and nothing is unpickled."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.cache.bounded import TooLarge, read_bounded
from auditor.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 4 << 30
"""Most bytes of a file, packed or unpacked."""


def arrays_in(path: Path, *, hint: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name.

    Raises
    ------
    DataError
        It is missing, damaged, too large or of another kind; the hint says what to give.
    """
    try:
        data = read_bounded(path, MOST_BYTES)
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise DataError(f"{path} unpacks to more than {MOST_BYTES >> 30} GiB", hint=hint)
        with np.load(io.BytesIO(data), allow_pickle=False) as loaded:
            return {name: loaded[name] for name in loaded.files}
    except FileNotFoundError as error:
        raise DataError(f"there is no file {path}", hint="check the path") from error
    except TooLarge as error:
        raise DataError(f"{path} is too large: {error.strerror}", hint=hint) from error
    except (
        OSError, ValueError, AttributeError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error
    ) as error:  # fmt: skip
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:120]
        raise DataError(f"{path} cannot be read as arrays: {reason}", hint=hint) from error
