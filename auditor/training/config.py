"""How a benchmark is trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from auditor.errors import UsageError
from auditor.plugin.component import MEASURES

DOUBLE_UP_TO = 200
"""Tasks up to which a log's matrices are kept in double precision; they are computed in it always."""


ENGINES = ("auto", "exact", "sketch")


@dataclass(frozen=True)
class TrainingConfig:
    """How to train; the defaults are the paper's.

    Parameters
    ----------
    epochs
        At most.
    batch_size
        Compounds b per step; a last batch of a single compound is left out.
    lr, weight_decay
        Of AdamW.
    clip
        Largest norm of the gradient of all parameters.
    patience
        Epochs without a lower validation loss after which training stops.
    log_every
        Steps from one logged step to the next; the first step is logged.
    log_window
        Log only what an average over this last fraction of the logs can need, whenever the training
        may still end: 1 logs throughout.
    measures
        What a log measures: ``"errors"``, ``"gradients"``, ``"lookahead"``; each includes those
        before it.
    engine
        How gradients are measured: ``"exact"``, ``"sketch"`` (along random directions), or ``"auto"``:
        see `auditor.training.logging.engine`.
    directions
        Of a sketch.
    lookahead_lr
        Length of a lookahead's step, in units of the gradient. AdamW's own steps are no multiples of
        the gradient, so ``lr`` does not say it.

    Reference
    ---------
    Cheng & Zhang 2026, arXiv 2604.07848, appendix A.5.
    """

    epochs: int = 100
    batch_size: int = 32
    lr: float = 1e-3
    weight_decay: float = 1e-2
    clip: float = 1.0
    patience: int = 25
    log_every: int = 10
    log_window: float = 1.0
    measures: str = "gradients"
    engine: str = "auto"
    directions: int = 64
    lookahead_lr: float = 0.01

    def __post_init__(self) -> None:
        least = {"epochs": 1, "batch_size": 2, "patience": 1, "log_every": 1, "directions": 16}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise UsageError(f"{name} is {getattr(self, name)}", hint=f"give at least {low}")
        for name in ("lr", "clip", "lookahead_lr"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} is {getattr(self, name)}", hint="give a positive number")
        if not 0 < self.log_window <= 1:
            raise UsageError(f"log_window is {self.log_window}", hint="a fraction above 0, up to 1")
        if self.engine not in ENGINES:
            raise UsageError(f"no engine named '{self.engine}'", hint=f"one of {', '.join(ENGINES)}")
        if self.measures not in MEASURES:
            raise UsageError(f"no measure named '{self.measures}'", hint=f"one of {', '.join(MEASURES)}")
        if not self.weight_decay >= 0:
            raise UsageError(f"weight_decay is {self.weight_decay}", hint="give 0 or more")

    def earliest_end(self, epoch: int, best_epoch: int) -> int:
        """Return the fewest epochs after which a training can end, seen from within an epoch."""
        return min(self.epochs, max(epoch + 1, best_epoch + 1 + self.patience))

    def in_window(self, epoch: int, end: int) -> bool:
        """Return whether an average over the last logs can need this epoch's, if training ends soonest.

        The window of a training of E epochs begins in epoch (1 - window) E or the one before.
        """
        return epoch + 1 >= (1 - self.log_window) * end


PRESETS: Mapping[str, TrainingConfig] = MappingProxyType(
    {"quick": TrainingConfig(epochs=30), "paper": TrainingConfig()}
)


LOG_BYTES = 1 << 30
"""Room for the matrices of all logs of a training."""


def within_memory(config: TrainingConfig, *, tasks: int, steps: int) -> TrainingConfig:
    """Return the configuration with as few logs as there is room for, of a training of so many steps.

    A log keeps two matrices (t, t): 3 MB in single precision for 617 tasks, and a training may take
    hundreds of logs. First only the last fifth is logged, which is what estimators average by
    default; then logs are taken further apart.
    """
    matrix = tasks * tasks * (8 if tasks <= DOUBLE_UP_TO else 4)
    affordable = max(1, LOG_BYTES // (2 * matrix))
    if -(-steps // config.log_every) <= affordable:
        return config
    window = min(config.log_window, 0.2)
    apart = -(-int(steps * window) // affordable)
    return replace(config, log_window=window, log_every=max(config.log_every, apart))
