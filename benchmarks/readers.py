"""What this Python reads of the published benchmarks: a row per benchmark and reader.

``python -m benchmarks.readers`` needs a mirror (``MTL_AUDIT_MIRROR``, default ``../shared/data``). The hash
is of the published rows: SMILES and values of every task, before any compound is named.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from auditor.errors import MissingExtra
from auditor.plugin.component import Reader
from auditor.plugin.loading import load_registry
from auditor.source.reading import read_source
from auditor.source.rows import SourceData
from benchmarks.golden import MIRROR, audited

SETS = {"tdc-admet": {}, "tox21": {}, "sider": {}, "qm9": {"subset": "true"}}
READERS: tuple[Reader, ...] = ("library", "own")
HEAD = ("Python", "RDKit", "benchmark", "reader", "values", "hash", "compounds", "median Jaccard")


def main() -> None:
    """Print the table."""
    print(f"| {' | '.join(HEAD)} |\n|---|---|---|---|---:|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder)):
            print(f"| {' | '.join(row)} |", flush=True)


def rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield a row for every benchmark and every reader that this Python has."""
    registry, versions = load_registry(), (platform.python_version(), importlib.metadata.version("rdkit"))
    for name, options in SETS.items():
        for reader in READERS:
            try:
                data, _ = read_source(
                    registry.get("dataset", name), options, cache=folder, mirror=str(MIRROR), reader=reader
                )
            except MissingExtra:
                continue
            words = [word for item in options.items() for word in ("--dataset-option", "=".join(item))]
            document = audited(["overlap", name, "--reader", reader, *words], folder)["data"]
            compounds, median = (
                document["benchmark"]["compounds"],
                document["overlap"]["summary"]["jaccard"]["median"],
            )
            count = sum(len(table.values) for table in data.tables)
            yield *versions, name, reader, f"{count:,}", digest(data), f"{compounds:,}", f"{median:.4f}"


def digest(data: SourceData) -> str:
    """Return the digest of the rows of all tasks, to the last bit of every value."""
    parts = hashlib.sha256()
    for table in data.tables:
        parts.update(json.dumps([table.task.name, *table.smiles]).encode())
        parts.update(np.asarray(table.values, dtype="<f8").tobytes())
    return parts.hexdigest()[:12]


if __name__ == "__main__":
    main()
