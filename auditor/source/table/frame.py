"""A DataFrame as rows, read by the rules for files: it gives what its CSV would give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import UsageError
from auditor.source.table.featured import Examples, examples_of
from auditor.source.table.opening import columns_of
from auditor.source.table.reading import AS_SAID, tasks_of

if TYPE_CHECKING:
    import pandas as pd

    from auditor.source.rows import SourceData
    from auditor.source.table.rules import Rules

NAME = "DataFrame"


def read_frame(
    frame: pd.DataFrame,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    rules: Rules = AS_SAID,
    examples: Examples | None = None,
) -> SourceData:
    """Return the rows of a DataFrame, one task per numeric column; ``examples`` tells them by features.

    An index with a name is a column like the others; one without is not read.

    Raises
    ------
    UsageError
        A named column is not there, the SMILES column cannot be told, or columns have several levels.
    DataError
        It has no rows or no numbers, or a task column holds text or infinite values.
    """
    if frame.columns.nlevels > 1:
        raise UsageError("the DataFrame has columns of several levels", hint="give every column one name")
    named = any(name is not None for name in frame.index.names)
    # through text, not through types: what a cell means is decided once, for files and for DataFrames
    data = frame.to_csv(index=named).encode()
    columns = columns_of(Path(NAME), data)
    if examples is not None:
        return examples_of(columns, examples, tasks=tasks or (), rules=rules)
    return tasks_of(columns, smiles_column=smiles_column, tasks=tasks, rules=rules)
