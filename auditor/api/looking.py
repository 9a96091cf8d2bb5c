"""The calls that look at what there is: read, components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.api.asking import asked, saying
from auditor.api.requests import data_request, registry
from auditor.audit.reading import read_benchmark
from auditor.errors import UsageError
from auditor.plugin.registry import PLURALS
from auditor.text import nearest

if TYPE_CHECKING:
    import pandas as pd

    from auditor.api.types import Given, Options, PathLike


@asked
def read(
    benchmark: Given,
    *,
    smiles: str | None = None,
    features: str | Sequence[str] = (),
    key: str | None = None,
    tasks: Sequence[str] = (),
    dataset_options: Options | None = None,
    identity: str = "parent-inchikey",
    conflicts: str = "auto",
    cache_dir: PathLike | None = None,
    mirror: PathLike | None = None,
    offline: bool | None = None,
    quiet: bool = False,
) -> pd.DataFrame:
    """Return a benchmark as audits see it: compounds by tasks, sparse, NaN where nothing was measured.

    The index holds the name of each compound at the identity level and its first published SMILES; of a
    table of features, the key of each example.
    The keywords are those of `overlap`.
    """
    import numpy as np
    import pandas as pd

    values = locals() | {"measure": "jaccard", "reliable_at": 0.4, "borderline_at": 0.3, "min_support": 20}
    values |= {"analysis_options": None}
    with saying(quiet=quiet):
        found = read_benchmark(data_request("read", values, read)).benchmark
    columns = {}
    for place, name in enumerate(found.task_names):
        rows, labels = found.labels.column(place)
        column = np.full(found.n, np.nan)
        column[rows] = labels
        columns[name] = pd.arrays.SparseArray(column, fill_value=np.nan)
    if found.features is not None:
        return pd.DataFrame(columns, index=pd.Index(found.compounds, name=key or "row"))
    index = pd.MultiIndex.from_arrays([found.compounds, found.smiles], names=["compound", "smiles"])
    return pd.DataFrame(columns, index=index)


@asked
def components(kind: str) -> pd.DataFrame:
    """Return what is registered of a kind: datasets, identities, encoders, affinities and so on."""
    import pandas as pd

    if kind not in PLURALS:
        raise UsageError(f"there are no '{kind}'", hint=nearest(kind, list(PLURALS)))
    rows = [
        {
            "name": part.name,
            "summary": part.summary,
            "owner": str(part.owner),
            "missing": list(part.missing()),
        }
        for part in registry().all(PLURALS[kind])
    ]
    return pd.DataFrame(rows, columns=["name", "summary", "owner", "missing"]).set_index("name")
