"""The paper's own way of taking overlap away: each task loses labels at random, by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.threshold.design import complete_compounds, table_of

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark


def retained(benchmark: Benchmark, fraction: float, rng: np.random.Generator) -> Benchmark:
    """Return a benchmark in which every task keeps a fraction of its labels, drawn independently.

    At 1, as in the paper, only the compounds that are measured in every task remain; where there are
    none, the table stays as it is. With less, the number of labels falls together with the overlap,
    and the compounds shared by two tasks fall with its square.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, appendix C.3.
    """
    labels = benchmark.labels
    if fraction >= 1:
        whole = complete_compounds(benchmark)
        columns = [whole if len(whole) else labels.column(task)[0] for task in range(labels.t)]
    else:
        columns = []
        for task in range(labels.t):
            rows = labels.column(task)[0]
            count = max(1, round(fraction * len(rows)))
            columns.append(np.sort(rng.choice(rows, count, replace=False)))
    return table_of(benchmark, columns, name=f"{benchmark.name} keeping {fraction:.0%}")
