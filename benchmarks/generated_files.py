"""The bytes of generated tables: separators, quotation marks, line ends, packings, columns with types."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Cells = Mapping[str, list[str]]
PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    ".csv": bytes,
    ".txt": bytes,
    ".csv.gz": gzip.compress,
    ".csv.bz2": bz2.compress,
    ".csv.xz": lzma.compress,
}


def written(
    rng: np.random.Generator, cells: Cells, separator: str, typed: Mapping[str, NDArray[np.float64]]
) -> tuple[str, bytes]:
    """Return the name and the bytes of a file that holds some cells.

    Parameters
    ----------
    typed
        Columns that a file with types holds as numbers.
    """
    kind = rng.random()
    if kind < 0.08:
        return "a.jsonl", _json_lines(cells, typed if rng.random() < 0.5 else {})
    if kind < 0.2:
        return _with_types(rng, cells, typed)
    text = _delimited(rng, cells, separator)
    data = (b"\xef\xbb\xbf" if rng.random() < 0.1 else b"") + text.encode()
    suffix = ".tsv" if separator == "\t" and rng.random() < 0.5 else str(rng.choice(sorted(PACKED)))
    return f"a{suffix}", PACKED.get(suffix, bytes)(data)


def _json_lines(cells: Cells, typed: Mapping[str, NDArray[np.float64]]) -> bytes:
    columns = {name: [_number(x) for x in typed[name]] if name in typed else c for name, c in cells.items()}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return "\n".join(json.dumps(row) for row in rows).encode()


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _with_types(
    rng: np.random.Generator, cells: Cells, typed: Mapping[str, NDArray[np.float64]]
) -> tuple[str, bytes]:
    out, frame = io.BytesIO(), pd.DataFrame(cells)
    for name, values in typed.items():
        whole = bool((values[~np.isnan(values)] == np.rint(values[~np.isnan(values)])).all())
        frame[name] = pd.array(values, dtype="Int64") if whole and rng.random() < 0.5 else values
    if rng.random() < 0.3:
        frame["smiles"] = frame["smiles"].astype("category")
    if rng.random() < 0.5:
        frame.to_feather(out)
        return "a.feather", out.getvalue()
    if rng.random() < 0.3:
        frame.index = pd.Index(rng.permutation(len(frame)), name="row nr")
    frame.to_parquet(out)
    return "a.parquet", out.getvalue()


def _delimited(rng: np.random.Generator, cells: Cells, separator: str) -> str:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if rng.random() < 0.2 else csv.QUOTE_MINIMAL
    end = str(rng.choice(["\n", "\r\n"]))
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end)
    tail = [""] * (rng.random() < 0.1)  # a spreadsheet's empty last column
    writer.writerow([*cells, *tail])
    writer.writerows([*row, *tail] for row in zip(*cells.values(), strict=True))
    text = out.getvalue() + end * int(rng.random() < 0.1)
    return f"sep={separator}\n{text}" if rng.random() < 0.1 else text
