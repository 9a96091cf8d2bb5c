"""Reading one's own tables: generated ones against what they mean, and a large one against others' readers.

The reader of 0.1.0 takes part where ``MTL_AUDIT_BEFORE`` names a folder into which
``pip install --no-deps --target FOLDER`` has put it.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from auditor.errors import AuditError
from auditor.source.table.reading import read_table
from benchmarks.generated_tables import Column, Meant, draw
from benchmarks.support import table

TABLES = 10_000
ROWS, TASKS = 100_000, 50
REPEATS = 7
OURS = "from pathlib import Path; from auditor.source.table.reading import read_table as read"
OLD = "from pathlib import Path; from auditor.table import read_table as read"
PANDAS = "from pathlib import Path; from pandas import read_csv as read"
TIMED = """
import sys, time
path = Path(sys.argv[1])
read(path)
started = time.process_time()
read(path)
print(time.process_time() - started)
"""


def main() -> None:
    """Print the tables; target: none misread, and at most 1.3 times the time of 0.1.0."""
    generated()
    print()
    large()


def generated() -> None:
    """Count the generated tables that are read right, refused and misread."""
    with tempfile.TemporaryDirectory() as folder:
        found = [(seed, judged(draw(seed), Path(folder))) for seed in range(TABLES)]
    counts = Counter("misread" if told.startswith("misread") else told for _, told in found)
    rows = [(what, f"{counts[what]:,}") for what in ("read right", "refused", "misread")]
    table((f"{TABLES:,} generated tables", "number"), rows)
    for seed, told in found:
        if told.startswith("misread"):
            print(f"seed {seed}: {told}")


def judged(meant: Meant, folder: Path) -> str:
    """Return whether a table is "read right", "refused" or "misread", with how."""
    path = folder / meant.name
    path.write_bytes(meant.data)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            data = read_table(path)
    except AuditError as error:
        return "refused" if error.hint else "misread: refused without a hint"
    found = {one.task.name: one for one in data.tables}
    for name in found.keys() - meant.tasks.keys():
        return f"misread: '{name}' is no task"
    for name, column in meant.tasks.items():
        measured = [(s, v) for s, v in zip(meant.smiles, _meaning(column), strict=True) if not np.isnan(v)]
        if name not in found:
            if measured:
                return f"misread: '{name}' was left out"
            continue
        one = found[name]
        if list(one.smiles) != [smiles for smiles, _ in measured]:
            return f"misread: '{name}' has other rows, {len(one.smiles)} for {len(measured)}"
        values = np.array([value for _, value in measured])
        if one.task.kind == "classification" and column.kind == "regression":
            values = (values == values.max()).astype(float)
        if not np.allclose(one.values, values, rtol=1e-12, atol=0):
            return f"misread: '{name}' has other values"
        if column.kind == "classification" != one.task.kind:
            return f"misread: '{name}' is read as {one.task.kind}"
    return "read right"


def _meaning(column: Column) -> np.ndarray:
    assert column.values is not None
    return column.values


def large() -> None:
    """Time a table of many rows by this reader, by pandas and by 0.1.0, each in processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write_large(path)
        readers = {"pandas.read_csv": (PANDAS, ""), "this version": (OURS, "")}
        if before := os.environ.get("MTL_AUDIT_BEFORE"):
            readers["0.1.0"] = (OLD, before)
        else:
            print("NOT RUN: 0.1.0; MTL_AUDIT_BEFORE names no folder with it\n")
        rounds = [[seconds(code, path, root) for code, root in readers.values()] for _ in range(REPEATS)]
    medians = dict(zip(readers, map(statistics.median, zip(*rounds, strict=True)), strict=True))
    ours = medians["this version"]
    table(
        (f"{ROWS:,} rows, {TASKS} tasks, CSV", "median s of processor time", "this version against it"),
        [(name, f"{value:.2f}", f"{ours / value:.2f}") for name, value in medians.items()],
    )


def write_large(path: Path) -> None:
    """Write half values and half classes, half of the cells empty."""
    rng = np.random.default_rng(0)
    columns: dict[str, object] = {"smiles": list(_chains(ROWS))}
    for place in range(TASKS):
        values = np.round(rng.normal(6, 1, ROWS), 3)
        if place % 2:
            values = (values > 6).astype(float)
        values[rng.random(ROWS) < 0.5] = np.nan
        columns[f"task {place}"] = values
    pd.DataFrame(columns).to_csv(path, index=False)


def _chains(rows: int) -> Iterator[str]:
    for n in range(rows):
        yield f"{'C' * (1 + n % 20)}N{'C' * (1 + n // 20 % 25)}O{'C' * (1 + n // 500 % 200)}"


def seconds(code: str, path: Path, root: str) -> float:
    """Return the processor time of the second reading of a file in a process of its own."""
    environment = {**os.environ, **({"PYTHONPATH": root} if root else {})}
    command = [sys.executable, "-c", code + TIMED, str(path)]
    cwd = root or None
    done = subprocess.run(command, env=environment, cwd=cwd, check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
