"""The threads of torch."""

from __future__ import annotations

import os


def set_threads(threads: int | None) -> None:
    """Set torch's threads, before torch is imported: one, unless the user or the environment says more.

    Several threads wait for one another at every small product. Measured on Tox21 (GCN, batch 32): a
    step takes 11 ms with one thread and 8 ms with two on an idle machine of two cores, but 20 to
    75 ms with two while other programs run; and one thread gives the same bytes wherever it runs.
    """
    if threads is None and "OMP_NUM_THREADS" in os.environ:
        return
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads or 1)
