"""Read a registered dataset as the program does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from auditor.plugin.component import Reader
from auditor.plugin.loading import load_registry
from auditor.plugin.registry import Registry
from auditor.source.reading import read_source
from auditor.source.rows import SourceData

EXACT: dict[str, Any] = {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}
"""What `pandas.read_csv` takes to round correctly, where it does not by itself."""


@cache
def registry() -> Registry:
    """Return the installed components."""
    return load_registry()


def read(
    name: str,
    cache: Path,
    mirror: Path | str = "",
    *,
    offline: bool = True,
    reader: Reader = "auto",
    **options: str,
) -> tuple[SourceData, dict[str, Any]]:
    """Read a dataset through its plugin, the cache and a mirror."""
    return read_source(
        registry().get("dataset", name),
        options,
        cache=cache,
        mirror=str(mirror),
        offline=offline,
        reader=reader,
    )


def tree(folder: Path) -> list[tuple[str, int, int]]:
    """Return every file below a folder with its size and time of change."""
    return [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
