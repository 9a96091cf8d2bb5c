"""How often a value is called far, a task mixed in its units, or an E decided by one compound.

Ordinary values of eleven kinds, the published regression tasks, and for comparison values that do hold a
slip or two units.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from auditor.analyses.data_quality.far import far_values
from auditor.analyses.data_quality.pairs import decided
from auditor.analyses.data_quality.units import mixed_units
from benchmarks.support import MIRROR, has_mirror, table

if TYPE_CHECKING:
    from auditor.benchmark.joining import Joined

Values = NDArray[np.float64]
Maker = Callable[[np.random.Generator, int], Values]
DRAWS = 1_000
SIZES = (50, 200, 1_000)
PUBLISHED = (
    "tdc-admet",
    "tdc-21",
    "moleculenet",
    "qm8",
    "esol",
    "freesolv",
    "lipophilicity",
    "bace-regression",
)
FILES = ("openadmet/expansion_data_train.csv",)


def logs(rng: np.random.Generator, n: int, spread: float = 1.0, middle: float = 2.0) -> Values:
    """Return values that are normal on the logarithmic scale, about 100 as concentrations in nM are."""
    found: Values = 10 ** rng.normal(middle, spread, n)
    return found


ORDINARY: Mapping[str, Maker] = {
    "normal": lambda rng, n: np.round(rng.normal(6, 1, n), 2),
    "normal about zero": lambda rng, n: rng.normal(0, 2, n),
    "over decades, s.d. 1": logs,
    "over many decades, s.d. 2": lambda rng, n: logs(rng, n, 2.0),
    "heavy tails, t with 4 degrees": lambda rng, n: rng.standard_t(4, n),
    "exponential": lambda rng, n: rng.exponential(3.0, n),
    "per cent, near 100": lambda rng, n: 100 * rng.beta(5, 0.5, n),
    "even over seven decades": lambda rng, n: 10 ** rng.uniform(-2, 5, n),
    "two groups, 100-fold apart": lambda rng, n: logs(rng, n, 0.4, 1.0) * 100.0 ** (rng.random(n) < 0.5),
    "piled up at a limit": lambda rng, n: np.minimum(logs(rng, n), 1e3),
    "whole numbers": lambda rng, n: rng.poisson(2, n).astype(float),
}


def _slipped(rng: np.random.Generator, n: int) -> Values:
    values = np.round(rng.normal(6, 1, n), 2)
    values[0] *= 100
    return values


STRANGE: Mapping[str, Maker] = {
    "normal, one value x 100": _slipped,
    "30 % in µM, s.d. 0.5": lambda rng, n: logs(rng, n, 0.5) / 1e3 ** (rng.random(n) < 0.3),
    "30 % in µM, s.d. 0.7": lambda rng, n: logs(rng, n, 0.7) / 1e3 ** (rng.random(n) < 0.3),
    "30 % in mol/L, s.d. 1": lambda rng, n: logs(rng, n, 1.0) / 1e9 ** (rng.random(n) < 0.3),
}


def main() -> None:
    """Print the tables."""
    rows = [(name, *_shares(make)) for name, make in {**ORDINARY, **STRANGE}.items()]
    each = f"{DRAWS} tasks of each size"
    columns = [f"{what}, {n:,} values" for n in SIZES for what in ("far", "units")]
    table((each, *columns), rows)
    if has_mirror():
        print()
        with tempfile.TemporaryDirectory() as cache:
            table(
                ("published", "tasks of values", "far", "units", "pairs with E", "one compound", "ranks"),
                [_published(name, joined) for name, joined in _read(Path(cache))],
            )


def _shares(make: Maker) -> Iterator[str]:
    for n in SIZES:
        drawn = [make(np.random.default_rng(seed), n) for seed in range(DRAWS)]
        for called in (lambda values: len(far_values(values)) > 0, lambda v: mixed_units(v) is not None):
            yield f"{sum(map(called, drawn)) / DRAWS:.1%}"


def _published(name: str, joined: Joined) -> tuple[object, ...]:
    from auditor.overlap.label_correlation import empirical_correlation

    benchmark = joined.benchmark
    values = [np.asarray(t.values) for t in joined.data.tables if t.task.kind == "regression"]
    empirical = empirical_correlation(benchmark.labels)
    pairs = decided(benchmark.labels, benchmark.tasks, empirical)
    return (
        name,
        len(values),
        sum(len(far_values(one)) > 0 for one in values),
        sum(mixed_units(one) is not None for one in values),
        int(np.isfinite(np.triu(empirical.values, 1)[np.triu_indices(benchmark.t, 1)]).sum()),
        sum(pair.by_one for pair in pairs),
        sum(pair.by_few for pair in pairs),
    )


def _read(cache: Path) -> Iterator[tuple[str, Joined]]:
    from auditor.audit.reading import read_benchmark
    from auditor.audit.request import DataRequest
    from auditor.plugin.loading import load_registry

    for name in (*PUBLISHED, *FILES):
        path = str(MIRROR / name) if name in FILES else name
        yield name, read_benchmark(DataRequest(path, load_registry(), cache, mirror=str(MIRROR)))
