"""A table of features with known answers: a and b ask the same, e the opposite, c something else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd


@cache
def known(n: int = 240) -> pd.DataFrame:
    """Return a table with 6 features, a key, and tasks of which 10 % are not measured."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 6))
    same, other = x[:, 0] + x[:, 1] * x[:, 2], x[:, 3] - x[:, 4] * x[:, 5]
    tasks = {"a": same, "b": same, "c": other, "e": -same}
    noisy = {name: signal + 0.3 * rng.normal(size=n) for name, signal in tasks.items()}
    noisy["d"] = (same + other > 0).astype(float)
    frame = pd.DataFrame({f"x_{place}": x[:, place] for place in range(6)})
    frame.insert(0, "id", [f"r{row}" for row in range(n)])
    for name, values in sorted(noisy.items()):
        frame[name] = np.where(rng.random(n) < 0.9, values, np.nan)
    return frame
