"""What an audit gives: an affinity of every pair of tasks, and what an analysis found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.document.blocks import Block

FindingStatus = Literal["ok", "error", "not applicable"]
Orientation = Literal["symmetric", "source-to-recipient"]


@dataclass(frozen=True)
class AffinityMatrix:
    """An estimate of how the tasks of a benchmark relate.

    Parameters
    ----------
    estimator
        The registered name of the estimator.
    tasks
        Task names (t,), in the order of the benchmark.
    values
        The estimate (t, t); NaN where it cannot be made, never 0 for want of data.
    standard_error, count
        Standard error (t, t) and number of observations (t, t) behind each entry.
    orientation
        ``"symmetric"``, or rows are sources and columns are recipients.
    value_range
        Smallest and largest possible value.
    signed
        Whether a negative value means an opposite relation between the labels.
    meaning
        One sentence that a reader needs.
    about
        JSON-able facts for the document. Analyses read `reliability`, `logs`, `all_logs`, `per_seed` and
        their kin from here, by the properties of those names, and nothing else.
    """

    estimator: str
    tasks: tuple[str, ...]
    values: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    count: NDArray[np.int64]
    orientation: Orientation = "symmetric"
    value_range: tuple[float, float] = (-1.0, 1.0)
    signed: bool = False
    meaning: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.tasks), len(self.tasks))
        for name in ("values", "standard_error", "count"):
            got = getattr(self, name).shape
            if got != shape:
                raise ValueError(f"{self.estimator}: {name} has shape {got}, expected {shape}")
        if np.isinf(self.values).any():
            raise ValueError(f"{self.estimator}: infinite affinity; use NaN for not estimable")
        if self.orientation == "symmetric" and not np.allclose(self.values, self.values.T, equal_nan=True):
            raise ValueError(f"{self.estimator}: declared symmetric, but the matrix is not")

    @property
    def reliability(self) -> float:
        """Split-half reliability of the values, -1 to 1; NaN where it is not stated."""
        return self._number("reliability")

    @property
    def reliability_of_all_logs(self) -> float:
        """Split-half reliability of `all_logs`; NaN where it is not stated."""
        return self._number("reliability_of_all_logs")

    @property
    def logs(self) -> int | None:
        """How many logs of gradients are behind the values; None for an estimate without a training."""
        return self.about.get("logs")

    @property
    def logs_in_total(self) -> int | None:
        """How many logs are behind `all_logs`."""
        return self.about.get("logs_in_total")

    @property
    def all_logs(self) -> NDArray[np.float64] | None:
        """The estimate (t, t) from the logs of the whole training, where the values are from a part."""
        stated = self.about.get("all_logs")
        return None if stated is None else np.asarray(stated, dtype=np.float64)

    @property
    def per_seed(self) -> tuple[NDArray[np.float64], ...]:
        """The estimate (t, t) of every seed alone; empty where it is not stated."""
        return tuple(np.asarray(stated, dtype=np.float64) for stated in self.about.get("per_seed") or ())

    @property
    def window(self) -> float:
        """Which part of the training the logs are from, 0 to 1; NaN where it is not stated."""
        return self._number("window")

    @property
    def trained(self) -> bool:
        """Whether it comes from a training, so that it saw training compounds only."""
        return "logs" in self.about or "seeds" in self.about

    def _number(self, name: str) -> float:
        value = self.about.get(name)
        return float(value) if isinstance(value, int | float) else float("nan")


@dataclass(frozen=True)
class Forecast:
    """How much there is to train: the ``result`` of an analysis that is only asked what it would cost.

    Parameters
    ----------
    trainings, stored
        In all, and finished already.
    seconds
        For the rest, one after the other on this machine, if none of them stops early where nothing
        is stored; NaN where nothing is left to do.
    measured_on
        What that estimate rests on.
    """

    trainings: int
    stored: int
    seconds: float
    measured_on: str


@dataclass(frozen=True)
class Finding:
    """What an analysis found.

    Parameters
    ----------
    name
        The registered name of the analysis.
    sentence
        What it means, in one plain sentence.
    data
        The numbers, JSON-able, NaN allowed: what the document tells.
    blocks
        How a report shows it.
    status
        ``"error"`` where the analysis raised; the sentence then says how.
    citation
        Where the method comes from.
    verdict
        The status of a document that is about this finding alone, such as ``"dry-run"``.
    result
        The same as the analysis has it, for analyses that come ``after`` it: they check its type and read
        its attributes. It is not part of the document.
    """

    name: str
    sentence: str
    data: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    status: FindingStatus = "ok"
    citation: str = ""
    verdict: str = ""
    result: object = None
