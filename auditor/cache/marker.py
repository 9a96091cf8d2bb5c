"""The file by which a folder is known as a cache of this tool: nothing else is ever cleared.

It has the name and the first line of https://bford.info/cachedir, so that programs that make backups leave
the cache out, and a line of our own.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from auditor.cache.contents import PARTS
from auditor.cache.store import default_cache_dir
from auditor.cache.writing import write_atomic
from auditor.errors import StorageError

MARKER = "CACHEDIR.TAG"
_OURS = "# This folder is a cache of mtl-audit; 'mtl-audit cache clear' may delete what it keeps here."
_TEXT = f"Signature: 8a477f597d28d172789f06886806bc55\n{_OURS}\n"


def cache_at(given: str | os.PathLike[str] | None) -> Path:
    """Return the folder of the cache, the user's where none is given, and mark it as ours.

    A folder that holds something under the name of a part of the cache is not marked: it may be somebody's
    data. That is decided once, before the first part is made. The user's own cache is ours by its place.
    """
    own = default_cache_dir()
    cache = (Path(given) if given else own).absolute()
    taken = cache != own.absolute() and any(os.path.lexists(cache / name) for name in PARTS)
    if not taken and not is_marked(cache):
        with contextlib.suppress(StorageError):  # told by whatever has to be written there
            write_atomic(cache / MARKER, _TEXT.encode())
    return cache


def is_marked(cache: Path) -> bool:
    """Return whether a folder is known as a cache of this tool."""
    try:
        with (cache / MARKER).open("rb") as stream:
            return stream.read(len(_TEXT)) == _TEXT.encode()
    except OSError:
        return False
