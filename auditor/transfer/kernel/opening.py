"""The body of a process that measures gains: one thread each, set before numpy is imported."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def opened(pickled: bytes) -> Callable[[Any], Iterator[Any]]:
    """Return what answers jobs on a pickled panel."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    panel = pickle.loads(pickled)
    from auditor.transfer.kernel.workshop import Workshop

    workshop = Workshop(panel)

    def answer(job: Any) -> Iterator[Any]:
        yield workshop.do(job)

    return answer
