"""Files of vectors for the encoder embeddings, in every form that it reads."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FORMS = ("columns.csv", "columns.csv.gz", "columns.parquet", "lists.parquet", "arrays.npz")


def vectors_of(smiles: Sequence[str], *, size: int = 5, seed: int = 0) -> Any:
    """Return vectors (n, size) that depend on the text of each molecule and the seed alone."""
    draws = (np.random.default_rng([seed, zlib.crc32(text.encode())]) for text in smiles)
    return np.array([draw.normal(size=size) for draw in draws])


def write(
    path: Path, keys: Sequence[str], vectors: Any, *, key: str = "smiles", form: str = "arrays.npz"
) -> Path:
    """Write vectors in a form into a folder; return the file."""
    path = path / form
    if form == "arrays.npz":
        np.savez(path, **{key: np.array(keys), "vectors": vectors})
        return path
    if form == "lists.parquet":
        pd.DataFrame({key: keys, "vector": list(vectors)}).to_parquet(path, index=False)
        return path
    named = {f"v{place}": column for place, column in enumerate(np.asarray(vectors).T)}
    frame = pd.DataFrame({key: keys, **named})
    if form.endswith("parquet"):
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path
