"""The training loop: state, steps, early stopping, and how to stop and go on."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from auditor.errors import DataError
from auditor.seeding import derive
from auditor.training.logging.recorder import Recorder
from auditor.training.loss import masked_losses, target_table
from auditor.training.network import Network
from auditor.training.trace import Trace

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.config import TrainingConfig
    from auditor.training.encoder import Packed
    from auditor.training.splits import Split

EVALUATION_BATCH = 256


@dataclass
class Progress:
    """What a training has so far, beside its parameters; a checkpoint holds all of it."""

    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    elapsed_s: float = 0.0
    training_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)


class Trainer:
    """One training, an epoch at a time."""

    def __init__(
        self,
        network: Network,
        packed: Packed,
        benchmark: Benchmark,
        split: Split,
        config: TrainingConfig,
        *,
        seed: int,
        device: str,
    ) -> None:
        self.network, self.packed, self.config = network, packed, config
        self.seed, self.tasks, self.name = seed, benchmark.task_names, benchmark.name
        self.targets = target_table(benchmark, split.train, device=device)
        self.train_compounds = torch.from_numpy(split.train).to(device)
        self.validation_compounds = torch.from_numpy(split.validation).to(device)
        self.optimiser = torch.optim.AdamW(
            [parameter for parameter in network.parameters() if parameter.requires_grad],
            lr=config.lr,
            weight_decay=config.weight_decay,
            fused=True,
        )
        self.recorder = Recorder(network, config, seed=seed)
        self.progress = Progress()
        self.best = copy.deepcopy(network.state_dict())

    def finished(self) -> bool:
        """Return whether all epochs are done, or the validation loss has not fallen for too long."""
        done = self.progress.epoch
        waited = done - 1 - self.progress.best_epoch
        return done >= self.config.epochs or (done > 0 and waited >= self.config.patience)

    def epoch(self, advance: Callable[[int], None]) -> None:
        """Train on every training compound once, in a new order, and validate."""
        started = time.monotonic()
        progress = self.progress
        self.network.train()
        sums, counts = self.network.heads.last_bias.new_zeros(2, len(self.tasks))
        for compounds in self._batches():
            losses, labels = self._step(compounds)
            sums += losses * labels
            counts += labels
            advance(1)
        self.recorder.end_epoch(progress.epoch)
        progress.training_loss.append(self._finite(_mean(sums, counts), "training"))
        progress.validation_loss.append(self._finite(self._validate(), "validation"))
        before = [loss for loss in progress.validation_loss[:-1] if not math.isnan(loss)]
        if not progress.validation_loss[-1] >= min(before, default=math.inf):
            progress.best_epoch = progress.epoch
            self.best = copy.deepcopy(self.network.state_dict())
        progress.epoch += 1
        progress.elapsed_s += time.monotonic() - started

    def state(self) -> dict[str, Any]:
        """Return all that is needed to go on from here."""
        return {
            "network": self.network.state_dict(),
            "best": self.best,
            "optimiser": self.optimiser.state_dict(),
            "progress": dict(vars(self.progress)),
            "logs": self.recorder.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state` gave."""
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.progress = Progress(**state["progress"])
        self.best = dict(state["best"])
        self.recorder.restore(state["logs"])

    def trace(self) -> Trace:
        """Return what was logged."""
        progress = self.progress
        return Trace(
            tasks=self.tasks,
            seed=self.seed,
            **self.recorder.arrays(),
            directions=self.config.directions if self.recorder.sketched else None,
            every=self.config.log_every,
            total_steps=progress.step,
            training_loss=tuple(progress.training_loss),
            validation_loss=tuple(progress.validation_loss),
            best_epoch=progress.best_epoch,
            parameters=sum(parameter.numel() for parameter in self.recorder.shared),
            duration_s=progress.elapsed_s,
        )

    def _batches(self) -> Iterator[torch.Tensor]:
        """Cut the training compounds, in an order of this epoch's own, into batches."""
        order = torch.Generator().manual_seed(derive(self.seed, "order", self.progress.epoch))
        places = torch.randperm(len(self.train_compounds), generator=order)
        shuffled = self.train_compounds[places.to(self.train_compounds.device)]
        for batch in torch.split(shuffled, self.config.batch_size):
            if len(batch) > 1:  # batch normalisation has no statistics of one
                yield batch

    def _step(self, compounds: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Take one optimiser step; return the loss and the number of labels per task (t,)."""
        network, progress = self.network, self.progress
        self.optimiser.zero_grad()
        losses, counts = self.recorder.step(
            self.packed.batch(compounds),
            self.targets.batch(compounds),
            step=progress.step,
            epoch=progress.epoch,
            end=self.config.earliest_end(progress.epoch, progress.best_epoch),
        )
        nn.utils.clip_grad_norm_(network.parameters(), self.config.clip)
        self.optimiser.step()
        progress.step += 1
        return losses, counts

    @torch.no_grad()
    def _validate(self) -> float:
        """Return the mean over tasks of the loss on the validation compounds; NaN without labels."""
        self.network.eval()
        sums, counts = self.network.heads.last_bias.new_zeros(2, len(self.tasks))
        for compounds in torch.split(self.validation_compounds, EVALUATION_BATCH):
            if len(compounds) == 0:
                continue
            outputs = self.network(self.packed.batch(compounds))
            losses, labels = masked_losses(outputs, self.targets.batch(compounds))
            sums += losses * labels
            counts += labels
        return _mean(sums, counts)

    def _finite(self, loss: float, side: str) -> float:
        if math.isinf(loss) or (math.isnan(loss) and side == "training"):
            raise DataError(
                f"{self.name}: the {side} loss is {loss} after epoch {self.progress.epoch}",
                hint="try a lower learning rate",
            )
        return loss


def _mean(sums: torch.Tensor, counts: torch.Tensor) -> float:
    """Return the mean over tasks of their mean losses; NaN if no task has a label."""
    present = counts > 0
    return float((sums[present] / counts[present]).mean())
